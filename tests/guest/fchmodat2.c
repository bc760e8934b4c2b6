/* SPDX-License-Identifier: MIT */
/* fchmodat2(2), Linux 6.6: fchmodat with flags. */
#include "tests/guest/check.h"

static long
fchmodat2_(int dirfd, const char *path, mode_t mode, int flags)
{
	return syscall(452, dirfd, path, mode, flags);
}

int
main(void)
{
	struct stat st;
	int f;

	put_file("f", "");
	if (fchmodat2_(AT_FDCWD, "f", 0600, 0) && errno == ENOSYS)
		SKIP("this kernel has no fchmodat2");
	f = OK(open("f", O_PATH));
	OK(fchmodat2_(f, "", 0640, AT_EMPTY_PATH));
	OK(stat("f", &st));
	IS(S_IFREG | 0640, st.st_mode);
	OK(fchmodat2_(AT_FDCWD, "f", 0604, AT_SYMLINK_NOFOLLOW));
	OK(stat("f", &st));
	IS(S_IFREG | 0604, st.st_mode);
	OK(symlink("f", "l"));
	FAILS(EOPNOTSUPP, fchmodat2_(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
	FAILS(ENOENT, fchmodat2_(f, "", 0600, 0));
	FAILS(EINVAL, fchmodat2_(AT_FDCWD, "f", 0600, 1));
	FAILS(EBADF, fchmodat2_(-1, "f", 0600, 0));
	return 0;
}
