/* SPDX-License-Identifier: MIT */
/*
 * mm/radix.h - a sparse array of pointers by 64-bit key: page tables by
 * address, page caches by index.  Grows in height with the largest key, so
 * that small ones are shallow.  Callers lock.
 */
#ifndef MM_RADIX_H
#define MM_RADIX_H

#include "include/annotate.h"
#include "include/types.h"

struct radix {
	void *root; /* an item (height 0, key 0) or a node */
	uint32_t height;
};

/* radix_find - the item at @key, or NULL. */
void *radix_find(const struct radix *r, uint64_t key);

/* radix_insert - nothing is at @key yet; @item is not NULL.  0, -ENOMEM. */
MUST_CHECK int radix_insert(struct radix *r, uint64_t key, void *item);

/* radix_remove - take out and return what is at @key; empty nodes go. */
void *radix_remove(struct radix *r, uint64_t key);

/* radix_next - the first item at or after *@key, which becomes its key; NULL
 * when there is none. */
void *radix_next(const struct radix *r, uint64_t *key);

#endif /* MM_RADIX_H */
