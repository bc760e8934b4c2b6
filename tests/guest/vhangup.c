/* SPDX-License-Identifier: MIT */
/* vhangup(2): takes the terminal from everyone; root only. */
#include "tests/guest/check.h"

#include <pty.h>
#include <sys/ioctl.h>

static void
hangs_up(void)
{
	int master, slave;
	char c;

	OK(setsid());
	OK(openpty(&master, &slave, NULL, NULL, NULL));
	OK(ioctl(slave, TIOCSCTTY, 0));
	catch_signal(SIGHUP, 0);
	OK(vhangup());
	IS(1, caught[SIGHUP]);
	IS(0, read(slave, &c, 1));
	FAILS(EIO, write(slave, "x", 1));
	FAILS(ENXIO, open("/dev/tty", O_RDWR));
}

int
main(void)
{
	AS_NOBODY(FAILS(EPERM, vhangup()));
	need_root();
	EXITS(0, hangs_up());
	return 0;
}
