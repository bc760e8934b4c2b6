/* SPDX-License-Identifier: MIT */
/* mknodat(2). */
#include "tests/guest/check.h"

static long
mknodat_(int dirfd, const char *path, mode_t mode)
{
	return syscall(SYS_mknodat, dirfd, path, mode, 0);
}

int
main(void)
{
	struct stat st;
	int d, f;

	OK(mkdir("d", 0755));
	d = OK(open("d", O_PATH));
	OK(mknodat_(d, "p", S_IFIFO | 0600));
	OK(lstat("d/p", &st));
	CHECK(S_ISFIFO(st.st_mode));
	OK(mknodat_(AT_FDCWD, "d/f", S_IFREG | 0600));
	f = OK(open("d/f", O_RDONLY));
	FAILS(EEXIST, mknodat_(d, "p", S_IFREG));
	FAILS(EEXIST, mknodat_(-1, "/", S_IFREG));
	FAILS(EPERM, mknodat_(d, "x", S_IFDIR));
	FAILS(EINVAL, mknodat_(d, "x", S_IFLNK));
	FAILS(ENOTDIR, mknodat_(f, "x", S_IFREG));
	FAILS(EBADF, mknodat_(-1, "x", S_IFREG));
	FAILS(ENOENT, mknodat_(d, "", S_IFREG));
	FAILS(EFAULT, mknodat_(d, unmapped_page(), S_IFREG));
	return 0;
}
