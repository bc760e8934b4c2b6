/* SPDX-License-Identifier: MIT */
/* lchown(2): chown of a link itself. */
#include "tests/guest/check.h"

static long
lchown_(const char *path, uid_t uid, gid_t gid)
{
	return syscall(SYS_lchown, path, uid, gid);
}

int
main(void)
{
	struct stat st;

	put_file("f", "");
	OK(symlink("f", "l"));
	OK(symlink("nowhere", "dangling"));
	OK(lchown_("l", -1, -1));
	OK(lchown_("dangling", geteuid(), getegid()));
	FAILS(ENOENT, lchown_("no", -1, -1));
	FAILS(ENOENT, lchown_("dangling/", -1, -1));
	FAILS(EFAULT, lchown_(unmapped_page(), -1, -1));
	if (geteuid() != 0) {
		FAILS(EPERM, lchown_("l", 0, -1));
		return 0;
	}
	OK(lchown_("l", 12, 34));
	OK(lstat("l", &st));
	IS(12, st.st_uid);
	IS(34, st.st_gid);
	OK(lstat("f", &st));
	IS(0, st.st_uid);
	OK(lchown_("dangling", 7, 8));
	OK(lchown_("f", 9, 10));
	OK(stat("f", &st));
	IS(9, st.st_uid);
	AS_NOBODY(FAILS(EPERM, lchown_("dangling", 65534, -1)));
	return 0;
}
