/* SPDX-License-Identifier: MIT */
/* include/types.h - base types every unit may use. */
#ifndef INCLUDE_TYPES_H
#define INCLUDE_TYPES_H

#include "include/errno.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096ull
#define PAGE_MASK  (~(PAGE_SIZE - 1))

/* First address above the guest's half of the address space (47 bits, less
 * the guard page, as x86-64 Linux has it). */
#define USER_TOP 0x7ffffffff000ull

/*
 * A guest virtual address.  A struct, so it can't be dereferenced, added to
 * an integer or passed where a kernel pointer is wanted; it still travels in
 * one register.
 */
typedef struct {
	uint64_t v;
} uaddr_t;

/* A handle on a host resource, as the machine knows it; never a guest's
 * descriptor and never a host's. */
typedef struct {
	int32_t n;
} hosthandle_t;

/* What a system call hands back: a value >= 0 or a negative errno. */
typedef int64_t sysret_t;

#define HANDLE_NONE ((hosthandle_t){-1})

static inline uaddr_t
uaddr(uint64_t v)
{
	return (uaddr_t){v};
}

static inline uint64_t
page_down(uint64_t v)
{
	return v & PAGE_MASK;
}

static inline uint64_t
page_up(uint64_t v)
{
	return (v + PAGE_SIZE - 1) & PAGE_MASK;
}

/* page_span - pages that @n bytes at @at lie in. */
static inline uint64_t
page_span(uint64_t at, uint64_t n)
{
	return page_up(at % PAGE_SIZE + n) / PAGE_SIZE;
}

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define NAME2_(a, b) a##b
#define NAME_(a, b)  NAME2_(a, b)
/* The counter gives each use its own names, so that they nest. */
#define PICK_(a, b, cmp, x, y)                                                 \
	({                                                                     \
		__typeof__(a) x = (a);                                         \
		__typeof__(b) y = (b);                                         \
		x cmp y ? x : y;                                               \
	})
#define PICK(a, b, cmp, n)                                                     \
	PICK_(a, b, cmp, NAME_(pick_a_, n), NAME_(pick_b_, n))
#define MIN(a, b) PICK(a, b, <, __COUNTER__)
#define MAX(a, b) PICK(a, b, >, __COUNTER__)
#define CONTAINER_OF(ptr, type, member)                                        \
	((type *)((char *)(ptr)-offsetof(type, member)))

#endif /* INCLUDE_TYPES_H */
