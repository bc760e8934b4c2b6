/* SPDX-License-Identifier: MIT */
/* base/idalloc.c - a bitmap of taken numbers; it grows by doubling and never
 * shrinks. */
#include "base/idalloc.h"

#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

static int
grow_to(struct idalloc *ia, uint32_t word)
{
	uint32_t n = MAX(MAX(4u, ia->nwords * 2), word + 1);
	uint64_t *bits;

	if (word < ia->nwords)
		return 0;
	bits = krealloc(ia->bits, n * sizeof(*bits));
	if (!bits)
		return -ENOMEM;
	memset(bits + ia->nwords, 0, (n - ia->nwords) * sizeof(*bits));
	ia->bits = bits;
	ia->nwords = n;
	return 0;
}

/* The lowest free id in [from, to), or UINT32_MAX. */
static uint32_t
find_free(const struct idalloc *ia, uint32_t from, uint32_t to)
{
	for (uint32_t w = from / 64; w <= (to - 1) / 64 && from < to; w++) {
		uint64_t taken = w < ia->nwords ? ia->bits[w] : 0;
		uint32_t id;

		if (w == from / 64)
			taken |= (1ull << from % 64) - 1;
		if (taken == UINT64_MAX)
			continue;
		id = w * 64 + __builtin_ctzll(~taken);
		return id < to ? id : UINT32_MAX;
	}
	return UINT32_MAX;
}

static int
take(struct idalloc *ia, uint32_t id, uint32_t *out)
{
	int err;

	if (id == UINT32_MAX)
		return -ENOSPC;
	err = grow_to(ia, id / 64);
	if (err)
		return err;
	ia->bits[id / 64] |= 1ull << id % 64;
	*out = id;
	return 0;
}

void
idalloc_init(struct idalloc *ia, uint32_t max)
{
	*ia = (struct idalloc){.max = max};
}

void
idalloc_fini(struct idalloc *ia)
{
	kfree(ia->bits);
	ia->bits = NULL;
	ia->nwords = 0;
}

int
id_lowest(struct idalloc *ia, uint32_t from, uint32_t *out)
{
	return take(ia, find_free(ia, from, ia->max), out);
}

int
id_cyclic(struct idalloc *ia, uint32_t from, uint32_t *out)
{
	uint32_t start = MAX(from, ia->next), id;
	int err;

	id = find_free(ia, start, ia->max);
	if (id == UINT32_MAX)
		id = find_free(ia, from, MIN(start, ia->max));
	err = take(ia, id, out);
	if (!err)
		ia->next = *out + 1;
	return err;
}

void
id_free(struct idalloc *ia, uint32_t id)
{
	kassert(id / 64 < ia->nwords);
	kassert(ia->bits[id / 64] >> id % 64 & 1);
	ia->bits[id / 64] &= ~(1ull << id % 64);
}
