/* SPDX-License-Identifier: MIT */
/*
 * base/imap.h - a balanced tree of disjoint intervals [start, end), embedded
 * in its owners (VMAs, byte-range locks).  Callers lock.
 */
#ifndef BASE_IMAP_H
#define BASE_IMAP_H

#include "include/annotate.h"
#include "include/types.h"

struct imap_node {
	struct imap_node *parent, *left, *right;
	uint64_t start, end;
	/* Of the subtree here; imap.c's. */
	uint64_t sub_start, sub_end;
	uint64_t max_gap; /* largest gap between two neighbours */
	int32_t height;
};

struct imap {
	struct imap_node *root;
	uint64_t count;
};

/* imap_insert - @n->start/end are set and overlap nothing in @m. */
void imap_insert(struct imap *m, struct imap_node *n);
void imap_remove(struct imap *m, struct imap_node *n);

/* imap_resized - @n's bounds were changed in place; order is unchanged. */
void imap_resized(struct imap *m, struct imap_node *n);

/* imap_find - the interval that holds @at, or NULL. */
struct imap_node *imap_find(const struct imap *m, uint64_t at);

/* imap_first_from - the first interval with end > @at, or NULL. */
struct imap_node *imap_first_from(const struct imap *m, uint64_t at);
struct imap_node *imap_next(const struct imap_node *n);
struct imap_node *imap_prev(const struct imap_node *n);

/* imap_gap_down - the highest gap of @len bytes, @align aligned, that lies in
 * [lo, hi).  Returns: 0 and *@out, or -ENOMEM. */
MUST_CHECK int imap_gap_down(const struct imap *m, uint64_t lo, uint64_t hi,
			     uint64_t len, uint64_t align, uint64_t *out);
/* imap_gap_up - the lowest such gap. */
MUST_CHECK int imap_gap_up(const struct imap *m, uint64_t lo, uint64_t hi,
			   uint64_t len, uint64_t align, uint64_t *out);

#endif /* BASE_IMAP_H */
