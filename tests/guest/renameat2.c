/* SPDX-License-Identifier: MIT */
/* renameat2(2): RENAME_NOREPLACE, RENAME_EXCHANGE. */
#include "tests/guest/check.h"

static long
rename2_(const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
}

static ino_t
inode(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st.st_ino;
}

static void
noreplace(void)
{
	put_file("a", "a");
	put_file("b", "b");
	OK(symlink("nowhere", "l"));
	OK(rename2_("a", "c", RENAME_NOREPLACE));
	FAILS(EEXIST, rename2_("c", "b", RENAME_NOREPLACE));
	FAILS(EEXIST, rename2_("c", "c", RENAME_NOREPLACE));
	FAILS(EEXIST, rename2_("c", "l", RENAME_NOREPLACE));
	FAILS(EEXIST, rename2_("c", ".", RENAME_NOREPLACE));
	FAILS(ENOENT, rename2_("no", "b", RENAME_NOREPLACE));
	OK(rename2_("c", "a", 0));
}

static void
exchange(void)
{
	struct stat st;
	ino_t a = inode("a"), b = inode("b"), d, l = inode("l");

	OK(rename2_("a", "b", RENAME_EXCHANGE));
	IS(b, inode("a"));
	IS(a, inode("b"));
	OK(mkdir("d", 0755));
	OK(mkdir("d/e", 0755));
	OK(mkdir("f", 0755));
	d = inode("d");
	OK(rename2_("d", "f", RENAME_EXCHANGE)); /* full or empty */
	IS(d, inode("f"));
	OK(access("f/e", F_OK));
	OK(rename2_("a", "f", RENAME_EXCHANGE)); /* of different kinds */
	IS(d, inode("a"));
	IS(b, inode("f"));
	OK(rename2_("l", "a/e", RENAME_EXCHANGE));
	IS(l, inode("a/e"));
	OK(stat("l/..", &st));
	IS(inode("."), st.st_ino);
	OK(rename2_("f", "f", RENAME_EXCHANGE));

	FAILS(ENOENT, rename2_("f", "no", RENAME_EXCHANGE));
	FAILS(ENOENT, rename2_("no", "f", RENAME_EXCHANGE));
	OK(mkdir("a/in", 0755));
	FAILS(EINVAL, rename2_("a", "a/in", RENAME_EXCHANGE));
	FAILS(EINVAL, rename2_("a/in", "a", RENAME_EXCHANGE));
	FAILS(EBUSY, rename2_("a", ".", RENAME_EXCHANGE));
}

int
main(void)
{
	noreplace();
	exchange();
	FAILS(EINVAL, rename2_("a", "b", 8));
	FAILS(EINVAL, rename2_("no", "b", -1));
	FAILS(EINVAL, rename2_("a", "b", RENAME_NOREPLACE | RENAME_EXCHANGE));
	FAILS(EINVAL, rename2_("a", "b", RENAME_WHITEOUT | RENAME_EXCHANGE));
	FAILS(EFAULT, rename2_("a", unmapped_page(), RENAME_EXCHANGE));
	return 0;
}
