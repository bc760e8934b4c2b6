/* SPDX-License-Identifier: MIT */
/* mm/sync.c - msync(2), mincore(2), mlock(2) and kin. */
#include "mm/internal.h"

#include "base/str.h"

/* Write back the part of @v in [lo, hi).  Sleeps: @v may be gone after. */
static int
sync_vma(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t pos = vma_index(v, lo) * PAGE_SIZE;
	struct mappable *m = v->map;
	int err;

	m->ops->get(m);
	err = pagecache_sync(v->pc, pos, hi - lo);
	m->ops->put(m);
	return err;
}

int
mm_sync(struct mm *mm, uaddr_t start, uint64_t len, int flags)
{
	uint64_t at = start.v, end = at + page_up(len);
	int missing = 0, err;

	if (flags & ~(LX_MS_ASYNC | LX_MS_INVALIDATE | LX_MS_SYNC))
		return -EINVAL;
	if (at & ~PAGE_MASK)
		return -EINVAL;
	if ((flags & LX_MS_ASYNC) && (flags & LX_MS_SYNC))
		return -EINVAL;
	if (end < at || (len && !page_up(len)))
		return -ENOMEM;
	while (at < end) {
		struct vma *v = vma_from_on(mm, at);
		uint64_t lo, hi;

		if (!v || v->n.start >= end)
			return -ENOMEM;
		if (v->n.start > at)
			missing = -ENOMEM;
		if ((flags & LX_MS_INVALIDATE) && (v->flags & VMA_LOCKED))
			return -EBUSY;
		lo = MAX(at, v->n.start);
		hi = at = MIN(v->n.end, end);
		if (!(flags & LX_MS_SYNC) || !(v->flags & VMA_SHARED))
			continue;
		err = sync_vma(v, lo, hi);
		if (err)
			return err;
	}
	return missing;
}

/* Was the page, mapped ahead of need, used?  It has bytes other than 0 then;
 * one of zeros cannot be told from one never touched, by anybody. */
static bool
was_used(pte_t p)
{
	const uint64_t *w = frame_addr(pte_fn(p));
	uint8_t there;

	if (!(p & PTE_AHEAD))
		return true;
	page_resident(pte_fn(p), 1, &there);
	if (!there)
		return false;
	for (uint32_t i = 0; i < PAGE_SIZE / sizeof(*w); i++)
		if (w[i])
			return true;
	return false;
}

static uint8_t
is_in_core(struct mm *mm, struct vma *v, uint64_t va)
{
	pte_t p = pte_get(mm, va);

	if (p)
		return was_used(p);
	return v->pc && pc_peek(v->pc, vma_index(v, va));
}

int
mm_incore(struct mm *mm, uaddr_t start, uint64_t len, uint8_t *vec)
{
	uint64_t end = start.v + page_up(len);

	if (start.v & ~PAGE_MASK)
		return -EINVAL;
	if (start.v > USER_TOP || page_up(len) > USER_TOP - start.v ||
	    (len && !page_up(len)))
		return -ENOMEM;
	for (uint64_t va = start.v; va < end; va += PAGE_SIZE) {
		struct vma *v = vma_find(mm, va);

		if (!v)
			return -ENOMEM;
		*vec++ = is_in_core(mm, v, va);
	}
	return 0;
}

static int
set_lock(struct mm *mm, uint64_t start, uint64_t end, uint32_t set)
{
	const uint32_t both = VMA_LOCKED | VMA_LOCKONFAULT;
	struct vma *v = vma_from_on(mm, start);
	uint64_t at = start;
	int err = 0;

	for (; at < end; at = v->n.end, v = vma_next(v)) {
		if (!v || v->n.start > at) {
			err = -ENOMEM;
			break;
		}
		if ((v->flags & both) == set)
			continue;
		err = vma_bounds(mm, at, MIN(v->n.end, end));
		if (err)
			break;
		v = vma_find(mm, at);
		vma_retype(v, v->prot, (v->flags & ~both) | set);
	}
	vma_merge(mm, start, end);
	return err;
}

/* Pages of [start, end) that are locked already. */
static uint64_t
locked_in(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *v = vma_from_on(mm, start);
	uint64_t sum = 0;

	for (; v && v->n.start < end; v = vma_next(v))
		if (v->flags & VMA_LOCKED)
			sum += MIN(v->n.end, end) - MAX(v->n.start, start);
	return sum / PAGE_SIZE;
}

int
mm_lock(struct mm *mm, uaddr_t at, uint64_t len, bool lock, bool on_fault)
{
	uint64_t start = page_down(at.v), end, pages;
	int err;

	len = page_up(len + at.v % PAGE_SIZE);
	end = start + len;
	pages = len / PAGE_SIZE;
	if (lock && !mm->limits.memlock)
		return -EPERM;
	if (lock && !locked_ok(mm, pages) &&
	    !locked_ok(mm, pages - locked_in(mm, start, end)))
		return -ENOMEM;
	if (end < start)
		return -EINVAL;
	if (end == start)
		return 0;
	if (!lock)
		return set_lock(mm, start, end, 0);
	err = set_lock(mm, start, end,
		       VMA_LOCKED | (on_fault ? VMA_LOCKONFAULT : 0));
	if (!err && !on_fault)
		err = populate(mm, start, end, true);
	/* Linux: __mlock_posix_error_return(). */
	if (err == -EFAULT)
		return -ENOMEM;
	return err == -ENOMEM && !on_fault ? -ENOMEM : err;
}

/* Fault everything in, as far as it goes: mlockall(2) reports nothing. */
static void
populate_all(struct mm *mm)
{
	uint64_t at = 0;
	struct vma *v;

	while ((v = vma_from_on(mm, at))) {
		uint64_t lo = MAX(at, v->n.start), hi = v->n.end;

		if (v->prot != LX_PROT_NONE)
			(void)!populate(mm, lo, hi, true);
		at = hi;
	}
}

int
mm_lock_all(struct mm *mm, int flags, bool lock)
{
	const int known = LX_MCL_CURRENT | LX_MCL_FUTURE | LX_MCL_ONFAULT;
	uint32_t set = VMA_LOCKED;
	struct vma *v;

	if (!lock)
		flags = LX_MCL_CURRENT;
	else if (!flags || (flags & ~known) || flags == LX_MCL_ONFAULT)
		return -EINVAL;
	if (lock && !mm->limits.memlock)
		return -EPERM;
	if (lock && (flags & LX_MCL_CURRENT) &&
	    mm->total_vm > mm->limits.memlock / PAGE_SIZE)
		return -ENOMEM;
	if (flags & LX_MCL_ONFAULT)
		set |= VMA_LOCKONFAULT;
	mm->lock_future = flags & LX_MCL_FUTURE ? set : 0;
	if (!(flags & LX_MCL_CURRENT))
		return 0;
	for (v = vma_from_on(mm, 0); v; v = vma_next(v))
		vma_retype(v, v->prot,
			   (v->flags & ~(VMA_LOCKED | VMA_LOCKONFAULT)) |
				   (lock ? set : 0));
	vma_merge(mm, 0, USER_TOP);
	if (lock && !(flags & LX_MCL_ONFAULT))
		populate_all(mm);
	return 0;
}
