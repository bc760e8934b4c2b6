/* SPDX-License-Identifier: MIT */
/* chroot(2): root only. */
#include "tests/guest/check.h"

static void
in_it(void)
{
	char buf[4096];
	int out = OK(open(".", O_RDONLY));

	OK(chroot("jail"));
	/* The working directory stays outside... */
	OK(access("outside", F_OK));
	CHECK(syscall(SYS_getcwd, buf, sizeof buf) > 0);
	IS(0, strncmp(buf, "(unreachable)", 13));
	/* ... where absolute paths and .. don't lead. */
	OK(access("/inside", F_OK));
	FAILS(ENOENT, access("/outside", F_OK));
	OK(chdir("/"));
	OK(access("../../../inside", F_OK));
	FAILS(ENOENT, access("../outside", F_OK));
	OK(syscall(SYS_getcwd, buf, sizeof buf));
	IS(0, strcmp(buf, "/"));
	OK(symlink("/inside", "abs"));
	OK(symlink("../../../../inside", "up"));
	OK(close(OK(open("abs", O_RDONLY))));
	OK(close(OK(open("up", O_RDONLY))));
	/* A descriptor from before is a way out, by design. */
	OK(fchdir(out));
	OK(access("outside", F_OK));
	OK(access("jail/inside", F_OK));
	EXITS(0, OK(chroot(".")); OK(access("/outside", F_OK)));
	FAILS(ENOENT, access("/outside", F_OK));
}

int
main(void)
{
	OK(mkdir("jail", 0755));
	put_file("jail/inside", "");
	put_file("outside", "");
	AS_NOBODY(FAILS(EPERM, chroot("jail")); FAILS(ENOENT, chroot("no"));
		  FAILS(ENOTDIR, chroot("outside")));
	FAILS(EFAULT, chroot(unmapped_page()));
	FAILS(ENOENT, chroot(""));
	need_root();
	EXITS(0, in_it());
	OK(access("/proc", F_OK));
	return 0;
}
