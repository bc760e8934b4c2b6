/* SPDX-License-Identifier: MIT */
/* A pty pair: opening, raw mode, both directions, non-blocking, sizes. */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <termios.h>

static int master, slave;

static void
open_pair(void)
{
	char name[32], path[32];
	struct stat st;
	int n, lock = 1;

	master = OK(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	OK(ioctl(master, TIOCGPTN, &n));
	snprintf(path, sizeof path, "/dev/pts/%d", n);
	/* Locked until unlocked. */
	FAILS(EIO, open(path, O_RDWR | O_NOCTTY));
	OK(ioctl(master, TIOCGPTLCK, &lock));
	IS(1, lock);
	lock = 0;
	OK(ioctl(master, TIOCSPTLCK, &lock));
	slave = OK(open(path, O_RDWR | O_NOCTTY));
	OK(fstat(slave, &st));
	CHECK(S_ISCHR(st.st_mode));
	IS(makedev(136, n), st.st_rdev);
	IS(geteuid(), st.st_uid);
	OK(ptsname_r(master, name, sizeof name));
	IS(0, strcmp(name, path));
	IS(1, isatty(slave));
	IS(1, isatty(master));
	OK(close(OK(ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY))));
	FAILS(ENXIO, open("/dev/tty", O_RDWR)); /* O_NOCTTY was obeyed */
}

static void
raw_mode(void)
{
	struct pollfd pf = {slave, POLLIN, 0};
	struct termios t;
	char buf[16] = "";
	int n;

	OK(tcgetattr(slave, &t));
	cfmakeraw(&t);
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(5, write(master, "a\r\n\3\4", 5));
	IS(5, read(slave, buf, sizeof buf));
	IS(0, memcmp(buf, "a\r\n\3\4", 5)); /* nothing is special */
	IS(3, write(slave, "x\ny", 3));
	IS(3, read(master, buf, sizeof buf));
	IS(0, memcmp(buf, "x\ny", 3));
	OK(ioctl(slave, FIONREAD, &n));
	IS(0, n);
	IS(2, write(master, "ab", 2)); /* takes a while to get there */
	IS(1, poll(&pf, 1, 1000));
	OK(ioctl(slave, FIONREAD, &n));
	IS(2, n);
	OK(tcflush(slave, TCIFLUSH));
	OK(ioctl(slave, FIONREAD, &n));
	IS(0, n);
	FAILS(ESPIPE, lseek(slave, 0, SEEK_SET));
}

static void
min_and_time(void)
{
	struct pollfd pf = {slave, POLLIN | POLLOUT, 0};
	struct termios t;
	char buf[8];
	long start;

	OK(tcgetattr(slave, &t));
	t.c_cc[VMIN] = 0; /* at once */
	t.c_cc[VTIME] = 0;
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(0, read(slave, buf, sizeof buf));
	t.c_cc[VTIME] = 1; /* after a tenth of a second */
	OK(tcsetattr(slave, TCSANOW, &t));
	start = now_ms();
	IS(0, read(slave, buf, sizeof buf));
	CHECK(now_ms() - start >= 90);
	t.c_cc[VMIN] = 3; /* three, or a pause after the first */
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(2, write(master, "ab", 2));
	IS(2, read(slave, buf, sizeof buf));
	start = now_ms();
	if (check_fork() == 0) {
		for (int i = 0; i < 4; i++) { /* the pause begins anew */
			IS(1, write(master, "c", 1));
			sleep_ms(50);
		}
		exit(0);
	}
	IS(3, read(slave, buf, 3));
	CHECK(now_ms() - start >= 90);
	IS(1, read(slave, buf, sizeof buf));
	CHECK(now_ms() - start >= 240);
	REAPS(0, check_pid);
	t.c_cc[VTIME] = 0;
	t.c_cc[VMIN] = 1;
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(1, poll(&pf, 1, 0));
	IS(POLLOUT, pf.revents);
	OK(fcntl(slave, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, read(slave, buf, 1));
	IS(1, write(master, "x", 1));
	IS(1, poll(&pf, 1, 1000));
	IS(POLLIN | POLLOUT, pf.revents);
	IS(1, read(slave, buf, 8));
	OK(fcntl(slave, F_SETFL, 0));
}

static void
window_size(void)
{
	struct winsize w = {1, 1, 1, 1};

	OK(ioctl(slave, TIOCGWINSZ, &w));
	IS(0, w.ws_row + w.ws_col);
	w = (struct winsize){24, 80, 5, 6};
	OK(ioctl(master, TIOCSWINSZ, &w));
	memset(&w, 0, sizeof w);
	OK(ioctl(slave, TIOCGWINSZ, &w));
	IS(24, w.ws_row);
	IS(80, w.ws_col);
	IS(5, w.ws_xpixel);
}

static void
closed(void)
{
	struct pollfd pf = {master, POLLIN | POLLOUT, 0};
	char c, name[32];

	OK(ptsname_r(master, name, sizeof name));
	IS(1, write(slave, "z", 1));
	OK(close(slave));
	IS(1, read(master, &c, 1)); /* what was written comes through */
	FAILS(EIO, read(master, &c, 1));
	IS(1, poll(&pf, 1, 0));
	CHECK(pf.revents & POLLHUP);
	slave = OK(open(name, O_RDWR | O_NOCTTY)); /* and may come back */
	IS(1, write(slave, "z", 1));
	IS(1, read(master, &c, 1));
	OK(close(master));
	IS(0, read(slave, &c, 1));
	FAILS(EIO, write(slave, "x", 1));
	FAILS(ENOENT, open(name, O_RDWR | O_NOCTTY));
}

int
main(void)
{
	if (check_fork() == 0) {
		OK(setsid());
		open_pair();
		raw_mode();
		min_and_time();
		window_size();
		closed();
		exit(0);
	}
	REAPS(0, check_pid);
	return 0;
}
