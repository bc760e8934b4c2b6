/* SPDX-License-Identifier: MIT */
/* renameat(2). */
#include "tests/guest/check.h"

static long
renameat_(int from, const char *a, int to, const char *b)
{
	return syscall(SYS_renameat, from, a, to, b);
}

int
main(void)
{
	int d, e, f;

	OK(mkdir("d", 0755));
	OK(mkdir("e", 0755));
	put_file("d/f", "");
	d = OK(open("d", O_PATH));
	e = OK(open("e", O_RDONLY));
	OK(renameat_(d, "f", e, "g"));
	OK(access("e/g", F_OK));
	OK(renameat_(AT_FDCWD, "e/g", d, "f"));
	f = OK(open("d/f", O_RDONLY));
	FAILS(EBADF, renameat_(-1, "f", e, "g"));
	FAILS(EBADF, renameat_(d, "f", -1, "g"));
	FAILS(ENOTDIR, renameat_(f, "f", e, "g"));
	FAILS(ENOTDIR, renameat_(d, "f", f, "g"));
	FAILS(ENOENT, renameat_(d, "", e, "g"));
	FAILS(EBUSY, renameat_(d, "..", e, "g"));
	FAILS(EFAULT, renameat_(d, "f", e, unmapped_page()));
	/* The directory descriptors follow a move. */
	OK(renameat_(AT_FDCWD, "d", e, "d"));
	OK(renameat_(d, "f", AT_FDCWD, "f"));
	FAILS(EINVAL, renameat_(AT_FDCWD, "e", d, "x"));
	return 0;
}
