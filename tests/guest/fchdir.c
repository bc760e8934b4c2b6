/* SPDX-License-Identifier: MIT */
/* fchdir(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int top = OK(open(".", O_RDONLY)), d, path, f;

	OK(mkdir("d", 0755));
	f = OK(open("d/f", O_CREAT | O_RDWR, 0600));
	d = OK(open("d", O_RDONLY));
	path = OK(open("d", O_PATH));
	OK(fchdir(d));
	OK(access("f", F_OK));
	OK(fchdir(top));
	OK(fchdir(path));
	OK(rename("../d", "../moved"));
	OK(fchdir(top));
	OK(fchdir(d));
	OK(access("../moved/f", F_OK));
	OK(fchdir(top));
	FAILS(ENOTDIR, fchdir(f));
	FAILS(EBADF, fchdir(-1));
	FAILS(EBADF, fchdir(99));
	/* The right to search is asked for now, not when it was opened. */
	OK(chmod("moved", 0600));
	AS_NOBODY(FAILS(EACCES, fchdir(d)));
	OK(chmod("moved", 0700));
	OK(unlink("moved/f"));
	OK(rmdir("moved"));
	OK(fchdir(d));
	OK(fchdir(top));
	return 0;
}
