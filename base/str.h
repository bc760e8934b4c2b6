/* SPDX-License-Identifier: MIT */
/* base/str.h - strings: formatting and parsing, and the mem* family that the
 * compiler wants (base/mem.c). */
#ifndef BASE_STR_H
#define BASE_STR_H

#include "include/types.h"

#include <stdarg.h>

/* str_format - as snprintf(3) for %d %i %u %x %X %o %c %s %p %% with flags
 * "-0#+ ", width, precision, '*' and l, ll, h, hh, z.
 * Returns: the length wanted; the result is cut, always terminated if n > 0. */
int str_format(char *buf, size_t n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int str_vformat(char *buf, size_t n, const char *fmt, va_list ap);

/* A growing text with a bound: /proc files, decoding.  Never overflows; over
 * tells that something was cut. */
struct strbuf {
	char *buf;
	size_t size, len;
	bool over;
};

void strbuf_init(struct strbuf *sb, char *buf, size_t size);
void strbuf_add(struct strbuf *sb, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void strbuf_put(struct strbuf *sb, const char *s, size_t n);

/* str_to_u64 - parse all of @s (base 0 as strtoul).  Returns: 0 or -EINVAL. */
int str_to_u64(const char *s, int base, uint64_t *out);

/* str_errno - "ENOENT" for ENOENT; NULL if unknown. */
const char *str_errno(int err);

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t n);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);

/* str_copy - copy at most @n - 1 bytes, always terminate. */
void str_copy(char *dst, const char *src, size_t n);

#endif /* BASE_STR_H */
