/* SPDX-License-Identifier: MIT */
/* syscalls/decode_ioctl.c - ioctl(2): terminals, sizes, flags of files. */
#include "include/abi/ioctl.h"
#include "include/abi/termios.h"
#include "syscalls/internal_decode.h"

/* What the argument is.  Those from OUT_INT on are filled in by the call. */
enum form {
	HEX, /* nothing known: a word or an address */
	NONE,
	INT,
	INT_AT,
	STRING_AT,
	TERMIOS_AT,
	WINSIZE_AT,
	FLUSH,
	FLOW,
	OPEN_FLAGS,
	OUT_INT,
	OUT_LONG,
	OUT_FLAGS,
	OUT_TERMIOS,
	OUT_WINSIZE,
};

static enum form
form_of(const struct decode *d)
{
	static const struct {
		uint32_t cmd;
		uint8_t form;
	} forms[] = {
		{LX_TCGETS, OUT_TERMIOS},
		{LX_TCGETS2, OUT_TERMIOS},
		{LX_TIOCGLCKTRMIOS, OUT_TERMIOS},
		{LX_TIOCSLCKTRMIOS, TERMIOS_AT},
		{LX_TCSETS, TERMIOS_AT},
		{LX_TCSETSW, TERMIOS_AT},
		{LX_TCSETSF, TERMIOS_AT},
		{LX_TCSETS2, TERMIOS_AT},
		{LX_TCSETSW2, TERMIOS_AT},
		{LX_TCSETSF2, TERMIOS_AT},
		{LX_TIOCGWINSZ, OUT_WINSIZE},
		{LX_TIOCSWINSZ, WINSIZE_AT},
		{LX_FIONREAD, OUT_INT},
		{LX_TIOCOUTQ, OUT_INT},
		{LX_TIOCGPGRP, OUT_INT},
		{LX_TIOCSPGRP, INT_AT},
		{LX_TIOCGSID, OUT_INT},
		{LX_TIOCGPTN, OUT_INT},
		{LX_TIOCSPTLCK, INT_AT},
		{LX_TIOCGPTLCK, OUT_INT},
		{LX_TIOCPKT, INT_AT},
		{LX_TIOCGPKT, OUT_INT},
		{LX_TIOCGETD, OUT_INT},
		{LX_TIOCSETD, INT_AT},
		{LX_TIOCMGET, OUT_INT},
		{LX_TIOCMSET, INT_AT},
		{LX_TIOCGEXCL, OUT_INT},
		{LX_TIOCGDEV, OUT_INT},
		{LX_FIONBIO, INT_AT},
		{LX_FIOASYNC, INT_AT},
		{LX_FIOCLEX, NONE},
		{LX_FIONCLEX, NONE},
		{LX_TIOCNOTTY, NONE},
		{LX_TIOCEXCL, NONE},
		{LX_TIOCNXCL, NONE},
		{LX_TIOCVHANGUP, NONE},
		{LX_TIOCSBRK, NONE},
		{LX_TIOCCBRK, NONE},
		{LX_TIOCSCTTY, INT},
		{LX_TCSBRK, INT},
		{LX_TCSBRKP, INT},
		{LX_FICLONE, INT},
		{LX_TCFLSH, FLUSH},
		{LX_TCXONC, FLOW},
		{LX_TIOCSTI, STRING_AT},
		{LX_TIOCGPTPEER, OPEN_FLAGS},
		{LX_FS_IOC_GETFLAGS, OUT_FLAGS},
		{LX_FIGETBSZ, OUT_INT},
		{LX_BLKGETSIZE, OUT_LONG},
		{LX_BLKGETSIZE64, OUT_LONG},
		{LX_BLKSSZGET, OUT_INT},
		{LX_FIOQSIZE, OUT_LONG},
		{LX_RNDGETENTCNT, OUT_INT},
	};

	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (forms[i].cmd == (uint32_t)d->arg[1])
			return forms[i].form;
	return HEX;
}

bool
dec_ioctl_has_arg(const struct decode *d)
{
	return form_of(d) != NONE;
}

bool
dec_ioctl_is_late(const struct decode *d)
{
	return form_of(d) >= OUT_INT;
}

