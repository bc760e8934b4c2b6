/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/ldisc.c - input of the line discipline (N_TTY): editing,
 * signals, flow control, canonical and raw reading; termios(3).
 */
#include "base/str.h"
#include "base/time.h"
#include "drivers/internal_tty.h"
#include "include/abi/signal.h"
#include "mm/uio.h"

#define DISABLED   0 /* _POSIX_VDISABLE */
#define AT(tty, i) ((tty)->in[(i) % TTY_INPUT_MAX])

static bool
is_cc(const struct tty *tty, uint8_t c, int which)
{
	return tty->termios.c_cc[which] != DISABLED &&
	       tty->termios.c_cc[which] == c;
}

static bool
line_ends(const struct tty *tty, uint32_t i)
{
	i %= TTY_INPUT_MAX;
	return tty->ends[i / 8] >> (i % 8) & 1;
}

static void
mark_end(struct tty *tty, uint32_t i, bool on)
{
	i %= TTY_INPUT_MAX;
	if (on)
		tty->ends[i / 8] |= (uint8_t)(1u << (i % 8));
	else
		tty->ends[i / 8] &= (uint8_t) ~(1u << (i % 8));
}

static bool
is_full(const struct tty *tty)
{
	return tty->head - tty->tail >= TTY_INPUT_MAX;
}

static void
store(struct tty *tty, uint8_t c, bool ends)
{
	/* The last place is kept for the end of the line. */
	if (is_full(tty) || (!ends && tty_is(tty, LX_ICANON) &&
			     tty->head - tty->tail >= TTY_INPUT_MAX - 1)) {
		if (tty->termios.c_iflag & LX_IMAXBEL)
			(void)opost_char(tty, '\a', true);
		return;
	}
	AT(tty, tty->head) = c;
	mark_end(tty, tty->head, ends);
	tty->head++;
	if (ends || !tty_is(tty, LX_ICANON))
		tty->canon = tty->head;
}

static void
echo(struct tty *tty, uint8_t c)
{
	if (tty_is(tty, LX_ECHO)) {
		if (tty->head == tty->canon)
			tty->canon_column = tty->column;
		opost_echo(tty, c);
	} else if (c == '\n' && tty_is(tty, LX_ECHONL)) {
		opost_echo(tty, c);
	}
}

/* --- editing --- */

static void
finish_erasing(struct tty *tty)
{
	if (tty->is_erasing) {
		(void)opost_char(tty, '/', true);
		tty->is_erasing = false;
	}
}

static void
rub_out(struct tty *tty, uint32_t columns)
{
	while (columns--) {
		(void)opost_char(tty, '\b', false);
		(void)opost_char(tty, ' ', true);
		(void)opost_char(tty, '\b', true);
	}
}

/* How wide is what would be left of the line: for erasing tabs. */
static uint32_t
width_until(const struct tty *tty, uint32_t end)
{
	uint32_t col = tty->canon_column;

	for (uint32_t i = tty->canon; i != end; i++) {
		uint8_t c = AT(tty, i);

		if (c == '\t')
			col += 8 - col % 8;
		else if (c < ' ' || c == 0x7f)
			col += tty_is(tty, LX_ECHOCTL) ? 2 : 0;
		else if (!((tty->termios.c_iflag & LX_IUTF8) &&
			   (c & 0xc0) == 0x80))
			col++;
	}
	return col;
}

static void
show_erased(struct tty *tty, uint8_t c, uint32_t before)
{
	uint32_t after;

	if (!tty_is(tty, LX_ECHO))
		return;
	if (tty_is(tty, LX_ECHOPRT)) {
		if (!tty->is_erasing)
			(void)opost_char(tty, '\\', true);
		tty->is_erasing = true;
		opost_echo(tty, c);
		return;
	}
	if (!tty_is(tty, LX_ECHOE)) {
		opost_echo(tty, tty->termios.c_cc[LX_VERASE]);
		return;
	}
	after = width_until(tty, tty->head);
	if (before > after)
		rub_out(tty, before - after);
	tty->column = after;
}

/* Take the last character back, all bytes of it. False: none on this line. */
static bool
erase_one(struct tty *tty)
{
	uint32_t before;
	uint8_t c;

	if (tty->head == tty->canon)
		return false;
	before = width_until(tty, tty->head);
	do {
		c = AT(tty, --tty->head);
	} while ((tty->termios.c_iflag & LX_IUTF8) && (c & 0xc0) == 0x80 &&
		 tty->head != tty->canon);
	show_erased(tty, c, before);
	return true;
}

static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static void
erase_word(struct tty *tty)
{
	bool in_word = false;

	while (tty->head != tty->canon) {
		bool word = is_word(AT(tty, tty->head - 1));

		if (in_word && !word)
			break;
		in_word |= word;
		(void)erase_one(tty);
	}
}

