/* SPDX-License-Identifier: MIT */
/*
 * base/heap.c - free runs by size, with a tag at both ends.
 *
 * A free run is described at its first page and, for the neighbour that
 * looks back, at its last.  Runs of [2^k, 2^(k+1)) pages are in list k; a
 * bitmap tells which lists have any.  Taking looks at one list head above the
 * size wanted (anything there fits), giving joins with both neighbours: both
 * are O(1).
 *
 * Each free run has a bound on how many of its pages still hold memory.  When
 * all of them together pass IDLE_MAX, runs of PUNCH_MIN or more that come back
 * are given to the host at once.
 *
 * The table of pages lies at the heap's beginning; index 0 is the table's own
 * and means "none".
 */
#include "base/heap.h"

#include "arch/um/hypercall.h"
#include "arch/um/layout.h"
#include "base/panic.h"

#define HEAP_PAGES (uint32_t)(KHEAP_SIZE / PAGE_SIZE)
#define TABLE_PAGES                                                            \
	(uint32_t)(HEAP_PAGES * sizeof(struct heap_page) / PAGE_SIZE)
#define NLISTS	  23
#define IDLE_MAX  1024u /* pages: 4 MiB */
#define PUNCH_MIN 16u
#define LOOK	  4 /* runs tried in the list that may be too small */

static uint32_t lists[NLISTS];
static uint32_t nonempty; /* bit k: list k has a run */
static uint32_t top;	  /* pages from here on were never used */
static uint64_t pages_used, pages_idle;

static uint32_t
log2_of(uint32_t n)
{
	return 31 - __builtin_clz(n);
}

struct heap_page *
heap_page(uint32_t index)
{
	return (struct heap_page *)KHEAP_BASE + index;
}

void *
heap_addr(uint32_t index)
{
	return (void *)(KHEAP_BASE + index * PAGE_SIZE);
}

uint32_t
heap_index(const void *p)
{
	uint64_t off = (uint64_t)p - KHEAP_BASE;

	kassert(off < KHEAP_SIZE);
	return off / PAGE_SIZE;
}

uint64_t
heap_pages_used(void)
{
	return pages_used;
}

static void
unlink_run(uint32_t at)
{
	struct heap_page *p = heap_page(at);
	uint32_t k = log2_of(p->len);

	if (p->prev)
		heap_page(p->prev)->next = p->next;
	else
		lists[k] = p->next;
	if (p->next)
		heap_page(p->next)->prev = p->prev;
	if (!lists[k])
		nonempty &= ~(1u << k);
	pages_idle -= p->fresh;
	heap_page(at + p->len - 1)->kind = HEAP_NONE;
	p->kind = HEAP_NONE;
}

static void
link_run(uint32_t at, uint32_t len, uint32_t resident)
{
	struct heap_page *p = heap_page(at), *last = heap_page(at + len - 1);
	uint32_t k = log2_of(len);

	last->kind = HEAP_FREE;
	last->len = len;
	p->kind = HEAP_FREE;
	p->len = len;
	p->fresh = MIN(resident, (uint32_t)UINT16_MAX);
	p->prev = 0;
	p->next = lists[k];
	if (p->next)
		heap_page(p->next)->prev = at;
	lists[k] = at;
	nonempty |= 1u << k;
	pages_idle += p->fresh;
}

/* A free run of at least @n pages, still linked; 0: none. */
static uint32_t
find_run(uint32_t n)
{
	uint32_t k = log2_of(n), above, at = lists[k];

	for (int i = 0; at && i < LOOK; i++, at = heap_page(at)->next)
		if (heap_page(at)->len >= n)
			return at;
	above = nonempty & ~((2u << k) - 1);
	return above ? lists[__builtin_ctz(above)] : 0;
}

uint32_t
heap_take(uint32_t n, bool *is_zero)
{
	uint32_t at = find_run(n), len, resident;

	if (!top)
		top = TABLE_PAGES;
	if (!at) {
		if (n > HEAP_PAGES - top)
			return 0;
		at = top;
		top += n;
		pages_used += n;
		if (is_zero)
			*is_zero = true;
		return at;
	}
	len = heap_page(at)->len;
	resident = heap_page(at)->fresh;
	unlink_run(at);
	if (len > n)
		link_run(at + n, len - n, MIN(resident, len - n));
	pages_used += n;
	if (is_zero)
		*is_zero = resident == 0;
	return at;
}

void
heap_give(uint32_t first, uint32_t n)
{
	uint32_t resident = n;

	pages_used -= n;
	heap_page(first)->kind = HEAP_NONE;
	if (heap_page(first - 1)->kind == HEAP_FREE) {
		uint32_t len = heap_page(first - 1)->len;

		first -= len;
		n += len;
		resident += heap_page(first)->fresh;
		unlink_run(first);
	}
	if (first + n < top && heap_page(first + n)->kind == HEAP_FREE) {
		uint32_t next = first + n;

		n += heap_page(next)->len;
		resident += heap_page(next)->fresh;
		unlink_run(next);
	}
	if (resident >= PUNCH_MIN && pages_idle + resident > IDLE_MAX &&
	    HYPER2(ARENA_PUNCH, heap_addr(first), n * PAGE_SIZE) == 0)
		resident = 0;
	link_run(first, n, resident);
}
