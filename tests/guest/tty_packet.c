/* SPDX-License-Identifier: MIT */
/* A pty's packet mode, TIOCPKT: each read tells data from events. */
#include "tests/guest/check.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

int
main(void)
{
	struct pollfd pf;
	struct termios t;
	char buf[8];
	int master, slave, on = 1;

	OK(openpty(&master, &slave, NULL, NULL, NULL));
	OK(ioctl(master, TIOCPKT, &on));
	on = 0;
	OK(ioctl(master, TIOCGPKT, &on));
	IS(1, on);
	IS(2, write(slave, "ab", 2));
	IS(3, read(master, buf, sizeof buf));
	IS(TIOCPKT_DATA, buf[0]);
	IS('a', buf[1]);

	OK(tcflush(slave, TCIFLUSH));
	pf = (struct pollfd){master, POLLIN | POLLPRI, 0};
	IS(1, poll(&pf, 1, 1000));
	CHECK(pf.revents & POLLPRI);
	IS(1, read(master, buf, sizeof buf));
	IS(TIOCPKT_FLUSHREAD, buf[0]);
	OK(tcflow(slave, TCOOFF));
	IS(1, read(master, buf, sizeof buf));
	CHECK(buf[0] & TIOCPKT_STOP);
	OK(tcflow(slave, TCOON));
	IS(1, read(master, buf, sizeof buf));
	CHECK(buf[0] & TIOCPKT_START);
	/* Giving up ^S and ^Q is told, too. */
	OK(tcgetattr(slave, &t));
	t.c_iflag &= ~IXON;
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(1, read(master, buf, sizeof buf));
	CHECK(buf[0] & TIOCPKT_NOSTOP);

	on = 0;
	OK(ioctl(master, TIOCPKT, &on));
	IS(1, write(slave, "c", 1));
	IS(1, read(master, buf, sizeof buf));
	IS('c', buf[0]);
	FAILS(ENOTTY, ioctl(slave, TIOCPKT, &on));
	return 0;
}
