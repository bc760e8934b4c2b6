/* SPDX-License-Identifier: MIT */
/*
 * Extended attributes by path: setxattr(2), getxattr(2), listxattr(2),
 * removexattr(2), lsetxattr(2), lgetxattr(2), llistxattr(2),
 * lremovexattr(2).
 */
#include "tests/guest/check.h"

#include <sys/xattr.h>

static void
user_attributes(void)
{
	char buf[300];

	IS(0, getxattr("f", "user.a", buf, sizeof buf));
	OK(setxattr("f", "user.a", "hello", 5, 0));
	IS(5, getxattr("f", "user.a", buf, sizeof buf));
	IS(0, memcmp(buf, "hello", 5));
	IS(5, getxattr("f", "user.a", NULL, 0));
	FAILS(ERANGE, getxattr("f", "user.a", buf, 4));
	FAILS(EEXIST, setxattr("f", "user.a", "x", 1, XATTR_CREATE));
	FAILS(ENODATA, setxattr("f", "user.b", "x", 1, XATTR_REPLACE));
	OK(setxattr("f", "user.a", "x", 1, XATTR_REPLACE));
	OK(setxattr("f", "user.b", "y", 1, XATTR_CREATE));
	IS(1, getxattr("f", "user.a", buf, sizeof buf));
	FAILS(ENODATA, getxattr("f", "user.no", buf, sizeof buf));
	FAILS(ENODATA, removexattr("f", "user.no"));
	FAILS(ENOENT, getxattr("no", "user.a", buf, 1));
}

static bool
listed(const char *list, long n, const char *name)
{
	for (long i = 0; i < n; i += (long)strlen(list + i) + 1)
		if (strcmp(list + i, name) == 0)
			return true;
	return false;
}

static void
lists(void)
{
	char buf[300];
	long n = OK(listxattr("f", buf, sizeof buf));

	CHECK(listed(buf, n, "user.a") && listed(buf, n, "user.b"));
	IS(n, listxattr("f", NULL, 0));
	FAILS(ERANGE, listxattr("f", buf, n - 1));
	OK(removexattr("f", "user.a"));
	n = OK(listxattr("f", buf, sizeof buf));
	CHECK(!listed(buf, n, "user.a") && listed(buf, n, "user.b"));
	FAILS(ENODATA, getxattr("f", "user.a", buf, sizeof buf));
}

static void
refuses(void)
{
	static char name[300], big[65537];

	FAILS(EOPNOTSUPP, setxattr("f", "nosuch.a", "x", 1, 0));
	FAILS(EOPNOTSUPP, setxattr("f", "a", "x", 1, 0));
	FAILS(EINVAL, setxattr("f", "user.", "x", 1, 0));
	FAILS(ERANGE, setxattr("f", "", "x", 1, 0));
	memset(name, 'n', 256);
	memcpy(name, "user.", 5);
	FAILS(ERANGE, setxattr("f", name, "x", 1, 0));
	name[255] = 0;
	OK(setxattr("f", name, "x", 1, 0));
	FAILS(E2BIG, setxattr("f", "user.c", big, 65537, 0));
	FAILS(EINVAL, setxattr("f", "user.c", "x", 1, 4));
	FAILS(EFAULT, setxattr("f", unmapped_page(), "x", 1, 0));
	FAILS(EFAULT, setxattr("f", "user.c", unmapped_page(), 1, 0));
	FAILS(EFAULT, getxattr("f", "user.b", unmapped_page(), 1));
	FAILS(EFAULT, listxattr("f", unmapped_page(), 300));
	OK(setxattr("f", "user.empty", "", 0, 0));
	IS(0, getxattr("f", "user.empty", big, 1));
}

static void
links(void)
{
	char buf[8];

	OK(symlink("f", "l"));
	OK(setxattr("l", "user.l", "x", 1, 0)); /* follows */
	IS(1, getxattr("f", "user.l", buf, 8));
	FAILS(EPERM, lsetxattr("l", "user.x", "x", 1, 0));
	CHECK(lgetxattr("l", "user.l", buf, 8) == -1);
	IS(0, llistxattr("l", buf, 8));
	CHECK(lremovexattr("l", "user.l") == -1);
	OK(lsetxattr("f", "user.x", "x", 1, 0));
	IS(1, lgetxattr("f", "user.x", buf, 8));
	OK(lremovexattr("f", "user.x"));
	/* Only files and directories have user attributes. */
	OK(mkfifo("p", 0600));
	FAILS(EPERM, setxattr("p", "user.x", "x", 1, 0));
	OK(mkdir("d", 0755));
	OK(setxattr("d", "user.x", "x", 1, 0));
}

static void
permissions(void)
{
	char buf[8];

	OK(setxattr("f", "trusted.t", "x", 1, 0));
	IS(1, getxattr("f", "trusted.t", buf, 8));
	OK(chmod("f", 0644));
	AS_NOBODY(FAILS(EACCES, setxattr("f", "user.z", "x", 1, 0));
		  IS(1, getxattr("f", "user.b", buf, 8));
		  FAILS(ENODATA, getxattr("f", "trusted.t", buf, 8));
		  FAILS(EPERM, setxattr("f", "trusted.u", "x", 1, 0));
		  char all[1000]; long n = OK(listxattr("f", all, sizeof all));
		  CHECK(!listed(all, n, "trusted.t")));
	OK(chmod("f", 0600));
	AS_NOBODY(FAILS(EACCES, getxattr("f", "user.b", buf, 8)));
	/* In a sticky directory, the owner's alone. */
	OK(chmod("d", 01777));
	AS_NOBODY(FAILS(EPERM, setxattr("d", "user.y", "x", 1, 0)));
}

int
main(void)
{
	put_file("f", "");
	if (setxattr("f", "user.a", "", 0, 0) < 0 && errno == EOPNOTSUPP)
		SKIP("this file system has no user attributes");
	user_attributes();
	lists();
	refuses();
	links();
	if (geteuid() == 0)
		permissions();
	return 0;
}
