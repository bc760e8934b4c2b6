/* SPDX-License-Identifier: MIT */
/* unlinkat(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int d, f;

	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	put_file("d/f", "");
	put_file("d/g", "");
	d = OK(open("d", O_PATH));
	f = OK(open("d/f", O_RDONLY));
	OK(unlinkat(d, "f", 0));
	FAILS(ENOENT, unlinkat(d, "f", 0));
	FAILS(EISDIR, unlinkat(d, "e", 0));
	FAILS(ENOTDIR, unlinkat(d, "g", AT_REMOVEDIR));
	FAILS(ENOTEMPTY, unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	OK(unlinkat(d, "e", AT_REMOVEDIR));
	FAILS(EINVAL, unlinkat(d, ".", AT_REMOVEDIR));
	FAILS(EINVAL, unlinkat(d, "g", 1));
	FAILS(EINVAL, unlinkat(-1, "g", AT_SYMLINK_NOFOLLOW));
	FAILS(EBADF, unlinkat(-1, "g", 0));
	FAILS(ENOTDIR, unlinkat(f, "g", 0));
	FAILS(ENOENT, unlinkat(d, "", 0));
	FAILS(EFAULT, unlinkat(d, unmapped_page(), 0));
	OK(unlinkat(AT_FDCWD, "d/g", 0));
	return 0;
}
