/* SPDX-License-Identifier: MIT */
/* fchmodat(2), the three arguments of the system call. */
#include "tests/guest/check.h"

static long
fchmodat_(int dirfd, const char *path, mode_t mode)
{
	return syscall(SYS_fchmodat, dirfd, path, mode, AT_SYMLINK_NOFOLLOW);
}

int
main(void)
{
	struct stat st;
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "");
	OK(symlink("f", "d/l"));
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	OK(fchmodat_(d, "f", 0640));
	OK(fstat(f, &st));
	IS(S_IFREG | 0640, st.st_mode);
	OK(fchmodat_(d, "l", 0604)); /* there is no such fourth argument */
	OK(fstat(f, &st));
	IS(S_IFREG | 0604, st.st_mode);
	OK(fchmodat_(AT_FDCWD, "d/f", 0600));
	FAILS(ENOENT, fchmodat_(d, "no", 0600));
	FAILS(ENOENT, fchmodat_(f, "", 0600));
	FAILS(ENOTDIR, fchmodat_(f, "x", 0600));
	FAILS(EBADF, fchmodat_(-1, "f", 0600));
	FAILS(EFAULT, fchmodat_(d, unmapped_page(), 0600));
	return 0;
}
