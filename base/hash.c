/* SPDX-License-Identifier: MIT */
/*
 * base/hash.c - chained hashing; the bucket array doubles when there are more
 * nodes than buckets.
 */
#include "base/hash.h"

#include "base/slab.h"
#include "base/str.h"

#define FIRST_BUCKETS 16u

static struct hash_node **
bucket_of(const struct hash *h, uint64_t hash)
{
	return &h->bucket[hash & (h->nbuckets - 1)];
}

static void
grow(struct hash *h)
{
	struct hash_node **old = h->bucket, **b;
	uint32_t n_old = h->nbuckets;

	b = kzalloc(2ull * n_old * sizeof(*b));
	if (!b)
		return; /* slower, but right */
	h->bucket = b;
	h->nbuckets = 2 * n_old;
	for (uint32_t i = 0; i < n_old; i++) {
		struct hash_node *n = old[i], *next;

		for (; n; n = next) {
			struct hash_node **to = bucket_of(h, n->hash);

			next = n->next;
			n->next = *to;
			*to = n;
		}
	}
	kfree(old);
}

int
hash_init(struct hash *h)
{
	h->count = 0;
	h->nbuckets = FIRST_BUCKETS;
	h->bucket = kzalloc(FIRST_BUCKETS * sizeof(h->bucket[0]));
	return h->bucket ? 0 : -ENOMEM;
}

void
hash_fini(struct hash *h)
{
	kfree(h->bucket);
	h->bucket = NULL;
	h->nbuckets = h->count = 0;
}

void
hash_add(struct hash *h, struct hash_node *n, uint64_t hash)
{
	struct hash_node **to;

	if (h->count >= h->nbuckets && h->nbuckets < 1u << 31)
		grow(h);
	to = bucket_of(h, hash);
	n->hash = hash;
	n->next = *to;
	*to = n;
	h->count++;
}

void
hash_del(struct hash *h, struct hash_node *n)
{
	struct hash_node **at = bucket_of(h, n->hash);

	while (*at != n)
		at = &(*at)->next;
	*at = n->next;
	n->next = NULL;
	h->count--;
}

struct hash_node *
hash_first(const struct hash *h, uint64_t hash)
{
	struct hash_node *n = h->nbuckets ? *bucket_of(h, hash) : NULL;

	while (n && n->hash != hash)
		n = n->next;
	return n;
}

struct hash_node *
hash_next(const struct hash_node *n)
{
	uint64_t hash = n->hash;
	struct hash_node *m = n->next;

	while (m && m->hash != hash)
		m = m->next;
	return m;
}

void
hash_each(struct hash *h, void (*fn)(struct hash_node *, void *), void *arg)
{
	for (uint32_t i = 0; i < h->nbuckets; i++) {
		struct hash_node *n = h->bucket[i], *next;

		for (; n; n = next) {
			next = n->next;
			fn(n, arg);
		}
	}
}

uint64_t
hash_u64(uint64_t v)
{
	/* A bijection with full avalanche (Stafford's variant 13). */
	v ^= v >> 30;
	v *= 0xbf58476d1ce4e5b9ull;
	v ^= v >> 27;
	v *= 0x94d049bb133111ebull;
	return v ^ v >> 31;
}

uint64_t
hash_bytes(const void *p, size_t n, uint64_t seed)
{
	const unsigned char *s = p;
	uint64_t h = seed ^ n * 0x9e3779b97f4a7c15ull;

	for (; n >= 8; n -= 8, s += 8) {
		uint64_t w;

		__builtin_memcpy(&w, s, 8);
		h = (h ^ w) * 0xff51afd7ed558ccdull;
		h ^= h >> 32;
	}
	for (; n; n--, s++)
		h = (h ^ *s) * 0x100000001b3ull;
	return hash_u64(h);
}
