/* SPDX-License-Identifier: MIT */
/* symlinkat(2). */
#include "tests/guest/check.h"

int
main(void)
{
	char buf[8];
	int d, f;

	OK(mkdir("d", 0755));
	d = OK(open("d", O_PATH));
	OK(symlinkat("abc", d, "l"));
	IS(3, readlink("d/l", buf, sizeof buf));
	OK(symlinkat("abc", AT_FDCWD, "l"));
	f = OK(open("f", O_CREAT | O_RDWR, 0600));
	FAILS(EEXIST, symlinkat("abc", d, "l"));
	FAILS(EEXIST, symlinkat("abc", -1, "/"));
	FAILS(ENOENT, symlinkat("abc", d, ""));
	FAILS(ENOENT, symlinkat("", d, "x"));
	FAILS(EBADF, symlinkat("abc", -1, "x"));
	FAILS(ENOENT, symlinkat("", -1, "x")); /* the text comes first */
	FAILS(ENOTDIR, symlinkat("abc", f, "x"));
	FAILS(EFAULT, symlinkat(unmapped_page(), d, "x"));
	FAILS(EFAULT, symlinkat("abc", d, unmapped_page()));
	return 0;
}
