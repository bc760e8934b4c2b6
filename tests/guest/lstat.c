/* SPDX-License-Identifier: MIT */
/* lstat(2): stat(2) that looks at a link itself. */
#include "tests/guest/check.h"

static long
lstat_(const char *path, struct stat *st)
{
	return syscall(SYS_lstat, path, st);
}

int
main(void)
{
	struct stat st;

	OK(mkdir("d", 0755));
	put_file("d/f", "hello");
	OK(symlink("d", "l"));
	OK(symlink("nowhere/at/all", "dangling"));

	OK(lstat_("l", &st));
	IS(S_IFLNK | 0777, st.st_mode);
	IS(1, st.st_size);
	IS(1, st.st_nlink);
	OK(lstat_("dangling", &st));
	CHECK(S_ISLNK(st.st_mode));
	IS(14, st.st_size);
	/* Only the last component, and not before a slash. */
	OK(lstat_("l/", &st));
	CHECK(S_ISDIR(st.st_mode));
	OK(lstat_("l/.", &st));
	CHECK(S_ISDIR(st.st_mode));
	OK(lstat_("l/f", &st));
	IS(5, st.st_size);
	FAILS(ENOENT, lstat_("dangling/", &st));
	FAILS(ENOENT, lstat_("dangling/x", &st));
	FAILS(ENOENT, lstat_("", &st));
	FAILS(ENOTDIR, lstat_("d/f/", &st));
	FAILS(EFAULT, lstat_(unmapped_page(), &st));
	FAILS(EFAULT, lstat_("l", unmapped_page()));
	return 0;
}
