/* SPDX-License-Identifier: MIT */
/* base/idalloc.h - small numbers to hand out: a bitmap that grows. */
#ifndef BASE_IDALLOC_H
#define BASE_IDALLOC_H

#include "include/annotate.h"
#include "include/types.h"

struct idalloc {
	uint64_t *bits;
	uint32_t nwords, max; /* ids are in [0, max) */
	uint32_t next;	      /* where a cyclic search starts */
};

void idalloc_init(struct idalloc *ia, uint32_t max);
void idalloc_fini(struct idalloc *ia);

/* id_lowest - the lowest free id >= @from, taken.  Returns: 0, -ENOSPC,
 * -ENOMEM. */
MUST_CHECK int id_lowest(struct idalloc *ia, uint32_t from, uint32_t *out);

/* id_cyclic - the next free id after the last one given, >= @from. */
MUST_CHECK int id_cyclic(struct idalloc *ia, uint32_t from, uint32_t *out);
void id_free(struct idalloc *ia, uint32_t id);

#endif /* BASE_IDALLOC_H */
