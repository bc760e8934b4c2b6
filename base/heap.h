/* SPDX-License-Identifier: MIT */
/*
 * base/heap.h - page runs of the arena's heap, what base/slab.c cuts its
 * objects from.  Only pages that were once handed out have memory behind
 * them; free runs coalesce, and give their memory back when much lies idle.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include "include/annotate.h"
#include "include/types.h"

enum heap_kind {
	HEAP_NONE, /* never used, or inside a run */
	HEAP_FREE, /* first or last page of a free run */
	HEAP_RUN,  /* first page of a run in use */
	HEAP_SLAB, /* a page of equal objects */
};

/* What is known of a page, by its index.  16 bytes, as there are many. */
struct heap_page {
	union {
		struct { /* HEAP_FREE: its list; HEAP_SLAB: slab.c's list */
			uint32_t next, prev;
		};
		uint64_t bytes; /* HEAP_RUN: as asked for */
	};
	union {
		uint32_t len;	       /* HEAP_FREE, HEAP_RUN: pages */
		struct {	       /* HEAP_SLAB */
			uint16_t free; /* first free object + 1, or 0 */
			uint16_t used; /* objects in use */
		};
	};
	uint16_t fresh; /* HEAP_SLAB: objects ever handed out;
			   HEAP_FREE: pages with memory behind, saturated */
	uint8_t kind;
	uint8_t class;
};

/*
 * heap_take - a run of @n pages.  @is_zero (may be NULL): all its bytes are
 * known to be 0.  Returns: the first page's index, 0 when there is no memory.
 */
MUST_CHECK uint32_t heap_take(uint32_t n, bool *is_zero);

/* heap_give - the run of @n pages at @first is free. */
void heap_give(uint32_t first, uint32_t n);

/* heap_page - what is known of page @index. */
struct heap_page *heap_page(uint32_t index);

/* heap_addr, heap_index - between pages and pointers into them. */
void *heap_addr(uint32_t index);
uint32_t heap_index(const void *p);

/* heap_pages_used - pages in runs that are in use. */
uint64_t heap_pages_used(void);

#endif /* BASE_HEAP_H */
