/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/drivers/ldisc.c - the line discipline beside the host's own: the
 * same bytes go into a pty of Linux and into ours, under the same settings;
 * what is echoed, what is written and what reads get must be the same.
 *
 * Signals are not compared: the host's pty is nobody's terminal.
 */
#include "base/waitq.h"
#include "drivers/internal_tty.h"
#include "mm/uio.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What our tty put out and nobody has looked at. */
static uint8_t out[65536];
static uint32_t out_len;

static struct tty tty;
static int master, slave;
static char history[4096]; /* what was done, for a failure's message */

void
tty_signal(struct tty *t, int sig)
{
	(void)t;
	(void)sig;
}

static uint32_t
take_output(struct tty *t, const uint8_t *buf, uint32_t n)
{
	(void)t;
	n = MIN(n, (uint32_t)sizeof(out) - out_len);
	memcpy(out + out_len, buf, n);
	out_len += n;
	return n;
}

static uint32_t
room(struct tty *t)
{
	(void)t;
	return sizeof(out) - out_len;
}

static void
nothing(struct tty *t)
{
	(void)t;
}

static void
flush_output(struct tty *t)
{
	(void)t;
	out_len = 0;
}

static const struct tty_ops ops = {
	.write = take_output,
	.room = room,
	.flush_output = flush_output,
	.unthrottle = nothing,
};

static void
settings(void)
{
	cr_assert_eq(ioctl(slave, TCSETS, &tty.termios), 0);
}

static void
set_up(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	cr_assert_geq(master, 0);
	cr_assert_eq(grantpt(master) | unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_NONBLOCK);
	cr_assert_geq(slave, 0);
	cr_assert_eq(ioctl(slave, TCGETS, &tty.termios), 0);
	tty.ops = &ops;
	tty.refs = 1;
	waitq_init(&tty.wq);
}

/* The bytes as C would write them. */
static const char *
shown(const uint8_t *p, size_t n)
{
	static char text[2][8192];
	static int which;
	char *at = text[which ^= 1], *start = at;

	for (size_t i = 0; i < n && at - start < 8000; i++)
		at += p[i] >= ' ' && p[i] < 0x7f ? sprintf(at, "%c", p[i])
						 : sprintf(at, "\\%03o", p[i]);
	*at = '\0';
	return start;
}

static void
note(const char *what, const uint8_t *p, size_t n)
{
	size_t len = strlen(history);

	if (len > sizeof(history) - 400)
		memmove(history, history + len / 2, len - len / 2 + 1);
	len = strlen(history);
	snprintf(history + len, 300, " %s<%s>", what, shown(p, n));
}

/* What the host's master gives must be what we put out. */
static void
compare_output(void)
{
	static uint8_t host[65536];
	struct pollfd p = {.fd = master, .events = POLLIN};
	size_t n = 0;
	ssize_t got;

	/* The host processes bytes in its own time. */
	do {
		got = read(master, host + n, sizeof(host) - n);
		if (got > 0)
			n += (size_t)got;
	} while (got > 0 || (n < out_len && poll(&p, 1, 500) > 0));
	if (n != out_len || memcmp(host, out, n))
		cr_assert_fail("Linux puts out <%s>, we <%s>, iflag %#x "
			       "oflag %#x lflag %#x, after%s",
			       shown(host, n), shown(out, out_len),
			       tty.termios.c_iflag, tty.termios.c_oflag,
			       tty.termios.c_lflag, history);
	out_len = 0;
}

/* Bytes that a read would get, ends of file not counted. */
static int
readable(void)
{
	uint32_t end = tty_is(&tty, LX_ICANON) ? tty.canon : tty.head;
	int n = 0;

	for (uint32_t i = tty.tail; i != end; i++) {
		uint32_t k = i % TTY_INPUT_MAX;

		n += !((tty.ends[k / 8] >> (k % 8) & 1) && !tty.in[k]);
	}
	return n;
}

static void
wait_for_input(void)
{
	int have = -1;

	for (int i = 0; i < 500; i++) {
		cr_assert_eq(ioctl(slave, FIONREAD, &have), 0);
		if (have == readable())
			return;
		usleep(1000);
	}
}

static void
type(const void *bytes, size_t n)
{
	note("type", bytes, n);
	cr_assert_eq(write(master, bytes, n), (ssize_t)n);
	cr_assert_eq(tty_input(&tty, bytes, (uint32_t)n), n);
	compare_output();
	wait_for_input();
}

static void
put(const void *bytes, size_t n)
{
	note("put", bytes, n);
	cr_assert_eq(write(slave, bytes, n), (ssize_t)n);
	cr_assert_eq(opost_write(&tty, bytes, (uint32_t)n), n);
	compare_output();
}

/* Read up to @n bytes at both; returns what came, negative errno included. */
static ssize_t
take(size_t n)
{
	uint8_t a[8192], b[8192];
	ssize_t host = read(slave, a, n), ours;
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_TO_GUEST, b, n);
	err = ldisc_read(&tty, &u);
	ours = err ? err : (ssize_t)u.moved;
	if (host < 0)
		host = -errno;
	if (host != ours || (host > 0 && memcmp(a, b, (size_t)host)))
		cr_assert_fail(
			"a read of %zu: Linux gives %zd <%s>, we %zd <%s>, "
			"iflag %#x lflag %#x, after%s",
			n, host, host > 0 ? shown(a, (size_t)host) : "", ours,
			ours > 0 ? shown(b, (size_t)ours) : "",
			tty.termios.c_iflag, tty.termios.c_lflag, history);
	note("read", a, host > 0 ? (size_t)host : 0);
	return host;
}

