/* SPDX-License-Identifier: MIT */
/*
 * mm/mm.c - address spaces: made, forked, gone; figures.
 *
 * A fork shares all frames.  Private ones become read-only on both sides: one
 * protect for each run of pages the parent could write, one map for each run
 * of neighbouring frames in the child.
 */
#include "mm/internal.h"

#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/time.h"

struct list mm_all = LIST_INIT(mm_all);

/* Linux, x86-64: mmap_base() with 28 random bits of pages. */
static void
choose_base(struct mm *mm)
{
	uint64_t gap = MiB(8) + GiB(16) + STACK_GAP, random;

	entropy(&random, sizeof(random));
	mm->mmap_base = page_down(USER_TOP - gap -
				  (random & ((1 << 28) - 1)) * PAGE_SIZE);
}

int
mm_new(struct mm **out)
{
	struct mm *mm = KNEW(struct mm);
	int err;

	if (!mm)
		return -ENOMEM;
	err = as_init(mm);
	if (err) {
		kfree(mm);
		return err;
	}
	mm->refs = 1;
	mm->limits = (struct mm_limits){UINT64_MAX, UINT64_MAX, MiB(8), MiB(8)};
	choose_base(mm);
	list_append(&mm_all, &mm->all_link);
	*out = mm;
	return 0;
}

struct mm *
mm_get(struct mm *mm)
{
	mm->refs++;
	return mm;
}

static void
drop_pages(struct mm *mm)
{
	uint64_t va = 0, first = 0, n = 0;
	pte_t p;

	for (; (p = pte_next(mm, &va, USER_TOP)); va += PAGE_SIZE) {
		pte_clear(mm, va);
		if (n && pte_fn(p) == first + n) {
			n++;
			continue;
		}
		frame_put(first, n);
		first = pte_fn(p);
		n = 1;
	}
	frame_put(first, n);
}

static void
mm_free(struct mm *mm)
{
	struct vma *v, *next;

	log_debug("mm %d: %llu+%llu faults, %llu ops in %llu batches, peak "
		  "%llu pages",
		  mm->as_id, (unsigned long long)mm->min_faults,
		  (unsigned long long)mm->maj_faults,
		  (unsigned long long)mm->batch_ops,
		  (unsigned long long)mm->batches,
		  (unsigned long long)mm->peak_rss);
	list_del(&mm->all_link);
	as_fini(mm); /* now the host maps nothing of it */
	drop_pages(mm);
	for (v = vma_from_on(mm, 0); v; v = next) {
		next = vma_next(v);
		vma_free(v);
	}
	resv_drop(mm, 0, USER_TOP);
	kfree(mm);
}

void
mm_put(struct mm *mm)
{
	if (mm && --mm->refs == 0)
		mm_free(mm);
}

static int
share_page(struct mm *dst, struct vma *v, uint64_t va, pte_t p)
{
	pte_t q = p;
	int err;

	if (!(v->flags & VMA_SHARED))
		q &= ~(pte_t)PTE_WRITE;
	if (q & PTE_READ)
		q |= PTE_HOST;
	else
		q &= ~(pte_t)PTE_HOST;
	err = pte_set(dst, va, q);
	if (err)
		return err;
	frame_get(pte_fn(p));
	if (q & PTE_HOST)
		as_map(dst, va, 1, pte_fn(p),
		       host_prot(v->prot, q & PTE_WRITE));
	return 0;
}

/* Give @dst the pages of @v, taking write permission from the private. */
static int
share_pages(struct mm *dst, struct vma *v)
{
	uint64_t va = v->n.start, lo = 0, hi = 0;
	struct mm *src = v->mm;
	int err = 0;
	pte_t p;

	for (; !err && (p = pte_next(src, &va, v->n.end)); va += PAGE_SIZE) {
		err = share_page(dst, v, va, p);
		if (err || (v->flags & VMA_SHARED) || !(p & PTE_WRITE))
			continue;
		pte_change(src, va, p & ~(pte_t)PTE_WRITE);
		if (!(p & PTE_HOST))
			continue;
		if (va != hi) {
			as_protect(src, lo, hi, host_prot(v->prot, false));
			lo = va;
		}
		hi = va + PAGE_SIZE;
	}
	as_protect(src, lo, hi, host_prot(v->prot, false));
	return err;
}

static int
fork_vma(struct mm *dst, struct vma *v)
{
	struct vma *w;

	if (v->flags & VMA_DONTFORK)
		return 0;
	w = vma_new(dst, v->n.start, v->n.end, v);
	if (!w)
		return -ENOMEM;
	w->flags &= ~(uint32_t)(VMA_LOCKED | VMA_LOCKONFAULT);
	vma_link(w);
	return v->flags & VMA_WIPEONFORK ? 0 : share_pages(dst, v);
}

int
mm_fork(struct mm *src, struct mm **out)
{
	struct mm *dst;
	struct vma *v;
	int err;

	err = mm_new(&dst);
	if (err)
		return err;
	dst->layout = src->layout;
	dst->limits = src->limits;
	dst->mmap_base = src->mmap_base;
	dst->ahead.dense = src->ahead.dense;
	dst->ahead.small = src->ahead.small;
	for (v = vma_from_on(src, 0); v && !err; v = vma_next(v))
		err = fork_vma(dst, v);
	as_settle(src);
	if (err) {
		mm_put(dst);
		return err;
	}
	*out = dst;
	return 0;
}

struct mm_layout *
mm_layout(struct mm *mm)
{
	return &mm->layout;
}

struct mm_limits *
mm_limits(struct mm *mm)
{
	return &mm->limits;
}

int
mm_as_id(struct mm *mm)
{
	return mm->as_id;
}

void
mm_use(struct mm *mm)
{
	mm->users++;
}

void
mm_unuse(struct mm *mm)
{
	kassert(mm->users > 0);
	mm->users--;
}

int
mm_users(const struct mm *mm)
{
	return mm->users;
}

void
mm_stat(struct mm *mm, struct mm_stat *out)
{
	*out = (struct mm_stat){
		.total_vm = mm->total_vm,
		.rss_anon = mm->rss_anon,
		.rss_file = mm->rss_file,
		.rss_shmem = mm->rss_shmem,
		.data_vm = mm->data_vm,
		.stack_vm = mm->stack_vm,
		.exec_vm = mm->exec_vm,
		.locked_vm = mm->locked_vm,
		.peak_vm = mm->peak_vm,
		.peak_rss = mm->peak_rss,
	};
}

uint64_t
mm_min_faults(struct mm *mm)
{
	return mm->min_faults;
}

uint64_t
mm_maj_faults(struct mm *mm)
{
	return mm->maj_faults;
}
