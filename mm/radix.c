/* SPDX-License-Identifier: MIT */
/*
 * mm/radix.c - nodes of 64 slots; a node's bitmap says which are taken, so
 * that walking skips what is empty.
 *
 * A tree of height h holds keys below 64^h.  It grows when a larger key comes
 * and is not lowered again before it is empty.
 */
#include "mm/radix.h"

#include "base/slab.h"

#define BITS	   6
#define FANOUT	   (1u << BITS)
#define HEIGHT_MAX 11 /* 66 bits: any key */

struct node {
	uint64_t taken;
	void *slot[FANOUT];
};

/* Slot of @key in a node that has @level levels of nodes from it downwards. */
static uint32_t
slot_at(uint64_t key, uint32_t level)
{
	return key >> BITS * (level - 1) & (FANOUT - 1);
}

static bool
is_in_height(uint64_t key, uint32_t height)
{
	return height * BITS >= 64 || key >> height * BITS == 0;
}

static void
put(struct node *n, uint32_t i, void *p)
{
	n->slot[i] = p;
	if (p)
		n->taken |= 1ull << i;
	else
		n->taken &= ~(1ull << i);
}

void *
radix_find(const struct radix *r, uint64_t key)
{
	void *p = r->root;

	if (!is_in_height(key, r->height))
		return NULL;
	for (uint32_t level = r->height; level && p; level--)
		p = ((struct node *)p)->slot[slot_at(key, level)];
	return p;
}

static int
grow(struct radix *r, uint64_t key)
{
	while (!is_in_height(key, r->height)) {
		struct node *n;

		if (r->root) {
			n = KNEW(struct node);
			if (!n)
				return -ENOMEM;
			put(n, 0, r->root);
			r->root = n;
		}
		r->height++;
	}
	return 0;
}

/* Free the nodes on @key's way that hold nothing, from the bottom. */
static void
prune(struct radix *r, uint64_t key)
{
	struct node *path[HEIGHT_MAX + 1];
	uint32_t level = r->height, lowest;
	void *p = r->root;

	for (; level && p; level--) {
		path[level] = p;
		p = path[level]->slot[slot_at(key, level)];
	}
	if (p)
		return;
	lowest = level + 1;
	for (level = lowest; level <= r->height; level++) {
		if (level > lowest)
			put(path[level], slot_at(key, level), NULL);
		if (path[level]->taken)
			return;
		kfree(path[level]);
	}
	r->root = NULL;
	r->height = 0;
}

int
radix_insert(struct radix *r, uint64_t key, void *item)
{
	struct node *up = NULL;
	uint32_t i = 0;
	void *p;

	if (grow(r, key))
		return -ENOMEM;
	p = r->root;
	for (uint32_t level = r->height; level; level--) {
		if (!p) {
			p = KNEW(struct node);
			if (!p) {
				prune(r, key);
				return -ENOMEM;
			}
			if (up)
				put(up, i, p);
			else
				r->root = p;
		}
		up = p;
		i = slot_at(key, level);
		p = up->slot[i];
	}
	if (up)
		put(up, i, item);
	else
		r->root = item;
	return 0;
}

void *
radix_remove(struct radix *r, uint64_t key)
{
	void *item = radix_find(r, key);
	struct node *n = r->root;

	if (!item)
		return NULL;
	if (!r->height) {
		r->root = NULL;
		return item;
	}
	for (uint32_t level = r->height; level > 1; level--)
		n = n->slot[slot_at(key, level)];
	put(n, slot_at(key, 1), NULL);
	prune(r, key);
	return item;
}

/* The first item at or after *@key below @n. */
static void *
next_below(void *p, uint32_t level, uint64_t *key)
{
	struct node *n = p;
	uint32_t i, first;

	if (!level)
		return p;
	first = i = slot_at(*key, level);
	for (;; i++) {
		uint64_t rest = i < FANOUT ? n->taken >> i << i : 0;
		void *found;

		if (!rest)
			return NULL;
		i = __builtin_ctzll(rest);
		if (i != first) {
			uint64_t step = 1ull << BITS * (level - 1);

			*key = (*key & -(step << 1 << (BITS - 1))) + i * step;
		}
		found = next_below(n->slot[i], level - 1, key);
		if (found)
			return found;
	}
}

void *
radix_next(const struct radix *r, uint64_t *key)
{
	if (!r->root || !is_in_height(*key, r->height))
		return NULL;
	return next_below(r->root, r->height, key);
}
