/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode_basic.c - numbers, addresses, strings, buffers, arrays: what
 * the other decoders build on.  Every read of guest memory is here.
 */
#include "include/abi/fcntl.h"
#include "include/abi/misc.h"
#include "include/abi/mman.h"
#include "include/abi/socket.h"
#include "mm/usercopy.h"
#include "syscalls/internal_decode.h"

void
dec_addr(struct decode *d, uint64_t at)
{
	if (at)
		put(d, "%#lx", (unsigned long)at);
	else
		put(d, "NULL");
}

bool
dec_peek(struct decode *d, void *dst, uint64_t at, size_t n)
{
	return at && d->mm && !copy_in(d->mm, dst, uaddr(at), n);
}

bool
dec_get(struct decode *d, void *dst, uint64_t at, size_t n)
{
	if (dec_peek(d, dst, at, n))
		return true;
	dec_addr(d, at);
	return false;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* One byte as C would have it; @next decides how short an octal may be. */
static void
put_char(struct decode *d, unsigned char c, bool next_is_digit)
{
	static const char letters[] = "tnvfr"; /* from \t = 9 on */

	if (c == '"' || c == '\\')
		put(d, "\\%c", c);
	else if (c >= 9 && c <= 13)
		put(d, "\\%c", letters[c - 9]);
	else if (c >= 0x20 && c < 0x7f)
		put(d, "%c", c);
	else
		put(d, next_is_digit ? "\\%03o" : "\\%o", c);
}

void
dec_quote(struct decode *d, const char *s, size_t n, bool all_hex)
{
	put(d, "\"");
	for (size_t i = 0; i < n; i++) {
		if (all_hex)
			put(d, "\\x%02x", (unsigned char)s[i]);
		else
			put_char(d, (unsigned char)s[i],
				 i + 1 < n && is_digit(s[i + 1]));
	}
	put(d, "\"");
}

static void
bytes_or_hex(struct decode *d, uint64_t at, uint64_t n, bool all_hex)
{
	size_t shown = n > DEC_MAX ? DEC_MAX : (size_t)n;

	if (!at) {
		put(d, "NULL");
		return;
	}
	if (shown && !dec_get(d, d->scratch, at, shown))
		return;
	dec_quote(d, d->scratch, shown, all_hex);
	if (shown < n)
		put(d, "...");
}

void
dec_bytes(struct decode *d, uint64_t at, uint64_t n)
{
	bytes_or_hex(d, at, n, false);
}

/* The bytes of a string that is longer than there was room for. */
static void
long_string(struct decode *d, uint64_t at, uint32_t max)
{
	if (!dec_get(d, d->scratch, at, max))
		return;
	dec_quote(d, d->scratch, max, false);
	put(d, "...");
}

void
dec_string(struct decode *d, uint64_t at, uint32_t max)
{
	int64_t len = -EFAULT;

	if (at && d->mm)
		len = copy_str_in(d->mm, d->scratch, uaddr(at), max + 1);
	if (len >= 0)
		dec_quote(d, d->scratch, (size_t)len, false);
	else if (len == -ENAMETOOLONG)
		long_string(d, at, max);
	else
		dec_addr(d, at);
}

void
dec_path(struct decode *d, uint64_t at)
{
	dec_string(d, at, LX_PATH_MAX - 1);
}

void
dec_array(struct decode *d, uint64_t at, uint64_t n, size_t size,
	  dec_elem_fn *one)
{
	if (!at) {
		put(d, "NULL");
		return;
	}
	if (!n) {
		put(d, "[]");
		return;
	}
	for (uint64_t i = 0; i < n; i++) {
		char elem[64];

		if (i == DEC_MAX) {
			put(d, ", ...");
			break;
		}
		if (!dec_peek(d, elem, at + i * size, size)) {
			if (!i) {
				dec_addr(d, at);
				return;
			}
			put(d, ", ... /* %#lx */",
			    (unsigned long)(at + i * size));
			break;
		}
		put(d, i ? ", " : "[");
		one(d, at + i * size, elem);
	}
	put(d, "]");
}

/* Days since 1970-01-01 as a date (proleptic Gregorian, era of 400 years). */
static void
civil(int64_t days, int64_t *y, int *m, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = yoe + era * 400 + (*m <= 2);
}

void
dec_date(struct decode *d, int64_t sec, int64_t frac, int digits)
{
	int64_t days = sec / 86400, rest = sec % 86400, y;
	int m, day;

	if (rest < 0) {
		rest += 86400;
		days--;
	}
	civil(days, &y, &m, &day);
	put(d, "%04ld-%02d-%02dT%02d:%02d:%02d", (long)y, m, day,
	    (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
	if (frac)
		put(d, ".%0*ld", digits, (long)frac);
	put(d, "+0000");
}

/* Plain values. */
#define VALUE_DECODER(kind, format, type)                                      \
	void dec_##kind(struct decode *d, int i)                               \
	{                                                                      \
		put(d, format, (type)d->arg[i]);                               \
	}

VALUE_DECODER(INT, "%d", int)
VALUE_DECODER(INT_HIDDEN, "%d", int)
VALUE_DECODER(UINT, "%u", uint32_t)
VALUE_DECODER(HEX32, "%#x", uint32_t)
VALUE_DECODER(ULONG, "%lu", unsigned long)
VALUE_DECODER(ULONG_HIDDEN, "%lu", unsigned long)
VALUE_DECODER(SIZE, "%lu", unsigned long)
VALUE_DECODER(OFFSET, "%ld", long)
VALUE_DECODER(OFFSET_HEX, "%#lx", unsigned long)
VALUE_DECODER(FD, "%d", int)
VALUE_DECODER(PID, "%d", int)
VALUE_DECODER(TID, "%d", int)
VALUE_DECODER(UID, "%d", int) /* -1: leave it as it is */
VALUE_DECODER(GID, "%d", int)
VALUE_DECODER(MODE, "%#03o", uint32_t)
VALUE_DECODER(OPEN_MODE, "%#03o", uint32_t)

void
dec_DIRFD(struct decode *d, int i)
{
	if ((int)d->arg[i] == LX_AT_FDCWD)
		put(d, "AT_FDCWD");
	else
		put(d, "%d", (int)d->arg[i]);
}

void
dec_UADDR(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_MREMAP_ADDR(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_RSEQ(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_PATH(struct decode *d, int i)
{
	dec_path(d, d->arg[i]);
}

void
dec_STR(struct decode *d, int i)
{
	dec_string(d, d->arg[i], DEC_MAX);
}

void
dec_STR_LEN(struct decode *d, int i)
{
	/* Linux: no name is longer than 64. */
	if (d->arg[i + 1] > 64)
		dec_addr(d, d->arg[i]);
	else
		dec_bytes(d, d->arg[i], d->arg[i + 1]);
}

void
dec_BUF_IN(struct decode *d, int i)
{
	dec_bytes(d, d->arg[i], d->arg[i + 1]);
}

void
dec_XATTR_IN(struct decode *d, int i)
{
	dec_bytes(d, d->arg[i], d->arg[i + 1]);
}

/* The call says how much it filled; never more than there was room for. */
static uint64_t
filled(const struct decode *d, int i)
{
	uint64_t room = d->arg[i + 1];

	return (uint64_t)d->ret < room ? (uint64_t)d->ret : room;
}

void
dec_BUF_OUT(struct decode *d, int i)
{
	dec_bytes(d, d->arg[i], filled(d, i));
}

void
dec_BUF_OUT_HEX(struct decode *d, int i)
{
	bytes_or_hex(d, d->arg[i], filled(d, i), true);
}

void
dec_CWD_OUT(struct decode *d, int i)
{
	dec_path(d, d->arg[i]);
}

/* Words in brackets: what an output pointer received. */
#define WORD_DECODER(kind, format, type, as)                                   \
	void dec_##kind(struct decode *d, int i)                               \
	{                                                                      \
		type v;                                                        \
                                                                               \
		if (dec_get(d, &v, d->arg[i], sizeof(v)))                      \
			put(d, "[" format "]", (as)v);                         \
	}

WORD_DECODER(UINT_OUT, "%u", uint32_t, uint32_t)
WORD_DECODER(UID_OUT, "%u", uint32_t, uint32_t)
WORD_DECODER(SIZE_OUT, "%lu", uint64_t, unsigned long)
WORD_DECODER(UADDR_OUT, "%#lx", uint64_t, unsigned long)
WORD_DECODER(TIMERID_OUT, "%d", int32_t, int)
WORD_DECODER(OFFSET_IN, "%ld", int64_t, long)

void
dec_OFFSET_INOUT(struct decode *d, int i)
{
	int64_t now;

	if (!dec_get(d, &now, d->arg[i], sizeof(now)))
		return;
	put(d, "[%ld]", (long)d->saved[i]);
	if ((uint64_t)now != d->saved[i])
		put(d, " => [%ld]", (long)now);
}

void
dec_FD_PAIR_OUT(struct decode *d, int i)
{
	int32_t fd[2];

	if (dec_get(d, fd, d->arg[i], sizeof(fd)))
		put(d, "[%d, %d]", fd[0], fd[1]);
}

void
dec_SIG(struct decode *d, int i)
{
	name_signal(d->out, (int)d->arg[i]);
}

/* A type of mapping in the low bits, then flags. */
void
dec_MAP(struct decode *d, int i)
{
	uint64_t type = d->arg[i] & LX_MAP_TYPE;
	uint64_t flags = (uint32_t)d->arg[i] & ~type;

	if (type == LX_MAP_DROPPABLE)
		put(d, "MAP_DROPPABLE");
	else
		name_value(d->out, ARG_MAP_TYPE, type);
	name_flags_only(d->out, ARG_MAP_FLAGS, &flags, false);
	if (flags)
		put(d, "|%#lx", (unsigned long)flags);
}

void
dec_SOCK(struct decode *d, int i)
{
	uint64_t flags = (uint32_t)d->arg[i] & ~(uint64_t)LX_SOCK_TYPE_MASK;

	name_value(d->out, ARG_SOCK_TYPE, d->arg[i] & LX_SOCK_TYPE_MASK);
	name_flags_only(d->out, ARG_SOCK_FLAGS, &flags, false);
	if (flags)
		put(d, "|%#lx", (unsigned long)flags);
}

void
dec_LOGACTION(struct decode *d, int i)
{
	const char *name = name_find(ARG_SYSLOG_ACTION, d->arg[i]);

	put(d, "%d", (int)d->arg[i]);
	if (name)
		put(d, " /* %s */", name);
}
