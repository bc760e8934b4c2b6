/* SPDX-License-Identifier: MIT */
/*
 * mm/remap.c - mremap(2).
 *
 * Moving takes the page table entries and the reservation along, so that no
 * byte is copied: the host unmaps the old place and maps the new.
 */
#include "mm/internal.h"

#define FLAGS (LX_MREMAP_MAYMOVE | LX_MREMAP_FIXED | LX_MREMAP_DONTUNMAP)

struct remap {
	struct mm *mm;
	uint64_t from, old_len, to, new_len;
	uint32_t flags;
};

static int
move_page(struct mm *mm, const struct vma *v, uint64_t from, uint64_t to,
	  pte_t p)
{
	pte_t q = p & ~(pte_t)PTE_HOST;
	uint32_t prot = host_prot(v->prot, p & PTE_WRITE);
	int err;

	if (prot)
		q |= PTE_HOST;
	err = pte_set(mm, to, q);
	if (err)
		return err;
	pte_clear(mm, from);
	if (prot)
		as_map(mm, to, 1, pte_fn(p), prot);
	return 0;
}

/* Move the entries of [from, from+len) to @to, where @w lies. */
static int
move_pages(struct mm *mm, const struct vma *w, uint64_t from, uint64_t to,
	   uint64_t len)
{
	uint64_t va = from, mapped = 0;
	int err = 0;
	pte_t p;

	for (; !err && (p = pte_next(mm, &va, from + len)); va += PAGE_SIZE) {
		mapped += !!(p & PTE_HOST);
		err = move_page(mm, w, va, va - from + to, p);
	}
	as_unmap(mm, from, from + len, mapped);
	return err;
}

/* The one VMA that must hold all of [at, at+len).  Linux: vma_to_resize(). */
static int
check_source(const struct remap *q, struct vma **out)
{
	struct vma *v = vma_find(q->mm, q->from);

	if (!v)
		return -EFAULT;
	if (!q->old_len && !(v->flags & VMA_SHARED))
		return -EINVAL;
	if ((q->flags & LX_MREMAP_DONTUNMAP) && (v->flags & VMA_STACK))
		return -EINVAL;
	if (q->old_len > v->n.end - q->from)
		return -EFAULT;
	*out = v;
	return 0;
}

static int
check_growth(const struct remap *q, const struct vma *v)
{
	uint64_t pages = (q->new_len - MIN(q->old_len, q->new_len)) / PAGE_SIZE;

	if (q->new_len == q->old_len)
		return 0;
	if (v->pc && vma_index(v, q->from) + q->new_len / PAGE_SIZE <
			     vma_index(v, q->from))
		return -EINVAL;
	if ((v->flags & VMA_LOCKED) && !locked_ok(q->mm, pages))
		return -EAGAIN;
	if (!vm_may_grow(q->mm, v->prot, v->flags, pages))
		return -ENOMEM;
	return 0;
}

static void
after_growth(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *v = vma_find(mm, start);

	if (v && (v->flags & VMA_LOCKED) && !(v->flags & VMA_LOCKONFAULT))
		(void)!populate(mm, start, end, true);
}

/* Move to q->to, where nothing is. */
static int
move_to(const struct remap *q, struct vma *v)
{
	uint64_t len = MIN(q->old_len, q->new_len);
	struct mm *mm = q->mm;
	struct vma *w;
	int err;

	if (mm->vmas.count >= MAP_COUNT_MAX - 3)
		return -ENOMEM;
	w = vma_new(mm, q->to, q->to + q->new_len, v);
	if (!w)
		return -ENOMEM;
	if (v->pc)
		w->pgoff = vma_index(v, q->from);
	err = pte_prepare(mm, q->to, q->to + len);
	if (err) {
		vma_free(w);
		return err;
	}
	if (q->old_len && !v->pc)
		resv_move(mm, q->from, q->to, len);
	vma_link(w);
	if (q->old_len)
		err = move_pages(mm, w, q->from, q->to, len);
	if (err || !q->old_len)
		return err;
	if (q->flags & LX_MREMAP_DONTUNMAP) {
		/* Linux: the lock goes with the pages. */
		vma_retype(v, v->prot,
			   v->flags &
				   ~(uint32_t)(VMA_LOCKED | VMA_LOCKONFAULT));
		return 0;
	}
	return unmap_range(mm, q->from, q->from + q->old_len);
}

