/* SPDX-License-Identifier: MIT */
/* rename(2). */
#include "tests/guest/check.h"

static long
rename_(const char *from, const char *to)
{
	return syscall(SYS_rename, from, to);
}

static ino_t
inode(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_ino;
}

static void
files(void)
{
	struct stat st;
	ino_t a;
	int old;

	put_file("a", "new");
	put_file("b", "old!");
	a = inode("a");
	old = OK(open("b", O_RDONLY));
	OK(rename_("a", "b"));
	FAILS(ENOENT, access("a", F_OK));
	IS(a, inode("b"));
	OK(fstat(old, &st)); /* what was there lives on, nameless */
	IS(0, st.st_nlink);
	IS(4, st.st_size);
	/* Two names of one file: nothing happens. */
	OK(link("b", "c"));
	OK(rename_("b", "c"));
	OK(access("b", F_OK));
	OK(rename_("b", "b"));
	/* Links are renamed themselves. */
	OK(symlink("b", "l"));
	OK(rename_("l", "l2"));
	OK(rename_("l2", "c"));
	OK(lstat("c", &st));
	CHECK(S_ISLNK(st.st_mode));
}

static void
directories(void)
{
	struct stat st;

	OK(mkdir("d", 0755));
	OK(mkdir("d/sub", 0755));
	put_file("d/sub/f", "");
	OK(mkdir("e", 0755));
	OK(rename_("d", "e")); /* onto an empty one */
	OK(access("e/sub/f", F_OK));
	OK(rename_("e/sub", "sub"));
	OK(stat("sub/..", &st));
	IS(inode("."), st.st_ino); /* .. goes along */
	OK(rename_("sub", "e/sub/"));
	OK(mkdir("full", 0755));
	put_file("full/x", "");
	FAILS(ENOTEMPTY, rename_("e", "full"));
	FAILS(EINVAL, rename_("e", "e/sub/e"));
	FAILS(EINVAL, rename_("e", "e/x"));
	FAILS(ENOTEMPTY, rename_("e/sub", "e"));
	FAILS(ENOTDIR, rename_("e", "b"));
	FAILS(EISDIR, rename_("b", "e"));
	FAILS(ENOTDIR, rename_("b", "new/"));
	FAILS(ENOTDIR, rename_("b/", "new"));
	OK(rename_("e", "newdir/"));
	OK(rename_("newdir", "e"));
}

static void
refuses(void)
{
	FAILS(ENOENT, rename_("no", "x"));
	FAILS(ENOENT, rename_("b", "no/x"));
	FAILS(ENOENT, rename_("", "x"));
	FAILS(ENOENT, rename_("b", ""));
	FAILS(EBUSY, rename_(".", "x"));
	FAILS(EBUSY, rename_("b", "."));
	FAILS(EBUSY, rename_("e/..", "x"));
	FAILS(ENOTDIR, rename_("b/x", "y"));
	FAILS(EXDEV, rename_("b", "/proc/x"));
	FAILS(EFAULT, rename_(unmapped_page(), "x"));
	FAILS(EFAULT, rename_("b", unmapped_page()));
	OK(chmod("full", 0555));
	AS_NOBODY(FAILS(EACCES, rename_("full/x", "full/y"));
		  FAILS(EACCES, rename_("b", "full/b")));
	OK(chmod("full", 0755));
}

static void
sticky(void)
{
	OK(mkdir("t", 0700));
	OK(chmod("t", 01777));
	put_file("t/roots", "");
	OK(mkdir("t/dir", 0777));
	AS_NOBODY(FAILS(EPERM, rename_("t/roots", "t/x"));
		  put_file("t/mine", "");
		  FAILS(EPERM, rename_("t/mine", "t/roots"));
		  OK(rename_("t/mine", "t/yours")));
	/* A directory one can't write to can't move: its .. would change. */
	OK(mkdir("open", 0700));
	OK(chmod("open", 0777));
	OK(mkdir("from", 0700));
	OK(chmod("from", 0777));
	OK(mkdir("from/roots", 0755));
	AS_NOBODY(FAILS(EACCES, rename_("from/roots", "open/roots"));
		  OK(rename_("from/roots", "from/other")));
}

int
main(void)
{
	umask(022);
	files();
	directories();
	refuses();
	if (geteuid() == 0)
		sticky();
	return 0;
}
