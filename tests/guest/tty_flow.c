/* SPDX-License-Identifier: MIT */
/* Terminals: ^S and ^Q, TIOCOUTQ, TIOCEXCL, VEOL, NOFLSH, waiting output. */
#include "tests/guest/check.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static bool
readable(int fd, int ms)
{
	struct pollfd pf = {fd, POLLIN, 0};

	return poll(&pf, 1, ms) == 1;
}

static void
look_away(void)
{
	char buf[4096];

	while (readable(master, 20))
		OK(read(master, buf, sizeof buf));
}

static void
stop_and_go(void)
{
	char c;
	pid_t child;

	IS(1, write(master, "\23", 1));
	sleep_ms(50); /* gives no sign of having got there */
	child = check_fork();
	if (child == 0) {
		IS(1, write(slave, "x", 1));
		exit(0);
	}
	until_asleep(child);
	CHECK(!readable(master, 0));
	IS(1, write(master, "\21", 1));
	REAPS(0, child);
	IS(1, read(master, &c, 1));
	IS('x', c);
	OK(tcflow(slave, TCOOFF));
	OK(fcntl(slave, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, write(slave, "y", 1));
	OK(tcflow(slave, TCOON));
	IS(1, write(slave, "y", 1));
	OK(fcntl(slave, F_SETFL, 0));
	IS(1, read(master, &c, 1));
}

static void
full_terminal_waits(void)
{
	static char big[200000], page[4096];
	pid_t child = check_fork();
	long n, total = 0;

	if (child == 0) {
		memset(big, 'z', sizeof big);
		IS(sizeof big, write(slave, big, sizeof big));
		exit(0);
	}
	until_asleep(child);
	while (total < (long)sizeof big) {
		n = OK(read(master, page, sizeof page));
		CHECK(page[0] == 'z' && page[n - 1] == 'z');
		total += n;
	}
	REAPS(0, child);
	ticks_start(0);
	n = write(slave, big, sizeof big);
	CHECK(n > 0 && n < (long)sizeof big); /* what got through counts */
	ticks_stop();
	look_away();
}

static void
other_line_ends(void)
{
	struct termios t, old;
	char buf[8];

	OK(tcgetattr(slave, &old));
	t = old;
	t.c_lflag &= ~ECHO;
	t.c_cc[VEOL] = ';';
	OK(tcsetattr(slave, TCSAFLUSH, &t));
	IS(4, write(master, "ab;c", 4));
	IS(3, read(slave, buf, sizeof buf)); /* with the character */
	IS(0, memcmp(buf, "ab;", 3));
	/* Turning lines off sets free what waited for an end. */
	t.c_lflag &= ~ICANON;
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(1, read(slave, buf, sizeof buf));
	IS('c', buf[0]);
	OK(tcsetattr(slave, TCSANOW, &old));
}

static void
exclusive(void)
{
	char name[32];
	int on = -1;

	OK(ptsname_r(master, name, sizeof name));
	OK(ioctl(slave, TIOCEXCL));
	OK(ioctl(slave, TIOCGEXCL, &on));
	IS(1, on);
	AS_NOBODY(IS(-1, open(name, O_RDWR | O_NOCTTY));
		  CHECK(errno == EBUSY || errno == EACCES));
	OK(ioctl(slave, TIOCNXCL));
	OK(close(OK(open(name, O_RDWR | O_NOCTTY))));
	OK(ioctl(slave, TIOCOUTQ, &on));
	IS(0, on);
	OK(tcdrain(slave));
	OK(tcsendbreak(slave, 0));
	FAILS(EINVAL, ioctl(slave, TCFLSH, 9));
}

/* Locked settings keep their values, whoever asks. */
static void
locked(void)
{
	struct termios none = {0}, lock = none, old, t;

	OK(ioctl(slave, TCGETS, &old));
	OK(ioctl(slave, TIOCGLCKTRMIOS, &t));
	IS(0, memcmp(&none, &t, 36));
	lock.c_lflag = ECHO;
	lock.c_oflag = OPOST;
	lock.c_cc[VINTR] = 1;
	AS_NOBODY(FAILS(EPERM, ioctl(slave, TIOCSLCKTRMIOS, &lock)));
	FAILS(EFAULT, ioctl(slave, TIOCSLCKTRMIOS, unmapped_page()));
	OK(ioctl(master, TIOCSLCKTRMIOS, &lock)); /* the slave's, as all */
	OK(ioctl(slave, TIOCGLCKTRMIOS, &t));
	IS(0, memcmp(&lock, &t, 36));
	t = old;
	t.c_lflag &= ~(ECHO | ICANON);
	t.c_oflag &= ~OPOST;
	t.c_cc[VINTR] = 'i';
	t.c_cc[VQUIT] = 'q';
	OK(ioctl(slave, TCSETSW, &t));
	OK(ioctl(slave, TCGETS, &t));
	CHECK((t.c_lflag & ECHO) && !(t.c_lflag & ICANON));
	CHECK(t.c_oflag & OPOST);
	IS(old.c_cc[VINTR], t.c_cc[VINTR]);
	IS('q', t.c_cc[VQUIT]);
	OK(ioctl(slave, TIOCSLCKTRMIOS, &none));
	t.c_oflag &= ~OPOST;
	OK(ioctl(slave, TCSETS, &t));
	OK(ioctl(slave, TCGETS, &t));
	IS(0, t.c_oflag & OPOST);
	OK(ioctl(slave, TCSETS, &old));
}

int
main(void)
{
	OK(openpty(&master, &slave, NULL, NULL, NULL));
	stop_and_go();
	full_terminal_waits();
	other_line_ends();
	exclusive();
	locked();
	return 0;
}
