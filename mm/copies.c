/* SPDX-License-Identifier: MIT */
/*
 * mm/copies.c - private copies of file pages, made before they are written.
 *
 * Programs write the same pages of their data segments each time they run.
 * The cache notes which, and the next private mapping gets copies of those at
 * once instead of a fault for each; a fault copies some neighbours along.
 *
 * On Linux a private page follows the file until it is written.  So a copy
 * made ahead (PTE_COPIED) must go when the file's page is about to change, if
 * the guest has not written it: it is write-protected, and if it still equals
 * the file's page it is dropped, and the file's page shows again.  None is made
 * of a file that has shared mappings, which may change pages unseen; those of
 * storage may do so from the start, others after a fault (share_changes()).
 * Nor can it be compared with a page that is not there: such pages stay in the
 * cache (copies_of()) until, when memory is short, their copies go first.
 */
#include "mm/internal_pc.h"

#include "base/str.h"

#define COPIES_MAX 512u /* at a time */

void
copies_note(struct vma *v, uint64_t va)
{
	uint64_t index = vma_index(v, va);
	struct chunk *c = chunk_find(v->pc, index);

	if (c)
		c->copied |= 1ull << chunk_slot(index);
}

bool
copies_may_be(const struct vma *v)
{
	return !v->pc || !v->pc->nshared;
}

static bool
is_worth_copying(struct vma *v, uint64_t va, uint64_t end)
{
	uint64_t index = vma_index(v, va);
	struct chunk *c = va < end ? chunk_find(v->pc, index) : NULL;

	return c && (c->copied & c->present) >> chunk_slot(index) & 1 &&
	       index < pc_end(v->pc) && !pte_get(v->mm, va);
}

/* Copy the pages of [va, va + n pages) into consecutive frames.  Returns: how
 * many were, or -errno. */
static int64_t
make_run(struct vma *v, uint64_t va, uint64_t n)
{
	const uint32_t flags =
		PTE_ANON | PTE_READ | PTE_WRITE | PTE_HOST | PTE_COPIED;
	struct range *r;
	uint64_t fn;
	int64_t got = resv_place(v->mm, v, va, n, &r, &fn);

	if (got < 0 || pte_prepare(v->mm, va, va + got * PAGE_SIZE) ||
	    frame_take(r, fn, got, false) < 0)
		return -ENOMEM;
	frame_prepare(fn, got);
	for (int64_t i = 0; i < got; i++) {
		uint64_t at = va + i * PAGE_SIZE;
		uint64_t from = pc_peek(v->pc, vma_index(v, at));

		memcpy(frame_addr(fn + i), frame_addr(from), PAGE_SIZE);
		(void)!pte_set(v->mm, at, pte_make(fn + i, flags));
	}
	as_map_lazily(v->mm, va, got, fn, host_prot(v->prot, true));
	as_populate_lazily(v->mm, va, va + got * PAGE_SIZE, false);
	return got;
}

void
copies_make(struct vma *v)
{
	uint64_t va = v->n.start, left = COPIES_MAX;

	if ((v->flags & VMA_SHARED) || !(v->prot & LX_PROT_WRITE) ||
	    !copies_may_be(v))
		return;
	while (va < v->n.end && left) {
		uint64_t n = 0;
		int64_t got;

		while (n < left &&
		       is_worth_copying(v, va + n * PAGE_SIZE, v->n.end))
			n++;
		got = n ? make_run(v, va, n) : 1;
		if (got < 0)
			return;
		va += got * PAGE_SIZE;
		left -= n ? got : 0;
	}
}

/* Make the copies of pages [from, to) in @v read-only.  Are there any? */
static bool
protect_copies(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint32_t prot = host_prot(v->prot, false);
	uint64_t va = lo;
	bool any = false;
	pte_t p;

	for (; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE) {
		if (!(p & PTE_COPIED))
			continue;
		any = true;
		if (!(p & PTE_WRITE))
			continue;
		pte_change(v->mm, va, p & ~(pte_t)PTE_WRITE);
		if (p & PTE_HOST)
			as_protect(v->mm, va, va + PAGE_SIZE, prot);
	}
	return any;
}

/* Nobody wrote these: patched pages, and those shown with such. */
static bool
is_image(pte_t p)
{
	return (p & PTE_PATCHED) || ((p & PTE_COPIED) && !(p & PTE_ANON));
}

/* Where the host may not know yet that they are read-only, copies stay for
 * good. */
static void
keep_uncertain(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t va = lo;
	pte_t p;

	if (!v->mm->is_taken && !v->mm->takes_away)
		return;
	for (; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE)
		if ((p & PTE_COPIED) && !is_image(p))
			pte_change(v->mm, va, p & ~(pte_t)PTE_COPIED);
}

/* Those still equal to the file's pages go; the others stay, too.  Writable
 * again: written since it was protected. */
static void
drop_copies(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t va = lo;
	pte_t p;

	for (; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE) {
		uint64_t fn = pc_peek(v->pc, vma_index(v, va));

		if (is_image(p))
			zap_range(v->mm, va, va + PAGE_SIZE, true);
		else if ((p & PTE_COPIED) && !(p & PTE_WRITE) && fn &&
			 !memcmp(frame_addr(pte_fn(p)), frame_addr(fn),
				 PAGE_SIZE))
			zap_range(v->mm, va, va + PAGE_SIZE, true);
		else if (p & PTE_COPIED)
			pte_change(v->mm, va, p & ~(pte_t)PTE_COPIED);
	}
}

/* Each part [lo, hi) of a VMA @v that shows pages [from, to) privately. */
#define EACH_PRIVATE(v, pc, from, to, lo, hi)                                  \
	LIST_EACH(v, &(pc)->mappings, pc_link)                                 \
		if (!((v)->flags & VMA_SHARED) &&                              \
		    vma_overlap(v, from, to, &(lo), &(hi)))

bool
copies_break(struct pagecache *pc, uint64_t from, uint64_t to)
{
	bool any = false;
	uint64_t lo, hi;
	struct vma *v;

	shelf_drop(pc);
	EACH_PRIVATE(v, pc, from, to, lo, hi)
		any |= protect_copies(v, lo, hi);
	if (!any)
		return false;
	pc_settle(pc);
	/* All of them before the first is dropped, which the host does not
	 * know of, either. */
	EACH_PRIVATE(v, pc, from, to, lo, hi)
		keep_uncertain(v, lo, hi);
	EACH_PRIVATE(v, pc, from, to, lo, hi)
		drop_copies(v, lo, hi);
	pc_settle(pc);
	return true;
}

uint64_t
copies_of(struct pagecache *pc, const struct chunk *c)
{
	uint64_t lo, hi, va, mask = 0;
	struct vma *v;
	pte_t p;

	EACH_PRIVATE(v, pc, c->index, c->index + CHUNK_PAGES, lo, hi)
		for (va = lo; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE)
			if ((p & PTE_COPIED) && !is_image(p))
				mask |= 1ull << chunk_slot(vma_index(v, va));
	return mask;
}
