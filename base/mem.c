/* SPDX-License-Identifier: MIT */
/*
 * base/mem.c - the mem* and str* functions of the freestanding image, where
 * no libc is; not linked with -Dkernel=builtin.
 *
 * Small sizes go by overlapping words (no loop, few branches), large ones by
 * the string instructions, which all CPUs of the last decade run at cache
 * line speed once past their start-up cost of some 30 cycles.  No SSE here:
 * the vector registers belong to the guest.
 */
#include "base/str.h"

/* Or gcc would make a call of memset() out of the loop in memset(). */
#ifndef __clang__
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

#define STRING_OP_MIN 256 /* from here on `rep` beats words */

typedef uint64_t word __attribute__((may_alias, aligned(1)));
typedef uint32_t half __attribute__((may_alias, aligned(1)));
typedef uint16_t quarter __attribute__((may_alias, aligned(1)));

static void
copy_upto16(unsigned char *d, const unsigned char *s, size_t n)
{
	if (n >= 8) {
		uint64_t a = *(const word *)s, b = *(const word *)(s + n - 8);

		*(word *)d = a;
		*(word *)(d + n - 8) = b;
	} else if (n >= 4) {
		uint32_t a = *(const half *)s, b = *(const half *)(s + n - 4);

		*(half *)d = a;
		*(half *)(d + n - 4) = b;
	} else if (n >= 2) {
		uint16_t a = *(const quarter *)s;
		uint16_t b = *(const quarter *)(s + n - 2);

		*(quarter *)d = a;
		*(quarter *)(d + n - 2) = b;
	} else if (n) {
		*d = *s;
	}
}

static void
copy_forward(unsigned char *d, const unsigned char *s, size_t n)
{
	for (; n > 16; n -= 16, d += 16, s += 16) {
		uint64_t a = *(const word *)s, b = *(const word *)(s + 8);

		*(word *)d = a;
		*(word *)(d + 8) = b;
	}
	copy_upto16(d, s, n);
}

static void
copy_backward(unsigned char *d, const unsigned char *s, size_t n)
{
	for (; n > 16; n -= 16) {
		uint64_t a = *(const word *)(s + n - 8);
		uint64_t b = *(const word *)(s + n - 16);

		*(word *)(d + n - 8) = a;
		*(word *)(d + n - 16) = b;
	}
	copy_upto16(d, s, n);
}

void *
memcpy(void *dst, const void *src, size_t n)
{
	void *d = dst;

	if (n < STRING_OP_MIN)
		copy_forward(dst, src, n);
	else
		__asm__ volatile("rep movsb"
				 : "+D"(d), "+S"(src), "+c"(n)
				 :
				 : "memory");
	return dst;
}

void *
memmove(void *dst, const void *src, size_t n)
{
	/* Forward copying is right unless dst lies inside src. */
	if ((uintptr_t)dst - (uintptr_t)src >= n)
		return memcpy(dst, src, n);
	copy_backward(dst, src, n);
	return dst;
}

void *
memset(void *dst, int c, size_t n)
{
	unsigned char *d = dst;
	uint64_t w = (unsigned char)c * 0x0101010101010101ull;

	if (n >= STRING_OP_MIN) {
		void *p = dst;

		__asm__ volatile("rep stosb"
				 : "+D"(p), "+c"(n)
				 : "a"(c)
				 : "memory");
		return dst;
	}
	if (n < 8) {
		while (n--)
			*(volatile unsigned char *)d++ = c;
		return dst;
	}
	*(word *)(d + n - 8) = w;
	for (; n > 8; n -= 8, d += 8)
		*(volatile word *)d = w;
	return dst;
}

int
memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n >= 8 && *(const word *)x == *(const word *)y; n -= 8) {
		x += 8;
		y += 8;
	}
	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *
memchr(const void *s, int c, size_t n)
{
	const unsigned char *p = s;

	for (; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)p;
	return NULL;
}

size_t
strnlen(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i])
		i++;
	return i;
}

size_t
strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}

int
strncmp(const char *a, const char *b, size_t n)
{
	for (; n; n--, a++, b++) {
		if (*a != *b)
			return (unsigned char)*a - (unsigned char)*b;
		if (!*a)
			break;
	}
	return 0;
}

int
strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

char *
strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}

char *
strrchr(const char *s, int c)
{
	char *found = NULL;

	do {
		if (*s == (char)c)
			found = (char *)s;
	} while (*s++);
	return found;
}

char *
strstr(const char *s, const char *what)
{
	size_t n = strlen(what);

	for (; *s; s++)
		if (strncmp(s, what, n) == 0)
			return (char *)s;
	return n ? NULL : (char *)s;
}

/* What the compiler calls for __builtin_popcountll() without popcnt. */
int __popcountdi2(uint64_t v);

int
__popcountdi2(uint64_t v)
{
	v -= v >> 1 & 0x5555555555555555ull;
	v = (v & 0x3333333333333333ull) + (v >> 2 & 0x3333333333333333ull);
	v = (v + (v >> 4)) & 0x0f0f0f0f0f0f0f0full;
	return (int)(v * 0x0101010101010101ull >> 56);
}
