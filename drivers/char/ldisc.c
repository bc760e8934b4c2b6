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
finish_erasing(struct tty *tty)
{
	if (tty->is_erasing) {
		(void)opost_char(tty, '/', false);
		tty->is_erasing = false;
	}
}

static void
echo(struct tty *tty, uint8_t c)
{
	if (!tty_is(tty, LX_ECHO))
		return;
	finish_erasing(tty);
	if (tty->head == tty->canon)
		tty->canon_column = tty->column;
	opost_echo(tty, c);
}

static void
echo_newline(struct tty *tty)
{
	if (tty_is(tty, LX_ECHO | LX_ECHONL))
		(void)opost_char(tty, '\n', false);
}

/* --- editing --- */

static bool
is_control(uint8_t c)
{
	return c < ' ' || c == 0x7f;
}

/* Linux: the kernel's isalnum() knows Latin-1, whatever the terminal does. */
static bool
is_word(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= 0xc0 && c != 0xd7 && c != 0xf7);
}

/* A byte inside a character of several. */
static bool
continues(const struct tty *tty, uint8_t c)
{
	return (tty->termios.c_iflag & LX_IUTF8) && (c & 0xc0) == 0x80;
}

static void
rub_out(struct tty *tty)
{
	(void)opost_char(tty, '\b', false);
	(void)opost_char(tty, ' ', false);
	(void)opost_char(tty, '\b', false);
}

/* Move back over the tab that stood at head: how far depends on what is left
 * of the line since the last tab, or since it began. */
static void
rub_out_tab(struct tty *tty)
{
	uint32_t width = 0, i = tty->head;
	bool behind_tab = false;

	while (i != tty->canon && !behind_tab) {
		uint8_t c = AT(tty, --i);

		if (c == '\t')
			behind_tab = true;
		else if (is_control(c))
			width += tty_is(tty, LX_ECHOCTL) ? 2 : 0;
		else if (!continues(tty, c))
			width++;
	}
	if (!behind_tab)
		width += tty->canon_column;
	for (i = 8 - width % 8; i; i--) {
		(void)opost_char(tty, '\b', true);
		if (tty->column)
			tty->column--;
	}
}

/* ECHOPRT: what is erased is printed, as on paper. */
static void
print_erased(struct tty *tty, uint32_t n)
{
	if (!tty->is_erasing)
		(void)opost_char(tty, '\\', false);
	tty->is_erasing = true;
	opost_echo(tty, AT(tty, tty->head));
	for (uint32_t i = 1; i < n; i++) {
		(void)opost_char(tty, AT(tty, tty->head + i), false);
		if (tty->column)
			tty->column--;
	}
}

/* The @n bytes of a character at head are gone: show it. */
static void
show_erased(struct tty *tty, uint32_t n, bool one)
{
	uint8_t c = AT(tty, tty->head);

	if (!tty_is(tty, LX_ECHO))
		return;
	if (tty_is(tty, LX_ECHOPRT)) {
		print_erased(tty, n);
	} else if (one && !tty_is(tty, LX_ECHOE)) {
		opost_echo(tty, tty->termios.c_cc[LX_VERASE]);
	} else if (c == '\t') {
		rub_out_tab(tty);
	} else if (!is_control(c)) {
		rub_out(tty);
	} else if (tty_is(tty, LX_ECHOCTL)) {
		rub_out(tty);
		rub_out(tty);
	}
}

/* How many bytes the line's last character has; 0: none is whole. */
static uint32_t
last_char(const struct tty *tty, uint8_t *first)
{
	uint32_t i = tty->head;

	if (i == tty->canon)
		return 0;
	do {
		*first = AT(tty, --i);
	} while (continues(tty, *first) && i != tty->canon);
	return continues(tty, *first) ? 0 : tty->head - i;
}

enum erase { ERASE_CHAR, ERASE_WORD, ERASE_LINE };

static void
erase(struct tty *tty, enum erase what)
{
	bool in_word = false;
	uint32_t n;
	uint8_t c;

	if (tty->head == tty->canon)
		return;
	while ((n = last_char(tty, &c))) {
		if (what == ERASE_WORD && in_word && !is_word(c))
			break;
		in_word |= is_word(c);
		tty->head -= n;
		show_erased(tty, n, what == ERASE_CHAR);
		if (what == ERASE_CHAR)
			break;
	}
	if (tty->head == tty->canon && tty_is(tty, LX_ECHO))
		finish_erasing(tty);
}

static void
erase_line(struct tty *tty)
{
	if (tty->head == tty->canon)
		return;
	if (tty_is(tty, LX_ECHO) && tty_is(tty, LX_ECHOK) &&
	    tty_is(tty, LX_ECHOKE) && tty_is(tty, LX_ECHOE)) {
		erase(tty, ERASE_LINE);
		return;
	}
	tty->head = tty->canon;
	if (!tty_is(tty, LX_ECHO))
		return;
	finish_erasing(tty);
	opost_echo(tty, tty->termios.c_cc[LX_VKILL]);
	if (tty_is(tty, LX_ECHOK))
		(void)opost_char(tty, '\n', false);
}

