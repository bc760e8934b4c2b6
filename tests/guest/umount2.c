/* SPDX-License-Identifier: MIT */
/* umount2(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int fd;

	AS_NOBODY(FAILS(EPERM, umount2("/", 0));
		  FAILS(EINVAL, umount2("/", 0x1000)));
	private_mounts();
	OK(mkdir("m", 0755));
	OK(mkdir("d", 0755));
	OK(symlink("m", "l"));
	FAILS(EINVAL, umount2("d", 0)); /* no mount there */
	FAILS(ENOENT, umount2("no", 0));
	FAILS(EINVAL, umount2("d", 0x1000));
	FAILS(EFAULT, umount2(unmapped_page(), 0));

	OK(mount("t", "m", "tmpfs", 0, NULL));
	fd = OK(open("m/f", O_CREAT | O_RDWR, 0600));
	FAILS(EBUSY, umount2("m", 0));
	OK(close(fd));
	EXITS(0, OK(chdir("m")); FAILS(EBUSY, umount2("../m", 0)));
	FAILS(EINVAL, umount2("m/f", 0));
	FAILS(EINVAL, umount2("l", UMOUNT_NOFOLLOW));
	OK(umount2("l", 0));
	FAILS(ENOENT, access("m/f", F_OK));

	/* Detached: out of sight at once, alive as long as it is used. */
	OK(mount("t", "m", "tmpfs", 0, NULL));
	fd = OK(open("m/f", O_CREAT | O_RDWR, 0600));
	OK(umount2("m", MNT_DETACH));
	FAILS(ENOENT, access("m/f", F_OK));
	IS(1, write(fd, "x", 1));
	OK(rmdir("m"));

	/* Expired: marked first, gone when untouched until the second time. */
	OK(mkdir("m", 0755));
	OK(mount("t", "m", "tmpfs", 0, NULL));
	FAILS(EAGAIN, umount2("m", MNT_EXPIRE));
	OK(close(OK(open("m/g", O_CREAT | O_RDWR, 0600))));
	FAILS(EAGAIN, umount2("m", MNT_EXPIRE));
	OK(umount2("m", MNT_EXPIRE));
	FAILS(EINVAL, umount2("d", MNT_EXPIRE | MNT_DETACH));
	return 0;
}
