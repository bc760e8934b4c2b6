/* SPDX-License-Identifier: MIT */
/* faccessat(2): the system call has three arguments and no flags. */
#include "tests/guest/check.h"

int
main(void)
{
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "");
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	OK(syscall(SYS_faccessat, d, "f", R_OK | W_OK));
	FAILS(EACCES, syscall(SYS_faccessat, d, "f", X_OK));
	OK(syscall(SYS_faccessat, AT_FDCWD, "d/f", F_OK));
	OK(syscall(SYS_faccessat, -1, "/", F_OK));
	FAILS(ENOENT, syscall(SYS_faccessat, d, "no", F_OK));
	FAILS(ENOENT, syscall(SYS_faccessat, d, "", F_OK));
	FAILS(ENOTDIR, syscall(SYS_faccessat, f, "x", F_OK));
	FAILS(EBADF, syscall(SYS_faccessat, -1, "x", F_OK));
	FAILS(EINVAL, syscall(SYS_faccessat, -1, "x", 8));
	FAILS(EFAULT, syscall(SYS_faccessat, d, unmapped_page(), F_OK));
	/* A fourth argument means nothing. */
	OK(syscall(SYS_faccessat, d, "f", F_OK, 0x7777));
	return 0;
}
