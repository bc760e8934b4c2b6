/* SPDX-License-Identifier: MIT */
/* access(2): asks for the real user, not the effective one. */
#include "tests/guest/check.h"

static long
access_(const char *path, int mode)
{
	return syscall(SYS_access, path, mode);
}

static void
modes(void)
{
	put_file("rw", "");
	OK(chmod("rw", 0600));
	put_file("none", "");
	OK(chmod("none", 0));
	put_file("x", "");
	OK(chmod("x", 0111));
	OK(mkdir("d", 0700));
	OK(symlink("nowhere", "dangling"));

	OK(access_("rw", F_OK));
	OK(access_("rw", R_OK | W_OK));
	FAILS(EACCES, access_("rw", X_OK)); /* not even for root */
	OK(access_("x", X_OK));
	OK(access_("d", R_OK | W_OK | X_OK));
	OK(access_("none", F_OK));
	FAILS(ENOENT, access_("no", F_OK));
	FAILS(ENOENT, access_("", F_OK));
	FAILS(ENOENT, access_("dangling", F_OK));
	FAILS(ENOTDIR, access_("rw/x", F_OK));
	FAILS(EINVAL, access_("rw", 8));
	FAILS(EINVAL, access_("no", -1));
	FAILS(EFAULT, access_(unmapped_page(), F_OK));
	if (geteuid() != 0) {
		FAILS(EACCES, access_("none", R_OK));
		return;
	}
	OK(access_("none", R_OK | W_OK));
	AS_NOBODY(FAILS(EACCES, access_("rw", R_OK)); OK(access_("rw", F_OK));
		  OK(access_("x", X_OK));
		  FAILS(EACCES, access_("x", X_OK | R_OK));
		  FAILS(EACCES, access_("d/x", F_OK)););
}

static void
real_ids_count(void)
{
	OK(setresuid(65534, 0, 0));
	FAILS(EACCES, access_("rw", R_OK));
	FAILS(EACCES, access_("d/x", F_OK));
	OK(open("rw", O_RDONLY));
	OK(setresuid(0, 0, 0));
	OK(setresuid(0, 65534, 0));
	OK(access_("rw", R_OK | W_OK));
	FAILS(EACCES, open("rw", O_RDONLY));
}

static void
groups(void)
{
	OK(chmod("rw", 0640));
	OK(chown("rw", 0, 4321));
	OK(chown("none", 65534, 0));
	OK(chmod("none", 0077)); /* the owner's class alone counts */
	AS_NOBODY(FAILS(EACCES, access_("rw", R_OK));
		  FAILS(EACCES, access_("none", R_OK)));
	EXITS(0, gid_t g = 4321; OK(setgroups(1, &g));
	      OK(setresuid(65534, 65534, 65534)); OK(access_("rw", R_OK));
	      FAILS(EACCES, access_("rw", W_OK)));
}

int
main(void)
{
	modes();
	if (geteuid() == 0) {
		EXITS(0, real_ids_count());
		groups();
	}
	return 0;
}
