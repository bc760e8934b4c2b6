/* SPDX-License-Identifier: MIT */
/* chown(2). */
#include "tests/guest/check.h"

static long
chown_(const char *path, uid_t uid, gid_t gid)
{
	return syscall(SYS_chown, path, uid, gid);
}

static struct stat
of(const char *path)
{
	struct stat st;

	OK(lstat(path, &st));
	return st;
}

static void
for_anybody(void)
{
	put_file("f", "");
	OK(chown_("f", -1, -1));
	OK(chown_("f", geteuid(), getegid()));
	IS(geteuid(), of("f").st_uid);
	FAILS(ENOENT, chown_("no", -1, -1));
	FAILS(ENOENT, chown_("", -1, -1));
	FAILS(ENOTDIR, chown_("f/x", -1, -1));
	FAILS(EFAULT, chown_(unmapped_page(), -1, -1));
}

static void
as_root(void)
{
	OK(symlink("f", "l"));
	OK(chown_("f", 1234, -1));
	IS(1234, of("f").st_uid);
	IS(0, of("f").st_gid);
	OK(chown_("l", -1, 4321)); /* follows the link */
	IS(1234, of("f").st_uid);
	IS(4321, of("f").st_gid);
	IS(0, of("l").st_gid);
	OK(chown_("f", 0x7ffffff0, 0xfffffff0)); /* all 32 bits */
	IS(0x7ffffff0, of("f").st_uid);
	IS(0xfffffff0, of("f").st_gid);
}

static void
clears_set_id_bits(void)
{
	OK(chown_("f", 0, 0));
	OK(chmod("f", 06755));
	OK(chown_("f", 0, 0)); /* Linux: for root too, changed or not */
	IS(S_IFREG | 0755, of("f").st_mode);
	/* Without group execution setgid once meant locking: kept. */
	OK(chmod("f", 06745));
	OK(chown_("f", 0, 1));
	IS(S_IFREG | 02745, of("f").st_mode);
	OK(chmod("f", 06755));
	OK(chown_("f", -1, -1));
	IS(S_IFREG | 0755, of("f").st_mode); /* even this */
	OK(mkdir("d", 0755));
	OK(chmod("d", 06755));
	OK(chown_("d", 5, 5)); /* not of directories */
	IS(S_IFDIR | 06755, of("d").st_mode);
}

static void
as_user(void)
{
	gid_t more[] = {77};

	OK(chmod(".", 0777));
	OK(chown_("f", 65534, 65534));
	OK(setgroups(1, more));
	OK(setresgid(65534, 65534, 65534));
	OK(setresuid(65534, 65534, 65534));
	FAILS(EPERM, chown_("f", 0, -1));
	FAILS(EPERM, chown_("f", -1, 0));
	FAILS(EPERM, chown_("d", 65534, -1));
	/* One may give one's file to a group one is in. */
	OK(chmod("f", 06755));
	OK(chown_("f", -1, 77));
	IS(77, of("f").st_gid);
	IS(S_IFREG | 0755, of("f").st_mode);
	OK(chown_("f", 65534, 65534));
}

int
main(void)
{
	for_anybody();
	if (geteuid() == 0) {
		as_root();
		clears_set_id_bits();
		EXITS(0, as_user());
	} else {
		FAILS(EPERM, chown_("f", geteuid() + 1, -1));
		FAILS(EPERM, chown_("f", -1, 0));
	}
	return 0;
}