/* Unknown commands are taken apart as _IOC() put them together. */
void
dec_IOCTL_CMD(struct decode *d, int i)
{
	static const char *const dirs[] = {"_IOC_NONE", "_IOC_WRITE",
					   "_IOC_READ", "_IOC_READ|_IOC_WRITE"};
	uint32_t cmd = (uint32_t)d->arg[i];
	const char *name = name_find(ARG_IOCTL, cmd);

	if (name)
		put(d, "%s", name);
	else
		put(d, "_IOC(%s, %#x, %#x, %#x)", dirs[cmd >> 30],
		    cmd >> 8 & 0xff, cmd & 0xff, cmd >> 16 & 0x3fff);
}

/* Delays are fields of which only 0 is of use today. */
static void
put_oflag(struct decode *d, uint32_t v)
{
	uint64_t flags = v & (LX_OPOST | LX_OLCUC | LX_ONLCR | LX_OCRNL |
			      LX_ONOCR | LX_ONLRET | LX_OFILL | LX_OFDEL);

	put(d, "NL%u|CR%u|TAB%u|BS%u|VT%u|FF%u", !!(v & LX_NLDLY),
	    (v & LX_CRDLY) / (LX_CRDLY / 3), (v & LX_TABDLY) / (LX_TABDLY / 3),
	    !!(v & LX_BSDLY), !!(v & LX_VTDLY), !!(v & LX_FFDLY));
	name_flags_only(d->out, ARG_OFLAG, &flags, false);
}

static void
put_cflag(struct decode *d, uint32_t v)
{
	uint64_t flags = v & ~(uint32_t)(LX_CBAUD | LX_CSIZE | LX_CIBAUD);

	name_value(d->out, ARG_BAUD, v & LX_CBAUD);
	put(d, "|CS%u", 5 + (v & LX_CSIZE) / (LX_CSIZE / 3));
	name_flags_only(d->out, ARG_CFLAG, &flags, false);
}

static void
termios_at(struct decode *d, uint64_t at)
{
	struct lx_termios t;

	if (!dec_get(d, &t, at, sizeof(t)))
		return;
	put(d, "{c_iflag=");
	name_flags(d->out, ARG_IFLAG, t.c_iflag);
	put(d, ", c_oflag=");
	put_oflag(d, t.c_oflag);
	put(d, ", c_cflag=");
	put_cflag(d, t.c_cflag);
	put(d, ", c_lflag=");
	name_flags(d->out, ARG_LFLAG, t.c_lflag);
	put(d, ", ...}");
}

static void
winsize_at(struct decode *d, uint64_t at)
{
	struct lx_winsize w;

	if (dec_get(d, &w, at, sizeof(w)))
		put(d, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}",
		    w.ws_row, w.ws_col, w.ws_xpixel, w.ws_ypixel);
}

static void
word_at(struct decode *d, uint64_t at, enum form form)
{
	int64_t v = 0;

	if (!dec_get(d, &v, at, form == OUT_LONG ? 8 : 4))
		return;
	put(d, "[");
	if (form == OUT_FLAGS)
		name_flags(d->out, ARG_INODE_FLAGS, (uint64_t)v);
	else
		put(d, "%ld", form == OUT_LONG ? (long)v : (long)(int32_t)v);
	put(d, "]");
}

void
dec_IOCTL_ARG(struct decode *d, int i)
{
	uint64_t v = d->arg[i];
	enum form form = form_of(d);

	switch (form) {
	case INT:
		put(d, "%d", (int)v);
		break;
	case STRING_AT:
		dec_bytes(d, v, 1);
		break;
	case TERMIOS_AT:
	case OUT_TERMIOS:
		termios_at(d, v);
		break;
	case WINSIZE_AT:
	case OUT_WINSIZE:
		winsize_at(d, v);
		break;
	case FLUSH:
		name_value(d->out, ARG_TCFLUSH, v);
		break;
	case FLOW:
		name_value(d->out, ARG_TCFLOW, v);
		break;
	case OPEN_FLAGS:
		dec_open_flags(d->out, v, true);
		break;
	case INT_AT:
	case OUT_INT:
	case OUT_LONG:
	case OUT_FLAGS:
		word_at(d, v, form);
		break;
	default:
		put(d, "%#lx", (unsigned long)v);
		break;
	}
}
