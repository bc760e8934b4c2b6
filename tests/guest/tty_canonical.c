/* SPDX-License-Identifier: MIT */
/* The line discipline: lines, editing, echo, translation, end of file. */
#include "tests/guest/check.h"

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

/* Types @text; then the reader gets @want, and the typist sees @echo. */
static void
types_at(int line, const char *text, const char *want, const char *echo)
{
	struct pollfd pf = {slave, POLLIN, 0}, seen = {master, POLLIN, 0};
	char buf[5000] = "";
	long n = strlen(text);

	check_is(__FILE__, line, text, write(master, text, n), n);
	if (echo) {
		memset(buf, 0, sizeof buf);
		n = 0;
		while (n < (long)strlen(echo) && poll(&seen, 1, 500) == 1)
			n += OK(read(master, buf + n, sizeof buf - 1 - n));
		check_is(__FILE__, line, echo, strcmp(buf, echo), 0);
		memset(buf, 0, sizeof buf);
	}
	if (want) {
		check_is(__FILE__, line, "poll", poll(&pf, 1, 500), 1);
		n = OK(read(slave, buf, sizeof buf - 1));
		check_is(__FILE__, line, want, n, strlen(want));
		check_is(__FILE__, line, want, strcmp(buf, want), 0);
	} else {
		check_is(__FILE__, line, "no line", poll(&pf, 1, 0), 0);
	}
}
#define TYPES(text, want, echo) types_at(__LINE__, text, want, echo)

/* Forgets what was echoed so far. */
static void
look_away(void)
{
	struct pollfd seen = {master, POLLIN, 0};
	char buf[512];

	while (poll(&seen, 1, 20) == 1)
		OK(read(master, buf, sizeof buf));
}

static void
lines(void)
{
	char buf[8];

	TYPES("hello", NULL, "hello");	      /* not before the line ends */
	TYPES("\r", "hello\n", "\r\n");	      /* ICRNL in, ONLCR out */
	TYPES("a\nb\n", "a\n", "a\r\nb\r\n"); /* a line at a time */
	IS(2, read(slave, buf, 8));
}

static void
partial_reads(void)
{
	char buf[8];

	IS(5, write(master, "long\n", 5));
	IS(2, read(slave, buf, 2));
	IS(3, read(slave, buf, 8));
	IS(0, memcmp(buf, "ng\n", 3));
	look_away();
}

static void
editing(void)
{
	TYPES("abx\177c\n", "abc\n", "abx\b \bc\r\n");	 /* VERASE */
	TYPES("one two\27three\n", "one three\n", NULL); /* VWERASE */
	look_away();
	TYPES("garbage\25ok\n", "ok\n", NULL); /* VKILL */
	look_away();
	TYPES("a\26\177b\n", "a\177b\n", "a^\b^?b\r\n"); /* VLNEXT */
	TYPES("\1\n", "\1\n", "^A\r\n");		 /* ECHOCTL */
	TYPES("\177\177x\n", "x\n", "x\r\n");		 /* nothing to erase */
}

static void
end_of_file(void)
{
	char buf[8];

	IS(3, write(master, "ab\4", 3));
	IS(2, read(slave, buf, 8)); /* pushed, without the character */
	IS(1, write(master, "\4", 1));
	IS(0, read(slave, buf, 8)); /* at the start of a line: the end */
	IS(2, write(master, "c\n", 2));
	IS(2, read(slave, buf, 8)); /* but not for good */
	look_away();
}

static void
flags(void)
{
	struct termios t, old;

	OK(tcgetattr(slave, &old));
	t = old;
	t.c_lflag &= ~ECHO;
	OK(tcsetattr(slave, TCSANOW, &t));
	TYPES("secret\n", "secret\n", NULL);
	t.c_lflag |= ECHONL;
	OK(tcsetattr(slave, TCSANOW, &t));
	TYPES("secret\n", "secret\n", "\r\n");
	t = old;
	t.c_iflag = INLCR | ISTRIP;
	t.c_lflag &= ~(ECHO | ICANON);
	OK(tcsetattr(slave, TCSANOW, &t));
	TYPES("a\n\301", "a\rA", NULL);
	t.c_iflag = IGNCR;
	OK(tcsetattr(slave, TCSANOW, &t));
	TYPES("a\rb", "ab", NULL);
	t = old;
	t.c_oflag = 0;
	OK(tcsetattr(slave, TCSANOW, &t));
	TYPES("x\n", "x\n", "x\n"); /* no ONLCR */
	t.c_oflag = OPOST | OCRNL;
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(2, write(slave, "y\r", 2));
	char buf[4];

	IS(2, read(master, buf, 4));
	IS(0, memcmp(buf, "y\n", 2));
	OK(tcsetattr(slave, TCSADRAIN, &old));
}

static void
a_line_has_a_limit(void)
{
	static char big[6000], back[6000];
	long n = 0;

	memset(big, 'x', sizeof big);
	EXITS(0, struct termios t; OK(tcgetattr(slave, &t)); t.c_lflag &= ~ECHO;
	      OK(tcsetattr(slave, TCSANOW, &t)));
	OK(write(master, big, 4200));
	IS(1, write(master, "\n", 1));
	n = OK(read(slave, back, sizeof back));
	IS(4096, n); /* what is too much is dropped, the end is not */
	IS('\n', back[4095]);
}

int
main(void)
{
	OK(openpty(&master, &slave, NULL, NULL, NULL));
	lines();
	partial_reads();
	editing();
	end_of_file();
	flags();
	a_line_has_a_limit();
	return 0;
}
