/* SPDX-License-Identifier: MIT */
/*
 * base/str.c - formatting, parsing, bounded texts.
 *
 * One formatter: str_vformat() counts every byte it would have written and
 * stores those that fit, so that the result is that of snprintf(3).
 */
#include "base/str.h"

struct out {
	char *buf;
	size_t size, len;
};

/* One conversion: what stands between '%' and its letter. */
struct spec {
	bool is_left, has_zero, has_plus, has_space, has_alt;
	int width, precision; /* precision < 0: none given */
	int size;	      /* bytes of an integer argument */
};

static void
put(struct out *o, char c)
{
	if (o->len + 1 < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void
put_many(struct out *o, char c, int n)
{
	while (n-- > 0)
		put(o, c);
}

static void
put_text(struct out *o, const struct spec *sp, const char *s, int n)
{
	int pad = sp->width - n;

	if (!sp->is_left)
		put_many(o, ' ', pad);
	for (int i = 0; i < n; i++)
		put(o, s[i]);
	if (sp->is_left)
		put_many(o, ' ', pad);
}

/* @prefix: sign or 0x. */
static void
put_number(struct out *o, const struct spec *sp, uint64_t v, unsigned int base,
	   bool is_upper, const char *prefix)
{
	const char *digits = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char rev[24];
	int n = 0, np = strlen(prefix), zeros, pad;

	for (; v; v /= base)
		rev[n++] = digits[v % base];
	if (!n && sp->precision != 0)
		rev[n++] = '0';
	zeros = sp->precision - n;
	if (sp->precision < 0 && sp->has_zero && !sp->is_left)
		zeros = sp->width - np - n;
	zeros = MAX(zeros, 0);
	if (base == 8 && sp->has_alt && !zeros && (!n || rev[n - 1] != '0'))
		zeros = 1;
	pad = sp->width - np - zeros - n;
	if (!sp->is_left)
		put_many(o, ' ', pad);
	while (*prefix)
		put(o, *prefix++);
	put_many(o, '0', zeros);
	while (n)
		put(o, rev[--n]);
	if (sp->is_left)
		put_many(o, ' ', pad);
}

static void
put_signed(struct out *o, const struct spec *sp, int64_t v)
{
	const char *sign = sp->has_plus ? "+" : sp->has_space ? " " : "";

	put_number(o, sp, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, false,
		   v < 0 ? "-" : sign);
}

static void
put_unsigned(struct out *o, const struct spec *sp, uint64_t v, char how)
{
	const char *prefix = "";

	if (sp->size < 8)
		v &= (1ull << 8 * sp->size) - 1;
	if (how == 'p' || (sp->has_alt && v && how == 'x'))
		prefix = "0x";
	else if (sp->has_alt && v && how == 'X')
		prefix = "0X";
	put_number(o, sp, v,
		   how == 'u'	? 10
		   : how == 'o' ? 8
				: 16,
		   how == 'X', prefix);
}

static const char *
parse_flags(const char *p, struct spec *sp)
{
	for (;; p++) {
		switch (*p) {
		case '-':
			sp->is_left = true;
			break;
		case '0':
			sp->has_zero = true;
			break;
		case '+':
			sp->has_plus = true;
			break;
		case ' ':
			sp->has_space = true;
			break;
		case '#':
			sp->has_alt = true;
			break;
		default:
			return p;
		}
	}
}

static const char *
parse_number(const char *p, int *out)
{
	*out = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		*out = *out * 10 + (*p - '0');
	return p;
}

static const char *
parse_size(const char *p, struct spec *sp)
{
	sp->size = 4;
	for (;; p++) {
		if (*p == 'h')
			sp->size /= 2;
		else if (*p == 'l' || *p == 'z' || *p == 'j' || *p == 't')
			sp->size = 8;
		else
			return p;
	}
}

static int64_t
sign_extend(uint64_t v, int size)
{
	int drop = 64 - 8 * size;

	return (int64_t)(v << drop) >> drop;
}

static void
put_string(struct out *o, const struct spec *sp, const char *s)
{
	size_t max = sp->precision < 0 ? SIZE_MAX : (size_t)sp->precision;

	if (!s)
		s = "(null)";
	put_text(o, sp, s, strnlen(s, max));
}

struct args {
	va_list ap;
};

static uint64_t
next_integer(struct args *a, int size)
{
	return size == 8 ? va_arg(a->ap, uint64_t) : va_arg(a->ap, uint32_t);
}

/* Do the conversion after '%' at @p.  Returns: what follows it. */
static const char *
convert(struct out *o, const char *p, struct args *a)
{
	struct spec sp = {.precision = -1};
	char c;

	p = parse_flags(p, &sp);
	if (*p == '*') {
		sp.width = va_arg(a->ap, int);
		sp.is_left |= sp.width < 0;
		sp.width = sp.width < 0 ? -sp.width : sp.width;
		p++;
	} else {
		p = parse_number(p, &sp.width);
	}
	if (*p == '.' && p[1] == '*') {
		sp.precision = va_arg(a->ap, int);
		p += 2;
	} else if (*p == '.') {
		p = parse_number(p + 1, &sp.precision);
	}
	p = parse_size(p, &sp);
	switch (*p) {
	case 'd':
	case 'i':
		put_signed(o, &sp,
			   sign_extend(next_integer(a, sp.size), sp.size));
		break;
	case 'p':
		sp.size = 8;
		/* fall through */
	case 'u':
	case 'x':
	case 'X':
	case 'o':
		put_unsigned(o, &sp, next_integer(a, sp.size), *p);
		break;
	case 'c':
		c = va_arg(a->ap, int);
		put_text(o, &sp, &c, 1);
		break;
	case 's':
		put_string(o, &sp, va_arg(a->ap, const char *));
		break;
	case '%':
		put(o, '%');
		break;
	case '\0':
		return p;
	default:
		put(o, '%');
		put(o, *p);
	}
	return p + 1;
}

int
str_vformat(char *buf, size_t n, const char *fmt, va_list ap)
{
	struct out o = {buf, n, 0};
	struct args a;

	va_copy(a.ap, ap);
	while (*fmt) {
		if (*fmt == '%')
			fmt = convert(&o, fmt + 1, &a);
		else
			put(&o, *fmt++);
	}
	va_end(a.ap);
	if (n)
		buf[MIN(o.len, n - 1)] = '\0';
	return o.len;
}

int
str_format(char *buf, size_t n, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = str_vformat(buf, n, fmt, ap);
	va_end(ap);
	return len;
}

void
strbuf_init(struct strbuf *sb, char *buf, size_t size)
{
	*sb = (struct strbuf){.buf = buf, .size = size};
	if (size)
		buf[0] = '\0';
}

void
strbuf_add(struct strbuf *sb, const char *fmt, ...)
{
	size_t room = sb->size - sb->len;
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = str_vformat(sb->buf + sb->len, room, fmt, ap);
	va_end(ap);
	if (n >= room) {
		sb->over = true;
		n = room ? room - 1 : 0;
	}
	sb->len += n;
}

void
strbuf_put(struct strbuf *sb, const char *s, size_t n)
{
	size_t room = sb->size - sb->len;

	if (!room) {
		sb->over = true;
		return;
	}
	if (n >= room) {
		sb->over = true;
		n = room - 1;
	}
	memcpy(sb->buf + sb->len, s, n);
	sb->len += n;
	sb->buf[sb->len] = '\0';
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return 99;
}

int
str_to_u64(const char *s, int base, uint64_t *out)
{
	uint64_t v = 0;

	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 32) == 'x') {
		base = 16;
		s += 2;
	} else if (base == 0) {
		base = s[0] == '0' ? 8 : 10;
	}
	if (!*s)
		return -EINVAL;
	for (; *s; s++) {
		int d = digit_value(*s);

		if (d >= base || __builtin_mul_overflow(v, base, &v) ||
		    __builtin_add_overflow(v, d, &v))
			return -EINVAL;
	}
	*out = v;
	return 0;
}

const char *
str_errno(int err)
{
	switch (err) {
#define ERRNO(name, value)                                                     \
	case value:                                                            \
		return #name;
#include "include/abi/errno.def"
#undef ERRNO
	default:
		return NULL;
	}
}

void
str_copy(char *dst, const char *src, size_t n)
{
	size_t len = strnlen(src, n);

	if (!n)
		return;
	len = MIN(len, n - 1);
	memcpy(dst, src, len);
	dst[len] = '\0';
}
