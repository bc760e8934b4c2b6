/* SPDX-License-Identifier: MIT */
/* faccessat2(2): faccessat with flags. */
#include "tests/guest/check.h"

static long
faccessat2_(int dirfd, const char *path, int mode, int flags)
{
	return syscall(SYS_faccessat2, dirfd, path, mode, flags);
}

static void
effective_ids(void)
{
	OK(setresuid(65534, 0, 0));
	FAILS(EACCES, faccessat2_(AT_FDCWD, "f", R_OK, 0));
	OK(faccessat2_(AT_FDCWD, "f", R_OK, AT_EACCESS));
	OK(setresuid(0, 0, 0));
	OK(setresuid(0, 65534, 0));
	OK(faccessat2_(AT_FDCWD, "f", R_OK, 0));
	FAILS(EACCES, faccessat2_(AT_FDCWD, "f", R_OK, AT_EACCESS));
}

int
main(void)
{
	int f;

	put_file("f", "");
	OK(chmod("f", 0600));
	OK(symlink("nowhere", "dangling"));
	f = OK(open("f", O_RDONLY));
	OK(faccessat2_(AT_FDCWD, "f", R_OK | W_OK, 0));
	OK(faccessat2_(f, "", R_OK | W_OK, AT_EMPTY_PATH));
	FAILS(EACCES, faccessat2_(f, "", X_OK, AT_EMPTY_PATH));
	FAILS(ENOENT, faccessat2_(f, "", R_OK, 0));
	FAILS(ENOENT, faccessat2_(AT_FDCWD, "dangling", F_OK, 0));
	OK(faccessat2_(AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
	FAILS(EINVAL, faccessat2_(AT_FDCWD, "f", F_OK, 1));
	FAILS(EINVAL, faccessat2_(AT_FDCWD, "f", 8, 0));
	FAILS(EBADF, faccessat2_(-1, "f", F_OK, 0));
	FAILS(EBADF, faccessat2_(-1, "", F_OK, AT_EMPTY_PATH));
	FAILS(EFAULT, faccessat2_(AT_FDCWD, unmapped_page(), F_OK, 0));
	if (geteuid() == 0)
		EXITS(0, OK(chmod(".", 0755)); effective_ids());
	return 0;
}
