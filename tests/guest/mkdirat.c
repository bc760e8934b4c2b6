/* SPDX-License-Identifier: MIT */
/* mkdirat(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int d, f;

	OK(mkdirat(AT_FDCWD, "d", 0755));
	d = OK(open("d", O_PATH));
	OK(mkdirat(d, "e", 0700));
	OK(access("d/e", F_OK));
	FAILS(EEXIST, mkdirat(d, "e", 0700));
	FAILS(EEXIST, mkdirat(-1, "/", 0700));
	FAILS(ENOENT, mkdirat(d, "", 0700));
	FAILS(EBADF, mkdirat(-1, "x", 0700));
	f = OK(open("d/f", O_CREAT | O_RDWR, 0600));
	FAILS(ENOTDIR, mkdirat(f, "x", 0700));
	FAILS(EFAULT, mkdirat(d, unmapped_page(), 0700));
	return 0;
}
