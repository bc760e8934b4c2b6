/* SPDX-License-Identifier: MIT */
/* mm/protect.c - mprotect(2). */
#include "mm/internal.h"

#define RWX (LX_PROT_READ | LX_PROT_WRITE | LX_PROT_EXEC)

/* A run of pages to get the same protection from the host. */
struct span {
	uint64_t start, end;
	uint32_t prot;
};

static void
span_flush(struct mm *mm, struct span *s)
{
	if (s->end > s->start)
		as_protect(mm, s->start, s->end, s->prot);
	*s = (struct span){0};
}

static void
span_add(struct mm *mm, struct span *s, uint64_t va, uint32_t prot)
{
	if (s->end != va || s->prot != prot) {
		span_flush(mm, s);
		s->start = va;
		s->prot = prot;
	}
	s->end = va + PAGE_SIZE;
}

/*
 * Bring the entries of @v in line with its protection.  Write permission is
 * kept where it was there; a page that never was writable gets it by a fault,
 * except our own sole copies.
 */
static void
reprotect(struct vma *v)
{
	struct mm *mm = v->mm;
	bool may_read = v->prot != LX_PROT_NONE;
	bool may_write = v->prot & LX_PROT_WRITE;
	uint64_t va = v->n.start;
	struct span s = {0};
	pte_t p;

	for (; (p = pte_next(mm, &va, v->n.end)); va += PAGE_SIZE) {
		pte_t q = p & ~(pte_t)(PTE_READ | PTE_WRITE);

		if (may_read)
			q |= PTE_READ;
		if (may_write &&
		    ((p & PTE_WRITE) ||
		     ((p & PTE_ANON) && frame_at(pte_fn(p))->refs == 1)))
			q |= PTE_WRITE;
		if (q & PTE_HOST)
			span_add(mm, &s, va, host_prot(v->prot, q & PTE_WRITE));
		pte_change(mm, va, q);
	}
	span_flush(mm, &s);
}

static int
check_vma(struct vma *v, uint64_t start, uint64_t end, uint32_t prot)
{
	uint64_t pages = (end - start) / PAGE_SIZE;

	if (prot != LX_PROT_NONE && in_hole(start, end))
		return -ENOMEM;
	if (v->map && (v->flags & VMA_SHARED)) {
		int err = v->map->ops->may_map(v->map, true, prot);

		if (err)
			return -EACCES;
	}
	if (!(v->prot & LX_PROT_WRITE) && !vm_is_sane(prot, v->flags, pages))
		return -ENOMEM;
	if (vma_is_data(prot, v->flags) && !vma_is_data(v->prot, v->flags) &&
	    v->mm->data_vm + pages > v->mm->limits.data / PAGE_SIZE)
		return -ENOMEM;
	return 0;
}

static int
protect_one(struct vma **at, uint64_t start, uint64_t end, uint32_t prot)
{
	struct vma *v = *at;
	int err;

	if (v->prot == prot)
		return 0;
	err = check_vma(v, start, end, prot);
	if (err)
		return err;
	err = vma_bounds(v->mm, start, end);
	if (err)
		return err;
	v = *at = vma_find(v->mm, start);
	vma_retype(v, prot, v->flags);
	reprotect(v);
	return 0;
}

/* PROT_GROWSDOWN: from the beginning of the growing mapping. */
static int
first_vma(struct mm *mm, uint64_t *start, uint64_t end, uint32_t prot,
	  struct vma **out)
{
	struct vma *v = vma_from_on(mm, *start);

	if (!v)
		return -ENOMEM;
	if (prot & LX_PROT_GROWSDOWN) {
		if (v->n.start >= end)
			return -ENOMEM;
		if (!(v->flags & VMA_GROWSDOWN))
			return -EINVAL;
		*start = v->n.start;
	} else if (v->n.start > *start) {
		return -ENOMEM;
	} else if (prot & LX_PROT_GROWSUP) {
		return -EINVAL;
	}
	*out = v;
	return 0;
}

static int
protect_range(struct mm *mm, uint64_t start, uint64_t end, uint32_t prot)
{
	uint64_t at;
	struct vma *v = NULL;
	int err;

	err = first_vma(mm, &start, end, prot, &v);
	if (err)
		return err;
	patch_disturb(mm, start, end);
	if (prot & LX_PROT_WRITE)
		patch_drop(mm, start, end);
	for (at = start; at < end; at = v->n.end, v = vma_next(v)) {
		if (!v || v->n.start > at) {
			err = -ENOMEM;
			break;
		}
		err = protect_one(&v, at, MIN(v->n.end, end), prot & RWX);
		if (err)
			break;
	}
	vma_merge(mm, start, end);
	return err;
}

int
mm_protect(struct mm *mm, uaddr_t at, uint64_t len, uint32_t prot)
{
	const uint32_t grows = LX_PROT_GROWSDOWN | LX_PROT_GROWSUP;
	uint64_t end;
	int err;

	if ((prot & grows) == grows)
		return -EINVAL;
	if (at.v & ~PAGE_MASK)
		return -EINVAL;
	if (!len)
		return 0;
	end = at.v + page_up(len);
	if (end <= at.v)
		return -ENOMEM;
	if (prot & ~(RWX | LX_PROT_SEM | grows))
		return -EINVAL;
	err = protect_range(mm, at.v, end, prot);
	as_settle(mm);
	return err;
}
