/* SPDX-License-Identifier: MIT */
/* newfstatat(2): directory descriptors and flags. */
#include "tests/guest/check.h"

static long
fstatat_(int dirfd, const char *path, struct stat *st, int flags)
{
	return syscall(SYS_newfstatat, dirfd, path, st, flags);
}

int
main(void)
{
	struct stat st;
	int d, f;

	OK(mkdir("d", 0755));
	put_file("d/f", "hello");
	OK(symlink("f", "d/l"));
	d = OK(open("d", O_RDONLY));
	f = OK(open("d/f", O_RDONLY));

	OK(fstatat_(d, "f", &st, 0));
	IS(5, st.st_size);
	OK(fstatat_(d, "l", &st, 0));
	CHECK(S_ISREG(st.st_mode));
	OK(fstatat_(d, "l", &st, AT_SYMLINK_NOFOLLOW));
	CHECK(S_ISLNK(st.st_mode));
	OK(fstatat_(AT_FDCWD, "d/l", &st, AT_NO_AUTOMOUNT));
	CHECK(S_ISREG(st.st_mode));
	OK(fstatat_(-1, "/", &st, 0));

	/* With AT_EMPTY_PATH, the descriptor itself; of any kind. */
	OK(fstatat_(f, "", &st, AT_EMPTY_PATH));
	IS(5, st.st_size);
	OK(fstatat_(AT_FDCWD, "", &st, AT_EMPTY_PATH));
	CHECK(S_ISDIR(st.st_mode));
	OK(fstatat_(d, "f", &st, AT_EMPTY_PATH));
	IS(5, st.st_size);

	FAILS(ENOENT, fstatat_(f, "", &st, 0));
	FAILS(ENOTDIR, fstatat_(f, "x", &st, 0));
	FAILS(EBADF, fstatat_(-1, "x", &st, 0));
	FAILS(EBADF, fstatat_(-1, "", &st, AT_EMPTY_PATH));
	FAILS(EINVAL, fstatat_(d, "f", &st, 1));
	FAILS(EINVAL, fstatat_(-1, "no", &st, 1));
	FAILS(EFAULT, fstatat_(d, unmapped_page(), &st, 0));
	FAILS(EFAULT, fstatat_(d, "f", unmapped_page(), 0));
	return 0;
}