static int
remap_fixed(struct remap *q, uint64_t new_at)
{
	struct vma *v;
	int err;

	if (new_at & ~PAGE_MASK || q->new_len > USER_TOP ||
	    new_at > USER_TOP - q->new_len)
		return -EINVAL;
	if (q->from + q->old_len > new_at && new_at + q->new_len > q->from)
		return -EINVAL;
	if (new_at < MMAP_MIN_ADDR)
		return -EPERM;
	if (in_hole(new_at, new_at + q->new_len))
		return -ENOMEM;
	q->to = new_at;
	err = unmap_range(q->mm, new_at, new_at + q->new_len);
	if (!err)
		err = check_source(q, &v);
	if (!err)
		err = check_growth(q, v);
	return err ? err : move_to(q, v);
}

static bool
is_free_after(struct vma *v, uint64_t end)
{
	struct vma *next = vma_next(v);
	uint64_t gap = next && (next->flags & VMA_GROWSDOWN) ? STACK_GAP : 0;

	return end <= USER_TOP && !in_hole(v->n.start, end) &&
	       (!next || end + gap <= next->n.start);
}

static int
grow(struct remap *q)
{
	struct vma *v;
	int err = check_source(q, &v);

	if (!err)
		err = check_growth(q, v);
	if (err)
		return err;
	if (q->old_len && q->from + q->old_len == v->n.end &&
	    is_free_after(v, q->from + q->new_len)) {
		q->to = q->from;
		vma_resize(v, v->n.start, q->from + q->new_len);
		vma_merge(q->mm, v->n.start, v->n.end);
		return 0;
	}
	if (!(q->flags & LX_MREMAP_MAYMOVE))
		return -ENOMEM;
	err = find_space(q->mm, 0, q->new_len, 0, &q->to);
	return err ? err : move_to(q, v);
}

static int
remap(struct remap *q, uint64_t new_at)
{
	if (q->flags & LX_MREMAP_FIXED)
		return remap_fixed(q, new_at);
	if (q->flags & LX_MREMAP_DONTUNMAP) {
		struct vma *v;
		int err = check_source(q, &v);

		if (!err)
			err = vm_may_grow(q->mm, v->prot, v->flags,
					  q->new_len / PAGE_SIZE)
				      ? 0
				      : -ENOMEM;
		if (!err)
			err = find_space(q->mm, new_at, q->new_len, 0, &q->to);
		return err ? err : move_to(q, v);
	}
	if (q->old_len >= q->new_len && q->old_len) {
		q->to = q->from;
		if (!vma_find(q->mm, q->from))
			return -EFAULT;
		if (q->old_len == q->new_len)
			return 0;
		return unmap_range(q->mm, q->from + q->new_len,
				   q->from + q->old_len);
	}
	return grow(q);
}

int
mm_remap(struct mm *mm, uaddr_t old_at, uint64_t old_len, uint64_t new_len,
	 uint32_t flags, uaddr_t new_at, uaddr_t *out)
{
	struct remap q = {mm, old_at.v,		page_up(old_len),
			  0,  page_up(new_len), flags};
	int err;

	if (flags & ~(uint32_t)FLAGS)
		return -EINVAL;
	if ((flags & LX_MREMAP_FIXED) && !(flags & LX_MREMAP_MAYMOVE))
		return -EINVAL;
	if ((flags & LX_MREMAP_DONTUNMAP) &&
	    (!(flags & LX_MREMAP_MAYMOVE) || q.old_len != q.new_len))
		return -EINVAL;
	if (old_at.v & ~PAGE_MASK || !q.new_len)
		return -EINVAL;
	if (old_at.v > USER_TOP || q.old_len > USER_TOP - old_at.v)
		return -EFAULT;
	patch_disturb(mm, q.from, q.from + q.old_len);
	patch_drop(mm, q.from, q.from + q.old_len);
	err = remap(&q, new_at.v);
	vma_merge(mm, q.to, q.to + q.new_len);
	as_settle(mm);
	if (err)
		return err;
	if (q.new_len > q.old_len)
		after_growth(mm, q.to + q.old_len, q.to + q.new_len);
	*out = uaddr(q.to);
	return 0;
}
