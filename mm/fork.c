/* SPDX-License-Identifier: MIT */
/*
 * mm/fork.c - a copy-on-write copy of an address space.
 *
 * All frames are shared.  Private ones become read-only on both sides: one
 * protect for each run of pages the parent could write, one map for each run
 * of neighbouring frames in the child.
 *
 * A page written by either side soon after costs a fault in which it is
 * copied.  Which pages that are hardly changes from one fork of a process to
 * the next: so they are noted in the parent (PTE_HOT), and the next child gets
 * copies at once, while the parent keeps them as they are: writable, or not
 * if only children write them.  Now and then one is shared again, to see if
 * it is still so.
 */
#include "mm/internal.h"

#include "base/slab.h"
#include "base/str.h"

#define HOT_MAX	  96u /* pages copied at a fork */
#define HOT_RETRY 32u /* every so many, one is shared to see */

struct fork {
	struct mm *src, *dst;
	uint32_t hot_left;
	bool is_counted; /* blank pages have not been touched */
};

void
fork_note(struct mm *mm, uint64_t va, uint64_t fn)
{
	pte_t p = pte_get(mm, va);

	if (p & PTE_ANON)
		pte_change(mm, va, p | PTE_HOT);
	p = fn && mm->parent ? pte_get(mm->parent, va) : 0;
	if ((p & PTE_ANON) && pte_fn(p) == fn)
		pte_change(mm->parent, va, p | PTE_HOT);
}

void
fork_forget(struct mm *mm)
{
	struct mm *c, *tmp;

	LIST_EACH_SAFE(c, tmp, &mm->children, sibling) {
		c->parent = NULL;
		list_del(&c->sibling);
	}
	list_del(&mm->sibling);
}

static bool
is_hot(pte_t p)
{
	const pte_t all = PTE_ANON | PTE_HOT | PTE_HOST;

	return (p & all) == all;
}

/* Copies of the @n hot pages from @va on.  Returns: how many, or 0. */
static uint64_t
copy_hot(struct fork *f, struct vma *w, uint64_t va, uint64_t n)
{
	struct range *r;
	int64_t got;
	uint64_t fn;

	got = resv_place(f->dst, w, va, n, &r, &fn);
	if (got < 0 || pte_prepare(f->dst, va, va + got * PAGE_SIZE) ||
	    frame_take(r, fn, got, false) < 0)
		return 0;
	frame_prepare(fn, got);
	for (int64_t i = 0; i < got; i++) {
		pte_t p = pte_get(f->src, va + i * PAGE_SIZE);

		memcpy(frame_addr(fn + i), frame_addr(pte_fn(p)), PAGE_SIZE);
		p = pte_make(fn + i, p & PTE_FLAGS & ~(pte_t)PTE_HOT);
		p |= PTE_WRITE;
		(void)!pte_set(f->dst, va + i * PAGE_SIZE, p);
	}
	as_map(f->dst, va, got, fn, host_prot(w->prot, true));
	as_populate(f->dst, va, va + got * PAGE_SIZE, false);
	f->hot_left -= got;
	return got;
}

/* Hot pages in a row from @va on. */
static uint64_t
hot_run(struct fork *f, uint64_t va, uint64_t end)
{
	static uint32_t turn;
	uint64_t n = 0;

	while (n < f->hot_left && va < end) {
		pte_t p = pte_get(f->src, va);

		if (!is_hot(p))
			break;
		if (++turn % HOT_RETRY == 0) {
			pte_change(f->src, va, p & ~(pte_t)PTE_HOT);
			break;
		}
		n++;
		va += PAGE_SIZE;
	}
	return n;
}

static int
share_page(struct fork *f, struct vma *v, uint64_t va, pte_t p)
{
	pte_t q = p & ~(pte_t)PTE_HOT;
	int err;

	if (!(v->flags & VMA_SHARED))
		q &= ~(pte_t)PTE_WRITE;
	if (q & PTE_READ)
		q |= PTE_HOST;
	else
		q &= ~(pte_t)PTE_HOST;
	err = pte_set(f->dst, va, q);
	if (err)
		return err;
	frame_get(pte_fn(p));
	if (q & PTE_HOST)
		as_map(f->dst, va, 1, pte_fn(p),
		       host_prot(v->prot, q & PTE_WRITE));
	return 0;
}

/* Give @dst the pages of @v, taking write permission from the private. */
static int
share_pages(struct fork *f, struct vma *v, struct vma *w)
{
	uint64_t va = v->n.start, lo = 0, hi = 0, n;
	uint32_t ro = host_prot(v->prot, false);
	bool is_private = !(v->flags & VMA_SHARED);
	bool may_copy = is_private && (v->prot & LX_PROT_WRITE);
	int err = 0;
	pte_t p;

	for (; !err && (p = pte_next(f->src, &va, v->n.end)); va += PAGE_SIZE) {
		if (f->is_counted && pte_is_blank(p)) {
			va += (pte_run(f->src, va, v->n.end) - 1) * PAGE_SIZE;
			continue;
		}
		n = may_copy ? hot_run(f, va, v->n.end) : 0;
		n = n ? copy_hot(f, w, va, n) : 0;
		if (n) {
			va += (n - 1) * PAGE_SIZE;
			continue;
		}
		p = pte_get(f->src, va);
		err = share_page(f, v, va, p);
		if (err || !is_private || !(p & PTE_WRITE))
			continue;
		pte_change(f->src, va, p & ~(pte_t)PTE_WRITE);
		if (!(p & PTE_HOST))
			continue;
		if (va != hi) {
			as_protect(f->src, lo, hi, ro);
			lo = va;
		}
		hi = va + PAGE_SIZE;
	}
	as_protect(f->src, lo, hi, ro);
	return err;
}

static int
fork_vma(struct fork *f, struct vma *v)
{
	struct vma *w;

	if (v->flags & VMA_DONTFORK)
		return 0;
	w = vma_new(f->dst, v->n.start, v->n.end, v);
	if (!w)
		return -ENOMEM;
	w->flags &= ~(uint32_t)(VMA_LOCKED | VMA_LOCKONFAULT);
	vma_link(w);
	return v->flags & VMA_WIPEONFORK ? 0 : share_pages(f, v, w);
}

int
mm_fork(struct mm *src, struct mm **out)
{
	/* Other threads may be writing: then only what is taken from them all
	 * at once is of one moment. */
	struct fork f = {.src = src, .hot_left = src->users > 1 ? 0 : HOT_MAX};
	struct vma *v;
	int err;

	err = mm_new(&f.dst);
	if (err)
		return err;
	err = mm_need_home(f.dst, (uint64_t)src);
	if (err) {
		mm_put(f.dst);
		return err;
	}
	/* What a read(2) of another thread's brings is in the parent and the
	 * child, or comes to the parent's copy. */
	usercopy_settle(src);
	remains_expect(f.dst);
	f.dst->layout = src->layout;
	f.dst->limits = src->limits;
	f.dst->mmap_base = src->mmap_base;
	f.dst->ahead.dense = src->ahead.dense;
	f.dst->ahead.small = src->ahead.small;
	f.dst->parent = src;
	list_push(&src->children, &f.dst->sibling);
	if (src->users == 1) {
		ahead_count(src);
		f.is_counted = true;
	}
	for (v = vma_from_on(src, 0); v && !err; v = vma_next(v))
		err = fork_vma(&f, v);
	if (!err)
		err = patch_fork(src, f.dst);
	as_settle(src);
	if (err) {
		mm_put(f.dst);
		return err;
	}
	*out = f.dst;
	return 0;
}
