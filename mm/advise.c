/* SPDX-License-Identifier: MIT */
/* mm/advise.c - madvise(2). */
#include "mm/internal.h"

/* Is @advice known?  Linux checks before it looks at the range. */
static bool
is_known(int advice)
{
	return (advice >= LX_MADV_NORMAL && advice <= LX_MADV_DONTNEED) ||
	       (advice >= LX_MADV_FREE && advice <= LX_MADV_DONTNEED_LOCKED) ||
	       advice == LX_MADV_HWPOISON || advice == LX_MADV_SOFT_OFFLINE;
}

static int
set_flags(struct vma **at, uint64_t lo, uint64_t hi, uint32_t clear,
	  uint32_t set)
{
	struct vma *v = *at;
	int err;

	if (((v->flags & ~clear) | set) == v->flags)
		return 0;
	err = vma_bounds(v->mm, lo, hi);
	if (err)
		return err == -ENOMEM ? -EAGAIN : err; /* Linux: as madvise */
	v = *at = vma_find(v->mm, lo);
	vma_retype(v, v->prot, (v->flags & ~clear) | set);
	return 0;
}

static bool
is_zappable(pte_t p, uint64_t fn)
{
	const pte_t all = PTE_ANON | PTE_WRITE | PTE_HOST;

	return (p & all) == all && pte_fn(p) == fn && frame_at(fn)->refs == 1 &&
	       !(frame_at(fn)->flags & FRAME_LARGE);
}

/* They are in no sum of resident pages before they are touched again. */
static void
mark_empty(struct mm *mm, uint64_t va, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++, va += PAGE_SIZE)
		pte_change(mm, va, pte_get(mm, va) | PTE_AHEAD | PTE_BLANK);
}

/*
 * Our own writable pages are emptied where they are: the host zeroes them when
 * they are touched again, and nothing has to be mapped anew.
 */
static void
empty_in_place(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t va = lo;
	pte_t p;

	while ((p = pte_next(v->mm, &va, hi))) {
		uint64_t first = pte_fn(p), n = 0;

		for (; va < hi && is_zappable(p, first + n); n++) {
			va += PAGE_SIZE;
			p = va < hi ? pte_get(v->mm, va) : 0;
		}
		mark_empty(v->mm, va - n * PAGE_SIZE, n);
		if (n)
			page_zap(first, n);
		else
			va += PAGE_SIZE;
	}
}

/* The pages that could not be emptied in place. */
static void
zap_others(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t va = lo;
	pte_t p;

	for (; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE) {
		uint64_t end = va;

		while (end < hi && (p = pte_get(v->mm, end)) &&
		       !is_zappable(p, pte_fn(p)))
			end += PAGE_SIZE;
		if (end > va)
			zap_range(v->mm, va, end, true);
	}
}

static void
dontneed(struct vma *v, uint64_t lo, uint64_t hi)
{
	if (v->pc) {
		zap_range(v->mm, lo, hi, true);
		return;
	}
	empty_in_place(v, lo, hi);
	zap_others(v, lo, hi);
}

static int
remove_pages(struct vma *v, uint64_t lo, uint64_t hi)
{
	if ((v->flags & VMA_LOCKED) || !v->pc)
		return -EINVAL;
	if (!(v->flags & VMA_SHARED) || !(v->prot & LX_PROT_WRITE))
		return -EACCES;
	if (v->pc->ops)
		return -EOPNOTSUPP;
	return pagecache_punch(v->pc, vma_index(v, lo) * PAGE_SIZE, hi - lo);
}

static int
free_pages(struct vma *v, uint64_t lo, uint64_t hi)
{
	if (v->pc || (v->flags & VMA_SHARED))
		return -EINVAL;
	dontneed(v, lo, hi);
	return 0;
}

/* One VMA, or the part of it in [lo, hi).  May replace *@v by what it became.
 */
