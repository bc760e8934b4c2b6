/* SPDX-License-Identifier: MIT */
/*
 * mm/fault.c - a missing page: whose, allowed, fetch.
 *
 * Whatever sleeps on the way (disk, memory being reclaimed) ends the attempt:
 * the map may be another one by then, so the fault starts over.
 */
#include "mm/internal.h"

#include "arch/um/trap.h"

#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRERR  2
#define SIG_SEGV    11
#define SIG_BUS	    7
#define TRIES	    8
#define STACK_STEP  KiB(64)

enum access { ACC_READ, ACC_WRITE, ACC_EXEC };

bool (*mm_oom)(struct mm *mm);

/* Linux: acct_stack_growth() and expand_downwards(). */
static int
grow_down(struct vma *v, uint64_t va)
{
	struct vma *prev = vma_prev(v);
	struct mm *mm = v->mm;
	uint64_t pages = (v->n.start - va) / PAGE_SIZE;

	if (va < MMAP_MIN_ADDR || va > v->n.start || in_hole(va, v->n.end))
		return -ENOMEM;
	if (prev && va < prev->n.end)
		return -ENOMEM;
	if (prev && !(prev->flags & VMA_GROWSDOWN) &&
	    prev->prot != LX_PROT_NONE && va - prev->n.end < STACK_GAP)
		return -ENOMEM;
	if (v->n.end - va > mm->limits.stack ||
	    !vm_may_grow(mm, v->prot, v->flags, pages))
		return -ENOMEM;
	if ((v->flags & VMA_LOCKED) && !locked_ok(mm, pages))
		return -ENOMEM;
	vma_resize(v, va, v->n.end);
	return 0;
}

static struct vma *
find_or_grow(struct mm *mm, uint64_t va)
{
	struct vma *v = vma_from_on(mm, va);

	if (!v || v->n.start <= va)
		return v;
	if (!(v->flags & VMA_GROWSDOWN))
		return NULL;
	/* The main stack by steps, as each costs a fault. */
	if ((v->flags & VMA_STACK) && grow_down(v, va - STACK_STEP) == 0)
		return v;
	return grow_down(v, va) ? NULL : v;
}

static bool
allows(const struct vma *v, enum access acc)
{
	switch (acc) {
	case ACC_WRITE:
		return v->prot & LX_PROT_WRITE;
	case ACC_EXEC:
		return v->prot & LX_PROT_EXEC;
	default:
		return v->prot != LX_PROT_NONE;
	}
}

/* What the entry says is allowed, yet the host refused: say it again. */
static void
map_again(struct vma *v, uint64_t va, pte_t p)
{
	pte_change(v->mm, va, p | PTE_HOST);
	as_map(v->mm, va, 1, pte_fn(p), host_prot(v->prot, p & PTE_WRITE));
}

/* What the entry says is allowed, and the host may not have been told. */
static void
allowed_fault(struct vma *v, uint64_t va, pte_t p)
{
	if (!as_waits(v->mm, va)) {
		map_again(v, va, p);
		return;
	}
	ahead_file_missed(v);
	v->mm->is_urgent = true;
}

/* Shared and writable: from now on the page may change at any time. */
static void
share_fault(struct vma *v, uint64_t va, pte_t p)
{
	pc_mark_dirty(v->pc, vma_index(v, va));
	map_again(v, va, p | PTE_WRITE);
}

/* Returns: 0; -EAGAIN after sleeping, -ENOMEM, -ERANGE or -EIO (SIGBUS). */
static int
resolve(struct vma *v, uint64_t va, bool write)
{
	pte_t p = pte_get(v->mm, va);

	if (write && (p & PTE_PATCHED)) {
		patch_drop(v->mm, va, va + PAGE_SIZE);
		p = 0;
	}
	if (!p && v->pc)
		return file_fault(v, va, write);
	if (!p)
		return anon_fault(v, va);
	if (!write || (p & PTE_WRITE)) {
		allowed_fault(v, va, p);
		return 0;
	}
	if (!(v->flags & VMA_SHARED))
		return cow_fault(v, va, p);
	if (share_changes(v, va))
		return -EAGAIN;
	share_fault(v, va, p);
	return 0;
}

/* Resolve, reclaiming when memory is out. */
static int
try_resolve(struct mm *mm, uint64_t va, enum access acc, bool force)
{
	uint64_t faults = mm->maj_faults;
	int err = -EAGAIN;

	for (int i = 0; i < TRIES && err; i++) {
		struct vma *v = find_or_grow(mm, va);

		if (!v)
			return -EFAULT;
		if (!force && !allows(v, acc))
			return -EACCES;
		err = resolve(v, va, acc == ACC_WRITE);
		if (err == -ENOMEM && !mm_reclaim(64 * PAGE_SIZE))
			return err;
		if (err == -ERANGE || err == -EIO)
			return err;
	}
	if (!err && faults == mm->maj_faults)
		mm->min_faults++;
	return err;
}

static bool
may_exec(struct mm *mm, uint64_t addr)
{
	const struct vma *v = vma_find(mm, addr);

	return v && (v->prot & LX_PROT_EXEC);
}

void
mm_fault(struct mm *mm, uint64_t addr, uint32_t error_code, uint64_t sp,
	 struct fault_result *res)
{
	enum access acc = ACC_READ;
	int err = -EFAULT;

	(void)sp; /* Linux grows stacks whatever the stack pointer */
	if (error_code & FAULT_GUESSED)
		error_code &= may_exec(mm, addr) ? ~FAULT_WRITE : ~FAULT_FETCH;
	if (error_code & FAULT_WRITE)
		acc = ACC_WRITE;
	else if (error_code & FAULT_FETCH)
		acc = ACC_EXEC;
	*res = (struct fault_result){.addr = addr};
	if (addr < USER_TOP)
		err = try_resolve(mm, page_down(addr), acc, false);
	switch (err) {
	case 0:
		as_settle(mm);
		spare_prepare();
		return;
	case -EFAULT:
	case -EACCES:
		res->signo = SIG_SEGV;
		res->code = err == -EFAULT ? SEGV_MAPERR : SEGV_ACCERR;
		return;
	case -ERANGE:
	case -EIO:
		res->signo = SIG_BUS;
		res->code = BUS_ADRERR;
		return;
	default:
		res->oom = true;
	}
}

int
fault_in(struct mm *mm, uint64_t va, bool write, bool force)
{
	enum access acc = write ? ACC_WRITE : ACC_READ;
	int err;

	if (va >= USER_TOP)
		return -EFAULT;
	do
		err = try_resolve(mm, page_down(va), acc, force);
	while ((err == -ENOMEM || err == -EAGAIN) && mm_oom && mm_oom(mm));
	as_settle(mm);
	if (err == -ENOMEM || err == -EAGAIN)
		return -ENOMEM;
	return err ? -EFAULT : 0;
}

int
populate(struct mm *mm, uint64_t start, uint64_t end, bool write)
{
	for (uint64_t va = start; va < end; va += PAGE_SIZE) {
		struct vma *v = vma_find(mm, va);
		bool w = write && v && (v->prot & LX_PROT_WRITE) &&
			 !(v->flags & VMA_SHARED);
		pte_t p = pte_get(mm, va);
		int err = 0;

		if (!v)
			return -ENOMEM;
		if (!p || (w && !(p & PTE_WRITE)))
			err = fault_in(mm, va, w, false);
		if (err)
			return err;
		p = pte_get(mm, va);
		if (p)
			pte_change(mm, va, p & ~(pte_t)PTE_AHEAD);
	}
	return 0;
}
