/* SPDX-License-Identifier: MIT */
/* symlink(2), and what following links leads to. */
#include "tests/guest/check.h"

static void
any_text_will_do(void)
{
	static char text[4097], back[5000];
	struct stat st;

	OK(symlink("no such place", "l"));
	OK(lstat("l", &st));
	IS(S_IFLNK | 0777, st.st_mode);
	IS(13, st.st_size);
	IS(geteuid(), st.st_uid);
	memset(text, 't', 4096);
	FAILS(ENAMETOOLONG, symlink(text, "long"));
	text[4095] = 0;
	if (symlink(text, "long") == 0) /* a block's worth, often */
		IS(4095, readlink("long", back, sizeof back));
	else
		IS(ENAMETOOLONG, errno);
	text[1000] = 0;
	OK(symlink(text, "longer"));
	IS(1000, readlink("longer", back, sizeof back));
	IS(0, memcmp(text, back, 1000));
	FAILS(ENOENT, symlink("", "empty"));
}

static void
refuses(void)
{
	put_file("f", "");
	OK(mkdir("d", 0555));
	FAILS(EEXIST, symlink("x", "f"));
	FAILS(EEXIST, symlink("x", "d"));
	FAILS(EEXIST, symlink("x", "l")); /* dangling counts too */
	FAILS(ENOENT, symlink("x", ""));
	FAILS(ENOENT, symlink("x", "no/x"));
	FAILS(ENOENT, symlink("x", "n/"));
	FAILS(ENOTDIR, symlink("x", "f/x"));
	FAILS(EFAULT, symlink(unmapped_page(), "x"));
	FAILS(EFAULT, symlink("x", unmapped_page()));
	AS_NOBODY(FAILS(EACCES, symlink("x", "d/x")));
}

/* Forty in a row are followed, one more is a loop. */
static void
depth(void)
{
	char from[16], to[16];
	int i;

	put_file("n0", "end");
	for (i = 1; i <= 41; i++) {
		snprintf(to, sizeof to, "n%d", i - 1);
		snprintf(from, sizeof from, "n%d", i);
		OK(symlink(to, from));
	}
	OK(access("n40", F_OK));
	FAILS(ELOOP, access("n41", F_OK));
	OK(symlink("self/x", "self"));
	FAILS(ELOOP, access("self", F_OK));
}

static void
relative_to_the_link(void)
{
	OK(mkdir("e", 0755));
	put_file("e/f", "inner");
	OK(symlink("f", "e/l"));
	OK(symlink("../f", "e/up"));
	OK(symlink("e//./", "dir"));
	struct stat st;

	OK(stat("e/l", &st));
	IS(5, st.st_size);
	OK(stat("e/up", &st));
	IS(0, st.st_size);
	OK(stat("dir/l", &st));
	IS(5, st.st_size);
	OK(stat("dir/../f", &st)); /* the real parent */
	IS(0, st.st_size);
}

int
main(void)
{
	any_text_will_do();
	refuses();
	depth();
	relative_to_the_link();
	return 0;
}