static void
erase_line(struct tty *tty)
{
	if (tty_is(tty, LX_ECHO) &&
	    !(tty_is(tty, LX_ECHOK) && tty_is(tty, LX_ECHOKE) &&
	      tty_is(tty, LX_ECHOE))) {
		tty->head = tty->canon;
		opost_echo(tty, tty->termios.c_cc[LX_VKILL]);
		if (tty_is(tty, LX_ECHOK))
			(void)opost_char(tty, '\n', false);
		return;
	}
	while (erase_one(tty))
		;
}

static void
reprint(struct tty *tty)
{
	opost_echo(tty, tty->termios.c_cc[LX_VREPRINT]);
	(void)opost_char(tty, '\n', false);
	for (uint32_t i = tty->canon; i != tty->head; i++)
		opost_echo(tty, AT(tty, i));
}

/* Line editing of canonical mode.  True: @c is used up. */
static bool
edit(struct tty *tty, uint8_t c)
{
	if (is_cc(tty, c, LX_VERASE)) {
		(void)erase_one(tty);
		return true;
	}
	if (is_cc(tty, c, LX_VKILL)) {
		erase_line(tty);
		finish_erasing(tty);
		return true;
	}
	if (tty_is(tty, LX_IEXTEN) && is_cc(tty, c, LX_VWERASE)) {
		erase_word(tty);
		return true;
	}
	if (tty_is(tty, LX_IEXTEN) && is_cc(tty, c, LX_VLNEXT)) {
		tty->literal_next = true;
		if (tty_is(tty, LX_ECHO) && tty_is(tty, LX_ECHOCTL)) {
			(void)opost_char(tty, '^', true);
			(void)opost_char(tty, '\b', true);
		}
		return true;
	}
	if (tty_is(tty, LX_IEXTEN) && tty_is(tty, LX_ECHO) &&
	    is_cc(tty, c, LX_VREPRINT)) {
		reprint(tty);
		return true;
	}
	finish_erasing(tty);
	if (c == '\n') {
		echo(tty, c);
		store(tty, c, true);
		return true;
	}
	if (is_cc(tty, c, LX_VEOF)) {
		store(tty, DISABLED, true);
		return true;
	}
	if (is_cc(tty, c, LX_VEOL) ||
	    (tty_is(tty, LX_IEXTEN) && is_cc(tty, c, LX_VEOL2))) {
		echo(tty, c);
		store(tty, c, true);
		return true;
	}
	return false;
}

/* --- signals and flow --- */

static bool
interrupt(struct tty *tty, uint8_t c)
{
	int sig;

	if (!tty_is(tty, LX_ISIG))
		return false;
	if (is_cc(tty, c, LX_VINTR))
		sig = LX_SIGINT;
	else if (is_cc(tty, c, LX_VQUIT))
		sig = LX_SIGQUIT;
	else if (is_cc(tty, c, LX_VSUSP))
		sig = LX_SIGTSTP;
	else
		return false;
	if (!tty_is(tty, LX_NOFLSH)) {
		ldisc_flush_input(tty);
		tty->ops->flush_output(tty);
	}
	if (tty->is_stopped)
		tty->is_stopped = false;
	if (tty_is(tty, LX_ECHO))
		opost_echo(tty, c);
	tty_signal(tty, sig);
	return true;
}

static bool
flow(struct tty *tty, uint8_t c)
{
	if (!(tty->termios.c_iflag & LX_IXON))
		return false;
	if (is_cc(tty, c, LX_VSTART)) {
		tty->is_stopped = false;
		if (tty->ops->notify)
			tty->ops->notify(tty, LX_TIOCPKT_START);
		waitq_wake(&tty->wq, WAIT_OUT);
		return true;
	}
	if (is_cc(tty, c, LX_VSTOP)) {
		tty->is_stopped = true;
		if (tty->ops->notify)
			tty->ops->notify(tty, LX_TIOCPKT_STOP);
		return true;
	}
	if (tty->is_stopped && (tty->termios.c_iflag & LX_IXANY)) {
		tty->is_stopped = false;
		waitq_wake(&tty->wq, WAIT_OUT);
	}
	return false;
}

static bool
translate(const struct tty *tty, uint8_t *c)
{
	uint32_t i = tty->termios.c_iflag;

	if (i & LX_ISTRIP)
		*c &= 0x7f;
	if ((i & LX_IUCLC) && tty_is(tty, LX_IEXTEN) && *c >= 'A' && *c <= 'Z')
		*c += 'a' - 'A';
	if (*c == '\r') {
		if (i & LX_IGNCR)
			return false;
		if (i & LX_ICRNL)
			*c = '\n';
	} else if (*c == '\n' && (i & LX_INLCR)) {
		*c = '\r';
	}
	return true;
}

