/* SPDX-License-Identifier: MIT */
/* reboot(2): what it refuses.  (That it powers off is for tests/boot.) */
#include "tests/guest/check.h"

#include <linux/reboot.h>

static long
no_magic(unsigned one, unsigned two)
{
	return syscall(SYS_reboot, one, two, LINUX_REBOOT_CMD_CAD_OFF, NULL);
}

int
main(void)
{
	int err = geteuid() == 0 ? EINVAL : EPERM;

	FAILS(err, no_magic(0, 0));
	FAILS(err, no_magic(LINUX_REBOOT_MAGIC1, 1));
	FAILS(err, no_magic(1, LINUX_REBOOT_MAGIC2));
	AS_NOBODY(FAILS(EPERM, no_magic(0, 0)));
	return 0;
}
