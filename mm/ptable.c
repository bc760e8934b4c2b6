/* SPDX-License-Identifier: MIT */
/*
 * mm/ptable.c - page table entries in leaves of 64, by address.
 *
 * Entries are counted by kind (rss) here and nowhere else.  A leaf whose last
 * entry goes is freed.  The leaf used last is remembered: nearly all walks are
 * along neighbours.
 */
#include "mm/internal.h"

#include "base/slab.h"
#include "base/str.h"

static uint32_t
slot_of(uint64_t va)
{
	return va >> PAGE_SHIFT & (LEAF_PTES - 1);
}

static struct leaf *
leaf_find(struct mm *mm, uint64_t va)
{
	uint64_t key = va >> LEAF_SHIFT;

	if (!mm->last_leaf || mm->last_key != key) {
		mm->last_leaf = radix_find(&mm->ptes, key);
		mm->last_key = key;
	}
	return mm->last_leaf;
}

static struct leaf *
leaf_make(struct mm *mm, uint64_t va)
{
	struct leaf *l = leaf_find(mm, va);

	if (l)
		return l;
	l = KNEW(struct leaf);
	if (!l)
		return NULL;
	if (radix_insert(&mm->ptes, va >> LEAF_SHIFT, l)) {
		kfree(l);
		return NULL;
	}
	mm->last_leaf = l;
	mm->last_key = va >> LEAF_SHIFT;
	return l;
}

/* @delta entries like @p more, or less. */
static void
count(struct mm *mm, pte_t p, int64_t delta)
{
	uint64_t rss;

	if (!p)
		return;
	if (!(p & PTE_ANON))
		page_mapped += delta;
	if (p & PTE_AHEAD)
		page_ahead += delta;
	if (pte_is_blank(p))
		mm->blank += delta;
	if (p & PTE_ANON)
		mm->rss_anon += delta;
	else if (p & PTE_SHM)
		mm->rss_shmem += delta;
	else
		mm->rss_file += delta;
	rss = mm->rss_anon + mm->rss_file + mm->rss_shmem - mm->blank;
	mm->peak_rss = MAX(mm->peak_rss, rss);
}

static void
store(struct mm *mm, struct leaf *l, uint64_t va, pte_t p)
{
	pte_t *at = &l->pte[slot_of(va)];

	if ((*at & PTE_PATCHED) && !(p & PTE_PATCHED))
		patch_forget(mm, va);
	count(mm, *at, -1);
	count(mm, p, 1);
	l->used += !!p - !!*at;
	*at = p;
}

pte_t
pte_get(struct mm *mm, uint64_t va)
{
	struct leaf *l = leaf_find(mm, va);

	return l ? l->pte[slot_of(va)] : 0;
}

int
pte_set(struct mm *mm, uint64_t va, pte_t p)
{
	struct leaf *l = leaf_make(mm, va);

	if (!l)
		return -ENOMEM;
	store(mm, l, va, p);
	return 0;
}

void
pte_fill(struct mm *mm, uint64_t va, uint64_t n, pte_t p)
{
	while (n) {
		struct leaf *l = leaf_find(mm, va);
		uint32_t slot = slot_of(va);
		uint64_t here = MIN(n, LEAF_PTES - slot);

		for (uint64_t i = 0; i < here; i++)
			l->pte[slot + i] = p + i * PAGE_SIZE;
		l->used += here;
		count(mm, p, here);
		va += here * PAGE_SIZE;
		p += here * PAGE_SIZE;
		n -= here;
	}
}

void
pte_change(struct mm *mm, uint64_t va, pte_t p)
{
	store(mm, leaf_find(mm, va), va, p);
}

/* @l, which holds @va, goes if it is empty. */
static void
leaf_settle(struct mm *mm, struct leaf *l, uint64_t va)
{
	if (l->used)
		return;
	radix_remove(&mm->ptes, va >> LEAF_SHIFT);
	mm->last_leaf = NULL;
	kfree(l);
}

void
pte_clear(struct mm *mm, uint64_t va)
{
	struct leaf *l = leaf_find(mm, va);

	if (!l)
		return;
	store(mm, l, va, 0);
	leaf_settle(mm, l, va);
}

uint64_t
pte_run(struct mm *mm, uint64_t va, uint64_t end)
{
	const struct leaf *l = leaf_find(mm, va);
	uint32_t slot = slot_of(va);
	uint64_t most = MIN((end - va) / PAGE_SIZE, LEAF_PTES - slot), n = 1;

	while (n < most && l->pte[slot + n] == l->pte[slot] + n * PAGE_SIZE)
		n++;
	return n;
}

uint64_t
pte_clear_run(struct mm *mm, uint64_t va, uint64_t end)
{
	struct leaf *l = leaf_find(mm, va);
	uint32_t slot = slot_of(va);
	pte_t p = l->pte[slot];
	uint64_t n;

	if (p & PTE_PATCHED) {
		pte_clear(mm, va);
		return 1;
	}
	n = pte_run(mm, va, end);
	memset(&l->pte[slot], 0, n * sizeof(pte_t));
	count(mm, p, -(int64_t)n);
	l->used -= n;
	leaf_settle(mm, l, va);
	return n;
}

pte_t
pte_next(struct mm *mm, uint64_t *va, uint64_t end)
{
	uint64_t at = *va;

	while (at < end) {
		struct leaf *l = leaf_find(mm, at);
		uint64_t key = at >> LEAF_SHIFT;

		if (!l) {
			l = radix_next(&mm->ptes, &key);
			if (!l)
				return 0;
			at = key << LEAF_SHIFT;
			mm->last_leaf = l;
			mm->last_key = key;
		}
		for (; at < end && at >> LEAF_SHIFT == key; at += PAGE_SIZE) {
			if (!l->pte[slot_of(at)])
				continue;
			*va = at;
			return l->pte[slot_of(at)];
		}
	}
	return 0;
}

uint64_t
pte_gap_below(struct mm *mm, uint64_t va, uint64_t floor)
{
	while (va > floor) {
		struct leaf *l = leaf_find(mm, va - PAGE_SIZE);

		if (l && l->pte[slot_of(va - PAGE_SIZE)])
			break;
		va -= PAGE_SIZE;
		if (!l)
			va &= ~((1ull << LEAF_SHIFT) - 1);
	}
	return MAX(va, floor);
}

int
pte_prepare(struct mm *mm, uint64_t va, uint64_t end)
{
	for (; va < end; va = (va | ((1ull << LEAF_SHIFT) - 1)) + 1)
		if (!leaf_make(mm, va))
			return -ENOMEM;
	return 0;
}
