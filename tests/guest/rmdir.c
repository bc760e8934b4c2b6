/* SPDX-License-Identifier: MIT */
/* rmdir(2). */
#include "tests/guest/check.h"

static void
removes(void)
{
	struct stat st, up;
	int fd;

	OK(stat(".", &st));
	OK(mkdir("d", 0700));
	fd = OK(open("d", O_RDONLY));
	OK(rmdir("d"));
	FAILS(ENOENT, access("d", F_OK));
	OK(stat(".", &up));
	IS(st.st_nlink, up.st_nlink);
	OK(fstat(fd, &st));
	IS(0, st.st_nlink);
	OK(mkdir("d", 0700));
	OK(rmdir("d/"));
	OK(mkdir("d", 0));
	OK(rmdir("d")); /* its own mode does not matter */
}

static void
refuses(void)
{
	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	put_file("f", "");
	OK(symlink("d/e", "l"));
	FAILS(ENOTEMPTY, rmdir("d"));
	FAILS(EINVAL, rmdir("."));
	FAILS(EINVAL, rmdir("d/."));
	FAILS(ENOTEMPTY, rmdir("d/.."));
	FAILS(ENOTEMPTY, rmdir(".."));
	FAILS(EBUSY, rmdir("/"));
	FAILS(ENOTDIR, rmdir("f"));
	FAILS(ENOTDIR, rmdir("f/x"));
	FAILS(ENOTDIR, rmdir("l"));
	FAILS(ENOTDIR, rmdir("l/"));
	FAILS(ENOENT, rmdir("no"));
	FAILS(ENOENT, rmdir(""));
	FAILS(EFAULT, rmdir(unmapped_page()));
	OK(chmod("d", 0555));
	AS_NOBODY(FAILS(EACCES, rmdir("d/e")));
	OK(chmod("d", 0755));
}

static void
sticky(void)
{
	OK(chmod("d", 01777));
	OK(mkdir("d/hers", 0777));
	OK(chown("d/hers", 1234, 1234));
	AS_NOBODY(FAILS(EPERM, rmdir("d/e")); FAILS(EPERM, rmdir("d/hers"));
		  OK(mkdir("d/mine", 0700)); OK(rmdir("d/mine")));
	/* The directory's owner may as well. */
	OK(chown("d", 65534, 0));
	AS_NOBODY(OK(rmdir("d/hers")));
}

static void
working_directory(void)
{
	OK(mkdir("w", 0700));
	OK(chdir("w"));
	OK(rmdir("../w"));
	FAILS(ENOENT, mkdir("x", 0700));
	FAILS(ENOENT, open("x", O_CREAT | O_RDWR, 0600));
	OK(access(".", F_OK));
	OK(chdir(".."));
	FAILS(ENOENT, access("w", F_OK));
}

int
main(void)
{
	removes();
	refuses();
	if (geteuid() == 0)
		sticky();
	working_directory();
	return 0;
}