static int
advise_vma(struct vma **at, uint64_t lo, uint64_t hi, int advice)
{
	struct vma *v = *at;

	switch (advice) {
	case LX_MADV_NORMAL:
		return set_flags(at, lo, hi, VMA_SEQ | VMA_RANDOM, 0);
	case LX_MADV_RANDOM:
		return set_flags(at, lo, hi, VMA_SEQ, VMA_RANDOM);
	case LX_MADV_SEQUENTIAL:
		return set_flags(at, lo, hi, VMA_RANDOM, VMA_SEQ);
	case LX_MADV_DONTFORK:
		return set_flags(at, lo, hi, 0, VMA_DONTFORK);
	case LX_MADV_DOFORK:
		return set_flags(at, lo, hi, VMA_DONTFORK, 0);
	case LX_MADV_DONTDUMP:
		return set_flags(at, lo, hi, 0, VMA_DONTDUMP);
	case LX_MADV_DODUMP:
		return set_flags(at, lo, hi, VMA_DONTDUMP, 0);
	case LX_MADV_WIPEONFORK:
		if (v->pc)
			return -EINVAL;
		return set_flags(at, lo, hi, 0, VMA_WIPEONFORK);
	case LX_MADV_KEEPONFORK:
		return set_flags(at, lo, hi, VMA_WIPEONFORK, 0);
	case LX_MADV_DONTNEED:
		if (v->flags & VMA_LOCKED)
			return -EINVAL;
		/* fall through */
	case LX_MADV_DONTNEED_LOCKED:
		dontneed(v, lo, hi);
		return 0;
	case LX_MADV_FREE:
		return free_pages(v, lo, hi);
	case LX_MADV_REMOVE:
		return remove_pages(v, lo, hi);
	default:
		return 0; /* hints */
	}
}

/* Ask for what is not there yet.  Sleeps. */
static int
willneed(struct mm *mm, uint64_t start, uint64_t end)
{
	uint64_t at = start;

	while (at < end) {
		struct vma *v = vma_from_on(mm, at);
		struct mappable *m;
		uint64_t pos, hi;

		if (!v || v->n.start >= end)
			break;
		at = MAX(at, v->n.start);
		hi = MIN(v->n.end, end);
		pos = v->pc ? vma_index(v, at) * PAGE_SIZE : 0;
		m = v->map;
		if (m) {
			m->ops->get(m);
			pagecache_prefetch(m->ops->pages(m), pos, hi - at);
			m->ops->put(m);
		}
		at = hi;
	}
	return 0;
}

/* Linux: madvise_populate(). */
static int
populate_pages(struct mm *mm, uint64_t start, uint64_t end, bool write)
{
	uint64_t at;

	for (at = start; at < end;) {
		struct vma *v = vma_find(mm, at);

		if (!v)
			return -ENOMEM;
		if (v->prot == LX_PROT_NONE ||
		    (write && !(v->prot & LX_PROT_WRITE)))
			return -EINVAL;
		at = v->n.end;
	}
	for (at = start; at < end; at += PAGE_SIZE) {
		pte_t p = pte_get(mm, at);
		int err = 0;

		if (!p || (write && !(p & PTE_WRITE)))
			err = fault_in(mm, at, write, false);
		if (err)
			return err;
		p = pte_get(mm, at);
		if (p)
			pte_change(mm, at, p & ~(pte_t)PTE_AHEAD);
	}
	return 0;
}

static int
advise_range(struct mm *mm, uint64_t start, uint64_t end, int advice)
{
	int missing = 0, err;
	uint64_t at = start;

	while (at < end) {
		struct vma *v = vma_from_on(mm, at);
		uint64_t hi;

		if (!v || v->n.start >= end)
			return -ENOMEM;
		if (v->n.start > at) {
			missing = -ENOMEM;
			at = v->n.start;
		}
		hi = MIN(v->n.end, end);
		err = advise_vma(&v, at, hi, advice);
		if (err)
			return err;
		at = hi;
	}
	return missing;
}

int
mm_advise(struct mm *mm, uaddr_t at, uint64_t len, int advice)
{
	uint64_t end = at.v + page_up(len);
	int err;

	if (!is_known(advice) || at.v & ~PAGE_MASK)
		return -EINVAL;
	if ((len && !page_up(len)) || end < at.v)
		return -EINVAL;
	if (end == at.v)
		return 0;
	switch (advice) {
	case LX_MADV_HWPOISON:
	case LX_MADV_SOFT_OFFLINE:
		return -EPERM;
	case LX_MADV_POPULATE_READ:
	case LX_MADV_POPULATE_WRITE:
		return populate_pages(mm, at.v, end,
				      advice == LX_MADV_POPULATE_WRITE);
	}
	patch_disturb(mm, at.v, end);
	err = advise_range(mm, at.v, end, advice);
	vma_merge(mm, at.v, end);
	if (!err && advice == LX_MADV_WILLNEED)
		err = willneed(mm, at.v, end);
	as_settle(mm);
	return err;
}
