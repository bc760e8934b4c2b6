/* SPDX-License-Identifier: MIT */
/* readlinkat(2). */
#include "tests/guest/check.h"

int
main(void)
{
	char buf[8];
	int d, f, l;

	OK(mkdir("d", 0755));
	OK(symlink("abc", "d/l"));
	put_file("d/f", "");
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	IS(3, readlinkat(d, "l", buf, sizeof buf));
	IS(0, memcmp(buf, "abc", 3));
	IS(3, readlinkat(AT_FDCWD, "d/l", buf, sizeof buf));
	/* The empty path names a link's own descriptor. */
	l = OK(openat(d, "l", O_PATH | O_NOFOLLOW));
	IS(3, readlinkat(l, "", buf, sizeof buf));
	FAILS(ENOENT, readlinkat(f, "", buf, sizeof buf));
	FAILS(EINVAL, readlinkat(d, "f", buf, sizeof buf));
	FAILS(EINVAL, readlinkat(-1, "l", buf, 0));
	FAILS(EBADF, readlinkat(-1, "l", buf, sizeof buf));
	FAILS(ENOTDIR, readlinkat(f, "l", buf, sizeof buf));
	FAILS(EFAULT, readlinkat(d, unmapped_page(), buf, sizeof buf));
	FAILS(EFAULT, readlinkat(d, "l", unmapped_page(), 1));
	return 0;
}
