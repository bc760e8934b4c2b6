/* SPDX-License-Identifier: MIT */
/* base/hash.h - a hash table of embedded nodes that grows.  Callers lock. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "include/annotate.h"
#include "include/types.h"

struct hash_node {
	struct hash_node *next;
	uint64_t hash;
};

struct hash {
	struct hash_node **bucket;
	uint32_t nbuckets, count;
};

/* hash_add - never fails: a table that cannot grow gets slower instead; the
 * first bucket array is part of hash_init().  Returns of init: 0, -ENOMEM. */
MUST_CHECK int hash_init(struct hash *h);
void hash_fini(struct hash *h);
void hash_add(struct hash *h, struct hash_node *n, uint64_t hash);
void hash_del(struct hash *h, struct hash_node *n);

/* hash_first, hash_next - nodes whose full hash equals @hash. */
struct hash_node *hash_first(const struct hash *h, uint64_t hash);
struct hash_node *hash_next(const struct hash_node *n);

/* hash_each - call @fn for every node; it may delete that node. */
void hash_each(struct hash *h, void (*fn)(struct hash_node *, void *),
	       void *arg);

/* hash_bytes, hash_u64 - good enough mixing. */
uint64_t hash_bytes(const void *p, size_t n, uint64_t seed);
uint64_t hash_u64(uint64_t v);

#endif /* BASE_HASH_H */
