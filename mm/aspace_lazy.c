/* SPDX-License-Identifier: MIT */
/*
 * mm/aspace_lazy.c - ops that may wait.
 *
 * Mappings made in the hope that they will be used (files, when they are
 * mapped) wait for something that cannot: a fault, or a change that takes
 * something away.  Often several of them go together then, and what is unmapped
 * before it went never costs anything.
 */
#include "mm/internal.h"

#include "base/str.h"

#define LAZY_MAX 48u /* ops that may wait */

void
as_map_lazily(struct mm *mm, uint64_t va, uint64_t n, uint64_t fn,
	      uint32_t prot)
{
	bool was_urgent = mm->is_urgent;

	as_map(mm, va, n, fn, prot | OP_LAZY);
	mm->is_urgent = was_urgent || mm->ops.n > LAZY_MAX;
}

/* Is something else pending for [start, end) than lazy maps and unmaps? */
static bool
has_others(struct mm *mm, uint64_t start, uint64_t end)
{
	for (uint32_t i = 0; i < mm->ops.n; i++) {
		const struct as_op *op = &mm->ops.v[i];

		if (op->addr < end && op->addr + op->len > start &&
		    op->kind != AS_UNMAP && !(op->prot & OP_LAZY))
			return true;
	}
	return false;
}

/* An empty op at @i of @l, moving up what is there.  NULL: no memory. */
static struct as_op *
list_add_at(struct op_list *l, uint32_t i)
{
	if (!as_list_add(l))
		return NULL;
	memmove(&l->v[i + 1], &l->v[i], (l->n - 1 - i) * sizeof(l->v[0]));
	return &l->v[i];
}

/* Take [start, end) out of the lazy map @i, which may become empty, or two.
 * Returns: how many pages that were. */
static uint64_t
cut_lazy(struct mm *mm, uint32_t i, uint64_t start, uint64_t end)
{
	struct as_op op = mm->ops.v[i], *tail;
	uint64_t op_end = op.addr + op.len;
	uint64_t lo = MAX(start, op.addr), hi = MIN(end, op_end);

	if (op.addr < lo && hi < op_end) {
		tail = list_add_at(&mm->ops, i + 1);
		if (!tail) {
			mm->needs_reset = true;
			return 0;
		}
		*tail = op;
		tail->addr = hi;
		tail->phys += hi - op.addr;
		tail->len = op_end - hi;
		op_end = hi;
	}
	if (op.addr < lo) {
		op.len = lo - op.addr;
	} else {
		op.phys += hi - op.addr;
		op.addr = hi;
		op.len = op_end - hi;
	}
	mm->ops.v[i] = op;
	return (hi - lo) / PAGE_SIZE;
}

uint64_t
as_forget_lazy(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t pages = 0;
	uint32_t kept = 0;

	if (has_others(mm, start, end))
		return 0;
	for (uint32_t i = 0; i < mm->ops.n; i++) {
		const struct as_op *op = &mm->ops.v[i];

		if (op->kind == AS_MAP && (op->prot & OP_LAZY) &&
		    op->addr < end && op->addr + op->len > start)
			pages += cut_lazy(mm, i, start, end);
	}
	for (uint32_t i = 0; i < mm->ops.n; i++)
		if (mm->ops.v[i].len)
			mm->ops.v[kept++] = mm->ops.v[i];
	mm->ops.n = kept;
	return pages;
}

static uint64_t
count_lazy(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t pages = 0;

	for (uint32_t i = 0; i < mm->ops.n; i++) {
		const struct as_op *op = &mm->ops.v[i];
		uint64_t lo = MAX(start, op->addr);
		uint64_t hi = MIN(end, op->addr + op->len);

		if (op->kind == AS_MAP && (op->prot & OP_LAZY) && lo < hi)
			pages += (hi - lo) / PAGE_SIZE;
	}
	return pages;
}

bool
as_forget(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t pages = count_lazy(mm, start, end), va = start;
	pte_t p;

	if (!pages || mm->needs_reset || has_others(mm, start, end))
		return false;
	for (; pages && (p = pte_next(mm, &va, end)); va += PAGE_SIZE)
		pages -= !!(p & PTE_HOST);
	for (; (p = pte_next(mm, &va, end)); va += PAGE_SIZE)
		if (p & PTE_HOST)
			return false; /* more than what waits */
	return !pages && as_forget_lazy(mm, start, end) && !mm->needs_reset;
}

bool
as_waits(struct mm *mm, uint64_t va)
{
	uint64_t end = va + PAGE_SIZE;

	return count_lazy(mm, va, end) == 1 && !has_others(mm, va, end);
}

void
as_harden(struct mm *mm, uint64_t start, uint64_t end)
{
	for (uint32_t i = 0; i < mm->ops.n; i++) {
		struct as_op *op = &mm->ops.v[i];

		if (op->addr < end && op->addr + op->len > start)
			op->prot &= ~OP_LAZY;
	}
}