static void
input_one(struct tty *tty, uint8_t c)
{
	if (tty->literal_next) {
		tty->literal_next = false;
		echo(tty, c);
		store(tty, c, false);
		return;
	}
	if (flow(tty, c) || interrupt(tty, c))
		return;
	if (!translate(tty, &c))
		return;
	if (tty_is(tty, LX_ICANON)) {
		if (edit(tty, c))
			return;
	}
	echo(tty, c);
	/* A byte of 0377 is doubled where parity marks look like it. */
	if (c == 0xff && (tty->termios.c_iflag & LX_PARMRK))
		store(tty, c, false);
	store(tty, c, false);
}

uint32_t
tty_input_room(const struct tty *tty)
{
	uint32_t used = tty->head - tty->tail;

	/* A line too long must still be able to end or be erased. */
	if (tty_is(tty, LX_ICANON) && tty->canon == tty->tail)
		return TTY_INPUT_MAX;
	return TTY_INPUT_MAX - used;
}

uint32_t
tty_input(struct tty *tty, const uint8_t *buf, uint32_t n)
{
	uint32_t done;

	if (tty->is_hung_up)
		return n;
	for (done = 0; done < n && tty_input_room(tty); done++)
		input_one(tty, buf[done]);
	if (ldisc_can_read(tty))
		waitq_wake(&tty->wq, WAIT_IN);
	return done;
}

/* --- reading --- */

bool
ldisc_can_read(const struct tty *tty)
{
	uint32_t min;

	if (tty_is(tty, LX_ICANON))
		return tty->canon != tty->tail;
	min = tty->termios.c_cc[LX_VTIME] ? 1 : tty->termios.c_cc[LX_VMIN];
	return tty->head - tty->tail >= MAX(min, 1u);
}

uint32_t
ldisc_readable(const struct tty *tty)
{
	if (tty_is(tty, LX_ICANON))
		return tty->canon - tty->tail;
	return tty->head - tty->tail;
}

void
ldisc_flush_input(struct tty *tty)
{
	tty->tail = tty->canon = tty->head;
	tty->is_erasing = tty->literal_next = false;
	tty->ops->unthrottle(tty);
}

static int
read_line(struct tty *tty, struct uio *u)
{
	if (tty->canon == tty->tail)
		return -EAGAIN;
	while (u->left && tty->tail != tty->canon) {
		uint8_t c = AT(tty, tty->tail);
		bool ends = line_ends(tty, tty->tail);

		/* An end of file is a line's end without a byte. */
		if (!(ends && c == DISABLED)) {
			int64_t n = uio_copy(u, &c, 1);

			if (n < 0)
				return (int)n;
		}
		mark_end(tty, tty->tail, false);
		tty->tail++;
		if (ends)
			break;
	}
	/* The end of file right behind what just fitted goes with it. */
	if (!u->left && tty->tail != tty->canon && line_ends(tty, tty->tail) &&
	    AT(tty, tty->tail) == DISABLED && u->moved)
		mark_end(tty, tty->tail++, false);
	return 0;
}

static int
read_raw(struct tty *tty, struct uio *u)
{
	uint32_t min = tty->termios.c_cc[LX_VMIN];
	uint32_t have = tty->head - tty->tail;

	if (tty->termios.c_cc[LX_VTIME] && min)
		min = 1; /* TIME runs between bytes: what is there will do */
	if (have < MIN((uint64_t)min, u->left + u->moved) -
			   MIN((uint64_t)min, u->moved))
		return -EAGAIN;
	while (u->left && tty->tail != tty->head) {
		uint32_t at = tty->tail % TTY_INPUT_MAX;
		uint32_t n = MIN(tty->head - tty->tail, TTY_INPUT_MAX - at);
		int64_t got = uio_copy(u, tty->in + at, n);

		if (got < 0)
			return (int)got;
		tty->tail += (uint32_t)got;
		if ((uint32_t)got < n)
			break;
	}
	tty->canon = tty->head;
	return 0;
}

int
ldisc_read(struct tty *tty, struct uio *u)
{
	int err = tty_is(tty, LX_ICANON) ? read_line(tty, u) : read_raw(tty, u);

	if (u->moved)
		tty->ops->unthrottle(tty);
	return err;
}

void
ldisc_changed(struct tty *tty, const struct lx_termios *old)
{
	if ((old->c_lflag ^ tty->termios.c_lflag) & LX_ICANON) {
		/* What was typed stays: as a line, or as bytes. */
		memset(tty->ends, 0, sizeof(tty->ends));
		if (tty_is(tty, LX_ICANON) && tty->head != tty->tail)
			mark_end(tty, tty->head - 1, true);
		tty->canon = tty->head;
		if (ldisc_can_read(tty))
			waitq_wake(&tty->wq, WAIT_IN);
	}
	if ((old->c_iflag & LX_IXON) && !(tty->termios.c_iflag & LX_IXON) &&
	    tty->is_stopped) {
		tty->is_stopped = false;
		waitq_wake(&tty->wq, WAIT_OUT);
	}
}
