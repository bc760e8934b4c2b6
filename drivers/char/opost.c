/* SPDX-License-Identifier: MIT */
/* drivers/char/opost.c - output processing and echo of the line discipline:
 * termios(3), "c_oflag". */
#include "drivers/internal_tty.h"

#define TAB 8

static bool
put(struct tty *tty, const char *s, uint32_t n)
{
	if (tty->ops->room(tty) < n)
		return false;
	tty->ops->write(tty, (const uint8_t *)s, n);
	return true;
}

static bool
newline(struct tty *tty)
{
	uint32_t o = tty->termios.c_oflag;

	if (o & LX_ONLRET)
		tty->column = 0;
	if (!(o & LX_ONLCR)) {
		tty->canon_column = tty->column;
		return put(tty, "\n", 1);
	}
	if (!put(tty, "\r\n", 2))
		return false;
	tty->column = tty->canon_column = 0;
	return true;
}

static bool
carriage_return(struct tty *tty)
{
	uint32_t o = tty->termios.c_oflag;

	if ((o & LX_ONOCR) && tty->column == 0)
		return true;
	if (!put(tty, o & LX_OCRNL ? "\n" : "\r", 1))
		return false;
	if (!(o & LX_OCRNL) || (o & LX_ONLRET))
		tty->column = tty->canon_column = 0;
	return true;
}

static bool
tabulate(struct tty *tty)
{
	uint32_t n = TAB - tty->column % TAB;

	if ((tty->termios.c_oflag & LX_TABDLY) == LX_TABDLY) {
		if (!put(tty, "        ", n))
			return false;
	} else if (!put(tty, "\t", 1)) {
		return false;
	}
	tty->column += n;
	return true;
}

/* Linux: the kernel's toupper() knows Latin-1. */
static uint8_t
upper(uint8_t c)
{
	bool is_lower = (c >= 'a' && c <= 'z') || (c >= 0xdf && c != 0xf7);

	return is_lower ? (uint8_t)(c - ('a' - 'A')) : c;
}

static bool
processed(struct tty *tty, uint8_t c)
{
	uint32_t o = tty->termios.c_oflag;

	switch (c) {
	case '\n':
		return newline(tty);
	case '\r':
		return carriage_return(tty);
	case '\t':
		return tabulate(tty);
	case '\b':
		if (!put(tty, "\b", 1))
			return false;
		if (tty->column)
			tty->column--;
		return true;
	}
	if (o & LX_OLCUC)
		c = upper(c);
	if (!put(tty, (char *)&c, 1))
		return false;
	/* Continuation bytes of UTF-8 take no column. */
	if (c >= ' ' && c != 0x7f &&
	    !((tty->termios.c_iflag & LX_IUTF8) && (c & 0xc0) == 0x80))
		tty->column++;
	return true;
}

bool
opost_char(struct tty *tty, uint8_t c, bool raw)
{
	if (raw || !(tty->termios.c_oflag & LX_OPOST))
		return put(tty, (char *)&c, 1);
	return processed(tty, c);
}

uint32_t
opost_write(struct tty *tty, const uint8_t *buf, uint32_t n)
{
	uint32_t done = 0;

	if (tty->is_stopped)
		return 0;
	if (!(tty->termios.c_oflag & LX_OPOST))
		return tty->ops->write(tty, buf, n);
	while (done < n && processed(tty, buf[done]))
		done++;
	return done;
}

void
opost_echo(struct tty *tty, uint8_t c)
{
	bool is_ctl = c < ' ' || c == 0x7f;

	if (tty_is(tty, LX_ECHOCTL) && is_ctl && c != '\t') {
		char pair[2] = {'^', (char)(c ^ 0x40)};

		if (put(tty, pair, 2))
			tty->column += 2;
		return;
	}
	(void)opost_char(tty, c, false);
}
