/* SPDX-License-Identifier: MIT */
/* pivot_root(2). */
#include "tests/guest/check.h"

static long
pivot_root_(const char *root, const char *old)
{
	return syscall(SYS_pivot_root, root, old);
}

static void
pivots(void)
{
	OK(mkdir("new", 0755));
	OK(mkdir("other", 0755));
	OK(mount("t", "new", "tmpfs", 0, NULL));
	OK(mkdir("new/old", 0755));
	put_file("new/here", "");
	IS(-1, pivot_root_("new", "other")); /* not beneath it */
	CHECK(errno == EINVAL || errno == EBUSY);
	FAILS(ENOENT, pivot_root_("new", "no"));
	FAILS(ENOTDIR, pivot_root_("new/here", "new"));
	FAILS(EBUSY, pivot_root_("/", "/"));
	FAILS(EFAULT, pivot_root_(unmapped_page(), "new"));

	OK(chdir("new"));
	if (pivot_root_(".", "old") < 0) {
		IS(EINVAL, errno); /* an initial rootfs can't go */
		SKIP("this root can't be changed");
	}
	OK(access("/here", F_OK));
	OK(access("/old/proc", F_OK));
	FAILS(ENOENT, access("/proc", F_OK));
	OK(umount2("/old", MNT_DETACH));
	FAILS(ENOENT, access("/old/proc", F_OK));
	OK(chdir("/"));
	OK(access("here", F_OK));
}

int
main(void)
{
	AS_NOBODY(FAILS(EPERM, pivot_root_(".", ".")));
	private_mounts();
	if (check_fork() == 0) {
		pivots();
		exit(0);
	}
	int status;

	OK(waitpid(check_pid, &status, 0));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