#define TYPE(s) type(s, sizeof(s) - 1)
#define PUT(s)	put(s, sizeof(s) - 1)

Test(ldisc, lines, .init = set_up)
{
	TYPE("one\rtwo\n");
	cr_assert_eq(take(100), 4);
	cr_assert_eq(take(2), 2);
	cr_assert_eq(take(100), 2);
	cr_assert_eq(take(100), -EAGAIN);
	TYPE("not yet");
	cr_assert_eq(take(100), -EAGAIN);
	TYPE("\004");
	cr_assert_eq(take(100), 7);
	TYPE("\004");
	cr_assert_eq(take(100), 0); /* end of file */
	cr_assert_eq(take(100), -EAGAIN);
	/* A read that takes just the line takes its end of file along. */
	TYPE("abc\004");
	cr_assert_eq(take(3), 3);
	cr_assert_eq(take(3), -EAGAIN);
}

Test(ldisc, editing, .init = set_up)
{
	TYPE("abc\177\177d\n");
	TYPE("some words, here\027there\n");
	TYPE("\177\177nothing to erase\025all gone\n");
	TYPE("a tab\t\t\177\177\177b\n");
	TYPE("\026\003 is a byte, \026\026 too\177\177\022\n");
	TYPE("\003\034\032 keep\n");
	while (take(100) > 0)
		;
}

Test(ldisc, utf8, .init = set_up)
{
	tty.termios.c_iflag |= LX_IUTF8;
	settings();
	TYPE("\303\244\303\266\177x\342\202\254\177\177\n");
	TYPE("\303\244\t\303\266\177\177y\n");
	while (take(100) > 0)
		;
}

Test(ldisc, output, .init = set_up)
{
	PUT("two\nlines\n\ta tab\b\b\r\n");
	tty.termios.c_oflag |= LX_TABDLY;
	settings();
	PUT("a\tbc\tdefghijk\t\r\t\b\t\n");
	tty.termios.c_oflag |= LX_OCRNL | LX_ONOCR | LX_OLCUC;
	settings();
	PUT("\rx\r\ny\r\r");
	tty.termios.c_oflag = LX_OPOST | LX_ONLRET;
	settings();
	PUT("a\nb\tc\n");
	tty.termios.c_oflag = 0;
	settings();
	PUT("\t\n\r\b");
}

Test(ldisc, changing_between_lines_and_bytes, .init = set_up)
{
	TYPE("half");
	tty.termios.c_lflag &= ~(uint32_t)LX_ICANON;
	struct lx_termios old = tty.termios;
	old.c_lflag |= LX_ICANON;
	settings();
	ldisc_changed(&tty, &old);
	cr_assert_eq(take(2), 2);
	TYPE("x\003\n");
	cr_assert_eq(take(100), 1); /* a signal drops what was typed */
	TYPE("x\001\n");
	cr_assert_eq(take(100), 3);
	cr_assert_eq(take(100), -EAGAIN);
}

/* --- random bytes and settings --- */

static const uint32_t iflags[] = {LX_ICRNL, LX_INLCR, LX_IGNCR, LX_ISTRIP,
				  LX_IUTF8, LX_IUCLC, LX_PARMRK};
/* Without OPOST Linux counts columns, which tabs need, as it falls out. */
static const uint32_t oflags[] = {LX_ONLCR, LX_OCRNL, LX_ONOCR, LX_ONLRET,
				  LX_TABDLY};
static const uint32_t lflags[] = {LX_ECHO,    LX_ECHOE,	 LX_ECHOK,   LX_ECHOKE,
				  LX_ECHOCTL, LX_ECHONL, LX_ECHOPRT, LX_IEXTEN};

static uint32_t
some_of(const uint32_t *flags, size_t n, uint32_t now)
{
	now ^= flags[(size_t)rand() % n];
	return now;
}

static void
change_settings(void)
{
	struct lx_termios old = tty.termios;

	/* A read that finds nothing has waited for all that was typed. */
	while (take(4096) >= 0)
		;
	switch (rand() % 3) {
	case 0:
		tty.termios.c_iflag =
			some_of(iflags, ARRAY_LEN(iflags), tty.termios.c_iflag);
		break;
	case 1:
		tty.termios.c_oflag =
			some_of(oflags, ARRAY_LEN(oflags), tty.termios.c_oflag);
		break;
	default:
		tty.termios.c_lflag =
			some_of(lflags, ARRAY_LEN(lflags), tty.termios.c_lflag);
	}
	settings();
	ldisc_changed(&tty, &old);
}

static void
random_steps(int steps, const char *keys, size_t nkeys)
{
	const char *seed = getenv("SEED");
	uint8_t bytes[24];
	size_t n;

	srand(seed ? (unsigned)atoi(seed) : 1);
	for (int i = 0; i < steps; i++) {
		int what = rand() % 20;

		n = 1 + (size_t)rand() % sizeof(bytes);
		for (size_t k = 0; k < n; k++)
			bytes[k] = (uint8_t)keys[(size_t)rand() % nkeys];
		if (what < 12)
			type(bytes, n);
		else if (what < 14)
			put(bytes, n);
		else if (what < 15)
			change_settings();
		else
			take(1 + (size_t)rand() % 40);
	}
}

static const char keys[] = "abcdef  ..__\t\t\n\n\r\177\177\177\027\025\026\022"
			   "\004\001\002xyzABC\303\244\342\202\254\377";

Test(ldisc, random_settings, .init = set_up, .timeout = 60)
{
	random_steps(4000, keys, sizeof(keys) - 1);
}
