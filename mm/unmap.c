/* SPDX-License-Identifier: MIT */
/* mm/unmap.c - taking pages and mappings away: munmap(2). */
#include "mm/internal.h"

#include "arch/um/layout.h"

bool
in_hole(uint64_t start, uint64_t end)
{
	return start < REGION_END && end > REGION_BASE;
}

/*
 * One host unmap covers all from the first page the host has to the last:
 * what lies between is of the same range, so it goes as well.
 */
void
zap_range(struct mm *mm, uint64_t start, uint64_t end, bool even_private)
{
	uint64_t va = start, host_lo = 0, host_hi = 0, n = 0, run;
	pte_t p;

	if (even_private && as_forget(mm, start, end)) {
		for (; (p = pte_next(mm, &va, end)); va += run * PAGE_SIZE) {
			run = pte_clear_run(mm, va, end);
			frame_put(pte_fn(p), run);
		}
		return;
	}
	for (; (p = pte_next(mm, &va, end)); va += run * PAGE_SIZE) {
		run = 1;
		if ((p & PTE_ANON) && !even_private) {
			as_unmap(mm, host_lo, host_hi, n);
			host_lo = host_hi = n = 0;
			continue;
		}
		run = pte_clear_run(mm, va, end);
		if (p & PTE_HOST) {
			if (!host_hi)
				host_lo = va;
			host_hi = va + run * PAGE_SIZE;
			n += run;
		}
		as_drop(mm, pte_fn(p), run);
	}
	as_unmap(mm, host_lo, host_hi, n);
}

int
unmap_range(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *v = vma_from_on(mm, start), *next;
	int err;

	if (!v || v->n.start >= end)
		return 0;
	err = vma_bounds(mm, start, end);
	if (err)
		return err;
	patch_disturb(mm, start, end);
	ahead_unmapping(mm, start, end);
	zap_range(mm, start, end, true);
	for (v = vma_from_on(mm, start); v && v->n.start < end; v = next) {
		next = vma_next(v);
		vma_free(v);
	}
	resv_drop(mm, start, end);
	return 0;
}

int
mm_unmap(struct mm *mm, uaddr_t at, uint64_t len)
{
	int err;

	if (at.v & ~PAGE_MASK || at.v > USER_TOP || len > USER_TOP - at.v)
		return -EINVAL;
	len = page_up(len);
	if (!len)
		return -EINVAL;
	err = unmap_range(mm, at.v, at.v + len);
	as_settle(mm);
	return err;
}

static bool
is_piece(const struct vma *v, uint64_t at, const struct mappable *m)
{
	return v->map == m && v->n.start - v->pgoff * PAGE_SIZE == at;
}

int
mm_detach(struct mm *mm, uaddr_t at, const struct mappable_ops *ops)
{
	struct vma *v = vma_from_on(mm, at.v);
	const struct mappable *m;
	uint64_t end;
	int err = 0;

	while (v &&
	       !(v->map && v->map->ops == ops && is_piece(v, at.v, v->map)))
		v = vma_next(v);
	if (!v)
		return -EINVAL;
	m = v->map;
	end = at.v + page_up(v->pc->size);
	while (!err && v && v->n.start < end) {
		uint64_t start = v->n.start, stop = v->n.end;

		if (is_piece(v, at.v, m))
			err = unmap_range(mm, start, stop);
		v = vma_from_on(mm, stop);
	}
	as_settle(mm);
	return err;
}
