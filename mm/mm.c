/* SPDX-License-Identifier: MIT */
/*
 * mm/mm.c - address spaces: made, gone; figures.
 */
#include "mm/internal.h"

#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"

struct list mm_all = LIST_INIT(mm_all);

int
mm_new(struct mm **out)
{
	struct mm *mm = KNEW(struct mm);

	if (!mm)
		return -ENOMEM;
	as_init(mm);
	mm->refs = 1;
	mm->limits = (struct mm_limits){UINT64_MAX, UINT64_MAX, MiB(8), MiB(8)};
	/* Linux, x86-64: mmap_base(). */
	mm->mmap_base = page_down(USER_TOP - MiB(8) - GiB(16) - STACK_GAP);
	list_init(&mm->children);
	list_init(&mm->sibling);
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
		  "%llu pages, %u calls patched",
		  mm->as_id, (unsigned long long)mm->min_faults,
		  (unsigned long long)mm->maj_faults,
		  (unsigned long long)mm->batch_ops,
		  (unsigned long long)mm->batches,
		  (unsigned long long)mm->peak_rss, patch_count(mm));
	list_del(&mm->all_link);
	fork_forget(mm);
	patch_free(mm);
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
	ahead_count(mm);
	*out = (struct mm_stat){
		.total_vm = mm->total_vm,
		.rss_anon = mm->rss_anon - mm->blank,
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
