/* SPDX-License-Identifier: MIT */
/* mm/brk.c - brk(2), and the main stack. */
#include "mm/internal.h"

#define AHEAD_MAX KiB(256) /* a step up to this is populated at once */

static int
grow(struct mm *mm, uint64_t from, uint64_t to)
{
	uint32_t prot = LX_PROT_READ | LX_PROT_WRITE;
	uint64_t pages = (to - from) / PAGE_SIZE;
	struct vma *v = vma_from_on(mm, from);

	if (to > USER_TOP || in_hole(from, to))
		return -ENOMEM;
	/* Linux: a page stays free between the heap and what follows. */
	if (v &&
	    v->n.start <
		    to + PAGE_SIZE + (v->flags & VMA_GROWSDOWN ? STACK_GAP : 0))
		return -ENOMEM;
	if (!vm_may_grow(mm, prot, 0, pages) || mm->vmas.count > MAP_COUNT_MAX)
		return -ENOMEM;
	if ((mm->lock_future & VMA_LOCKED) && !locked_ok(mm, pages))
		return -EAGAIN;
	v = vma_new(mm, from, to, NULL);
	if (!v)
		return -ENOMEM;
	v->prot = prot;
	v->flags = mm->lock_future;
	vma_link(v);
	return 0;
}

static bool
is_within_data_limit(struct mm *mm, uint64_t want)
{
	const struct mm_layout *l = &mm->layout;
	uint64_t size = want - l->start_brk + (l->end_data - l->start_data);

	return mm->limits.data == UINT64_MAX || size <= mm->limits.data;
}

uaddr_t
mm_brk(struct mm *mm, uaddr_t want)
{
	struct mm_layout *l = &mm->layout;
	uint64_t from = page_up(l->brk), to = page_up(want.v), start;
	struct vma *v;

	if (want.v < l->start_brk || !is_within_data_limit(mm, want.v))
		return uaddr(l->brk);
	if (to < want.v)
		return uaddr(l->brk);
	if (to < from) {
		if (unmap_range(mm, to, from))
			return uaddr(l->brk);
		l->brk = want.v;
		as_settle(mm);
		return want;
	}
	if (to > from && grow(mm, from, to))
		return uaddr(l->brk);
	l->brk = want.v;
	if (to == from)
		return want;
	vma_merge(mm, from, to);
	v = vma_find(mm, from);
	start = MAX(v->n.start, from);
	if (v->flags & VMA_LOCKED)
		(void)!populate(mm, start, to, true);
	else if (to - from <= AHEAD_MAX)
		anon_ahead(v, start, to, to - start, false);
	as_settle(mm);
	return want;
}

int
mm_map_stack(struct mm *mm, uint64_t top, uint64_t initial, uint32_t prot)
{
	uint64_t start = page_down(top - initial);
	struct vma *v;
	int err;

	top = page_up(top);
	err = unmap_range(mm, start, top);
	if (err)
		return err;
	v = vma_new(mm, start, top, NULL);
	if (!v)
		return -ENOMEM;
	v->prot = prot & (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC);
	v->flags = VMA_GROWSDOWN | VMA_STACK;
	vma_link(v);
	return 0;
}