static void
reprint(struct tty *tty)
{
	finish_erasing(tty);
	opost_echo(tty, tty->termios.c_cc[LX_VREPRINT]);
	(void)opost_char(tty, '\n', false);
	for (uint32_t i = tty->canon; i != tty->head; i++)
		opost_echo(tty, AT(tty, i));
}

/* The next byte is taken as it is. */
static void
literal_next(struct tty *tty)
{
	tty->literal_next = true;
	if (!tty_is(tty, LX_ECHO))
		return;
	finish_erasing(tty);
	if (tty_is(tty, LX_ECHOCTL)) {
		(void)opost_char(tty, '^', false);
		(void)opost_char(tty, '\b', false);
	}
}

/* Line editing of canonical mode.  True: @c is used up. */
static bool
edit(struct tty *tty, uint8_t c)
{
	bool extended = tty_is(tty, LX_IEXTEN);

	if (is_cc(tty, c, LX_VERASE)) {
		erase(tty, ERASE_CHAR);
		return true;
	}
	if (is_cc(tty, c, LX_VKILL)) {
		erase_line(tty);
		return true;
	}
	if (extended && is_cc(tty, c, LX_VWERASE)) {
		erase(tty, ERASE_WORD);
		return true;
	}
	if (extended && is_cc(tty, c, LX_VLNEXT)) {
		literal_next(tty);
		return true;
	}
	if (extended && tty_is(tty, LX_ECHO) && is_cc(tty, c, LX_VREPRINT)) {
		reprint(tty);
		return true;
	}
	if (c == '\n') {
		echo_newline(tty);
		store(tty, c, true);
		return true;
	}
	if (is_cc(tty, c, LX_VEOF)) {
		store(tty, DISABLED, true);
		return true;
	}
	if (is_cc(tty, c, LX_VEOL) || (extended && is_cc(tty, c, LX_VEOL2))) {
		echo(tty, c);
		if (c == 0xff && (tty->termios.c_iflag & LX_PARMRK))
			store(tty, c, false);
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

/* Linux: the kernel's tolower() knows Latin-1. */
static uint8_t
lower(uint8_t c)
{
	bool is_upper =
		(c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7);

	return is_upper ? (uint8_t)(c + ('a' - 'A')) : c;
}

static uint8_t
narrow(const struct tty *tty, uint8_t c)
{
	if (tty->termios.c_iflag & LX_ISTRIP)
		c &= 0x7f;
	if ((tty->termios.c_iflag & LX_IUCLC) && tty_is(tty, LX_IEXTEN))
		c = lower(c);
	return c;
}

/* Carriage returns and newlines.  False: ignored. */
static bool
translate(const struct tty *tty, uint8_t *c)
{
	uint32_t i = tty->termios.c_iflag;

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
store_char(struct tty *tty, uint8_t c)
{
	/* A byte of 0377 is doubled where parity marks look like it. */
	if (c == 0xff && (tty->termios.c_iflag & LX_PARMRK))
		store(tty, c, false);
	store(tty, c, false);
}

static void
input_one(struct tty *tty, uint8_t c)
{
	uint8_t typed = c = narrow(tty, c);

	if (tty->literal_next) {
		tty->literal_next = false;
		echo(tty, c);
		store_char(tty, c);
		return;
	}
	if (flow(tty, c) || interrupt(tty, c))
		return;
	if (!translate(tty, &c))
		return;
	if (tty_is(tty, LX_ICANON) && edit(tty, c))
		return;
	if (c == '\n' && typed != c && tty_is(tty, LX_ECHO)) {
		finish_erasing(tty);
		echo_newline(tty);
	} else {
		echo(tty, c);
	}
	store_char(tty, c);
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
	if (done)
		tty->input_ns = clock_monotonic_ns();
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
	bool ended = false;

	if (tty->canon == tty->tail)
		return -EAGAIN;
	while (u->left && tty->tail != tty->canon && !ended) {
		uint8_t c = AT(tty, tty->tail);

		ended = line_ends(tty, tty->tail);
		/* An end of file is a line's end without a byte. */
		if (!(ended && c == DISABLED)) {
			int64_t n = uio_copy(u, &c, 1);

			if (n < 0)
				return (int)n;
		}
		mark_end(tty, tty->tail, false);
		tty->tail++;
	}
	/* The end of file right behind what just fitted goes with it. */
	if (!u->left && !ended && tty->tail != tty->canon &&
	    line_ends(tty, tty->tail) && AT(tty, tty->tail) == DISABLED &&
	    u->moved)
		mark_end(tty, tty->tail++, false);
	return 0;
}

static int
read_raw(struct tty *tty, struct uio *u)
{
	uint32_t min = tty->termios.c_cc[LX_VMIN];
	uint32_t have = tty->head - tty->tail;

	if (tty->termios.c_cc[LX_VTIME] && min)
		min = 1; /* how long to wait for more is raw_ready()'s */
	if (have < MIN((uint64_t)min, u->left))
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
		tty->is_erasing = tty->literal_next = false;
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
