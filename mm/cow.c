/* SPDX-License-Identifier: MIT */
/*
 * mm/cow.c - the first write to a page that is, or was, shared.
 *
 * A frame of ours that nobody else uses any more only has to be made writable
 * again, and with it the neighbours of which the same holds.  Others are
 * copied, some neighbours at a time, the more the longer it goes on: to
 * consecutive places, so that the host maps the copies as one.
 */
#include "mm/internal.h"

#include "base/str.h"

#define COPY_FIRST  4u	 /* copied at once: an aligned block; later more */
#define REUSE_PAGES 512u /* made writable at once, each way */

static bool
is_sole(pte_t p)
{
	return (p & PTE_ANON) && frame_at(pte_fn(p))->refs == 1;
}

static bool
is_reusable(pte_t p)
{
	return p && !(p & PTE_WRITE) && (p & PTE_HOST) && is_sole(p);
}

static void
reuse(struct vma *v, uint64_t va)
{
	uint64_t lo = va, hi = va, floor = v->n.start, ceiling = v->n.end;
	struct mm *mm = v->mm;

	floor = MAX(floor, va - MIN(va, REUSE_PAGES * PAGE_SIZE));
	ceiling = MIN(ceiling, va + REUSE_PAGES * PAGE_SIZE);
	while (lo > floor && is_reusable(pte_get(mm, lo - PAGE_SIZE)))
		lo -= PAGE_SIZE;
	while (hi < ceiling && is_reusable(pte_get(mm, hi)))
		hi += PAGE_SIZE;
	for (uint64_t at = lo; at < hi; at += PAGE_SIZE)
		pte_change(mm, at, pte_get(mm, at) | PTE_WRITE);
	pte_change(mm, va, pte_get(mm, va) & ~(pte_t)(PTE_COPIED | PTE_AHEAD));
	fork_note(mm, va, 0);
	as_protect(mm, lo, hi, host_prot(v->prot, true));
}

/* Nor written yet: the file's only where that may be copied ahead. */
static bool
wants_copy(const struct vma *v, pte_t p)
{
	return p && !(p & (PTE_WRITE | PTE_PATCHED)) && !is_sole(p) &&
	       ((p & PTE_ANON) || copies_may_be(v));
}

/* The block of pages to copy with @va. */
static void
copy_block(struct vma *v, uint64_t va, uint64_t *lo, uint64_t *hi)
{
	uint64_t size = (COPY_FIRST << MIN(v->jumps, 4u)) * PAGE_SIZE;
	uint64_t floor = va & ~(size - 1);
	uint64_t ceiling = MIN(floor + size, v->n.end);

	v->jumps++;
	floor = MAX(floor, v->n.start);
	*lo = va;
	*hi = va + PAGE_SIZE;
	while (*lo > floor && wants_copy(v, pte_get(v->mm, *lo - PAGE_SIZE)))
		*lo -= PAGE_SIZE;
	while (*hi < ceiling && wants_copy(v, pte_get(v->mm, *hi)))
		*hi += PAGE_SIZE;
}

static int
take_copies(struct vma *v, uint64_t va, uint64_t *lo, uint64_t *hi,
	    uint64_t *fn)
{
	struct range *r;
	int64_t n;

	n = resv_place(v->mm, v, *lo, (*hi - *lo) / PAGE_SIZE, &r, fn);
	if (n >= 0 && *lo + n * PAGE_SIZE <= va) {
		*lo = va;
		n = resv_place(v->mm, v, va, 1, &r, fn);
	}
	if (n < 0)
		return n;
	*hi = *lo + n * PAGE_SIZE;
	if (frame_take(r, *fn, n, false) >= 0)
		return 0;
	*fn += (va - *lo) / PAGE_SIZE;
	*lo = va;
	*hi = va + PAGE_SIZE;
	return frame_take(r, *fn, 1, false) < 0 ? -ENOMEM : 0;
}

/* Of a page that is copied: the file's, and not the one written? */
static uint32_t
copied_flag(struct vma *v, uint64_t at, bool is_written)
{
	pte_t p = pte_get(v->mm, at);

	if (p & PTE_ANON)
		return is_written ? 0 : p & PTE_COPIED;
	if (is_written)
		copies_note(v, at);
	return is_written ? 0 : PTE_COPIED;
}

static int
copy(struct vma *v, uint64_t va)
{
	uint32_t prot = host_prot(v->prot, true);
	uint32_t flags = PTE_ANON;
	uint64_t lo, hi, fn;
	int err;

	if (prot)
		flags |= PTE_READ | PTE_HOST;
	if (prot & AS_WRITE)
		flags |= PTE_WRITE;
	copy_block(v, va, &lo, &hi);
	err = take_copies(v, va, &lo, &hi, &fn);
	if (err)
		return err;
	frame_prepare(fn, (hi - lo) / PAGE_SIZE);
	for (uint64_t at = lo; at < hi; at += PAGE_SIZE) {
		uint64_t old = pte_fn(pte_get(v->mm, at));
		uint64_t to = fn + (at - lo) / PAGE_SIZE;

		memcpy(frame_addr(to), frame_addr(old), PAGE_SIZE);
		pte_change(v->mm, at,
			   pte_make(to, flags) | copied_flag(v, at, at == va));
		as_drop(v->mm, old, 1);
		if (at == va)
			fork_note(v->mm, va, old);
	}
	if (prot) {
		as_map(v->mm, lo, (hi - lo) / PAGE_SIZE, fn, prot);
		as_populate(v->mm, lo, hi, false);
	}
	return 0;
}

int
cow_fault(struct vma *v, uint64_t va, pte_t p)
{
	if (!is_sole(p))
		return copy(v, va);
	if (is_reusable(p) && (v->prot & LX_PROT_WRITE)) {
		reuse(v, va);
		return 0;
	}
	/* Not in the host, or a forced write behind the guest's back. */
	if (v->prot & LX_PROT_WRITE)
		p |= PTE_READ | PTE_WRITE | PTE_HOST;
	pte_change(v->mm, va, p);
	if (p & PTE_HOST)
		as_map(v->mm, va, 1, pte_fn(p),
		       host_prot(v->prot, p & PTE_WRITE));
	return 0;
}
