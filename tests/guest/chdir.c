/* SPDX-License-Identifier: MIT */
/* chdir(2). */
#include "tests/guest/check.h"

static void
moves(void)
{
	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	put_file("d/f", "");
	OK(symlink("d/e", "l"));
	OK(chdir("d"));
	OK(access("f", F_OK));
	OK(chdir("e/"));
	OK(chdir("../.."));
	OK(chdir("l"));
	OK(access("../f", F_OK));
	OK(chdir("../.."));
	/* A child's is its own. */
	EXITS(0, OK(chdir("d")));
	FAILS(ENOENT, access("f", F_OK));
	/* Above the root there is the root. */
	EXITS(0, OK(chdir("/..")); OK(access("proc", F_OK)));
}

static void
refuses(void)
{
	FAILS(ENOTDIR, chdir("d/f"));
	FAILS(ENOENT, chdir("no"));
	FAILS(ENOENT, chdir(""));
	FAILS(EFAULT, chdir(unmapped_page()));
	/* It takes the right to search, not that to read. */
	OK(chmod("d/e", 0711));
	AS_NOBODY(OK(chdir("d/e")));
	OK(chmod("d/e", 0644));
	AS_NOBODY(FAILS(EACCES, chdir("d/e")));
	OK(chmod("d/e", 0755));
	/* Once in, one may stay, but every path starts with that right. */
	AS_NOBODY(OK(chdir("d/e")));
}

static void
removed_under_us(void)
{
	OK(chdir("d/e"));
	OK(rmdir("../e"));
	OK(chdir("."));
	OK(chdir("..")); /* the dead one still knows its parent */
	OK(access("f", F_OK));
	OK(chdir(".."));
}

int
main(void)
{
	moves();
	refuses();
	removed_under_us();
	return 0;
}
