/* SPDX-License-Identifier: MIT */
/*
 * base/slab.h - the kernel's allocator: size classes over page runs of
 * the arena's heap.  Freed memory is poisoned in debug builds.  Any allocation
 * may fail (heap bound, or fault injection); every caller handles it.
 */
#ifndef BASE_SLAB_H
#define BASE_SLAB_H

#include "include/annotate.h"
#include "include/types.h"

/* kmalloc - @size bytes, 16-byte aligned (page aligned from PAGE_SIZE up), not
 * cleared.  Returns: NULL when there is no memory. */
MUST_CHECK void *kmalloc(size_t size);

/* kzalloc - as kmalloc(), cleared. */
MUST_CHECK void *kzalloc(size_t size);

/* krealloc - grow or shrink; @p is kept and NULL returned on failure. */
MUST_CHECK void *krealloc(void *p, size_t size);

/* kfree - give back what k*alloc() returned; NULL is allowed. */
void kfree(void *p);

/* kstrdup - a copy of @s; NULL when there is no memory. */
MUST_CHECK char *kstrdup(const char *s);

/* kmem_used - bytes of the heap in use, for /proc/meminfo. */
uint64_t kmem_used(void);

/* kmem_refuse - if set, asked before each allocation; true makes it fail.  For
 * fault injection and tests. */
extern bool (*kmem_refuse)(size_t size);

#define KNEW(type) ((type *)kzalloc(sizeof(type)))

#endif /* BASE_SLAB_H */
