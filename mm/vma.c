/* SPDX-License-Identifier: MIT */
/*
 * mm/vma.c - the interval map of mappings: find, split, merge, account.
 *
 * VMAs merge as Linux's do, since programs read /proc/self/maps: neighbours
 * with equal protection, flags and file, and offsets that go on.
 */
#include "mm/internal.h"

#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

/* Flags that keep neighbours apart. */
#define ALIKE                                                                  \
	(VMA_SHARED | VMA_GROWSDOWN | VMA_LOCKED | VMA_LOCKONFAULT |           \
	 VMA_DONTFORK | VMA_WIPEONFORK | VMA_DONTDUMP | VMA_NORESERVE |        \
	 VMA_SEQ | VMA_RANDOM | VMA_STACK | VMA_CHARGED)

bool
vma_is_data(uint32_t prot, uint32_t flags)
{
	/* Linux: is_data_mapping() */
	return (prot & LX_PROT_WRITE) &&
	       !(flags & (VMA_SHARED | VMA_GROWSDOWN));
}

static void
account(struct vma *v, int64_t pages)
{
	struct mm *mm = v->mm;

	if (patch_owns(v))
		return; /* the program did not ask for it */
	mm->total_vm += pages;
	mm->peak_vm = MAX(mm->peak_vm, mm->total_vm);
	if (v->flags & VMA_GROWSDOWN)
		mm->stack_vm += pages;
	else if (vma_is_data(v->prot, v->flags))
		mm->data_vm += pages;
	else if ((v->prot & LX_PROT_EXEC) && !(v->prot & LX_PROT_WRITE))
		mm->exec_vm += pages;
	if (v->flags & VMA_LOCKED)
		mm->locked_vm += pages;
}

/*
 * Linux: VM_ACCOUNT.  What was once private and writable stays a mapping of its
 * own when it is made read-only, unless it is anonymous and empty.
 */
static uint32_t
charged(uint32_t prot, uint32_t flags)
{
	if ((prot & LX_PROT_WRITE) && !(flags & (VMA_SHARED | VMA_NORESERVE)))
		return flags | VMA_CHARGED;
	return flags;
}

static bool
is_blank(const struct vma *v)
{
	uint64_t va = v->n.start;

	return !v->pc && !pte_next(v->mm, &va, v->n.end);
}

static void
shared_writer(struct vma *v, int delta)
{
	if (v->map && (v->flags & VMA_SHARED) && (v->prot & LX_PROT_WRITE) &&
	    v->map->ops->shared_writer)
		v->map->ops->shared_writer(v->map, delta);
}

/* Linux: accountable_mapping(), and vm.overcommit_memory = 0. */
bool
vm_is_sane(uint32_t prot, uint32_t flags, uint64_t pages)
{
	if ((flags & (VMA_NORESERVE | VMA_SHARED)) || !(prot & LX_PROT_WRITE))
		return true;
	return pages <= page_limit;
}

bool
vm_may_grow(struct mm *mm, uint32_t prot, uint32_t flags, uint64_t pages)
{
	if (!vm_is_sane(prot, flags, pages))
		return false;
	if (mm->total_vm + pages > mm->limits.as / PAGE_SIZE)
		return false;
	if (vma_is_data(prot, flags) &&
	    mm->data_vm + pages > mm->limits.data / PAGE_SIZE)
		return false;
	return true;
}

struct vma *
vma_find(struct mm *mm, uint64_t va)
{
	return vma_from(imap_find(&mm->vmas, va));
}

struct vma *
vma_from_on(struct mm *mm, uint64_t va)
{
	return vma_from(imap_first_from(&mm->vmas, va));
}

struct vma *
vma_next(struct vma *v)
{
	return vma_from(imap_next(&v->n));
}

struct vma *
vma_prev(struct vma *v)
{
	return vma_from(imap_prev(&v->n));
}

struct vma *
vma_new(struct mm *mm, uint64_t start, uint64_t end, const struct vma *like)
{
	struct vma *v = KNEW(struct vma);

	if (!v)
		return NULL;
	if (like) {
		*v = *like;
		v->win_start = v->win_end = v->win_len = v->jumps = 0;
		if (v->map)
			v->map->ops->get(v->map);
	}
	list_init(&v->pc_link);
	v->mm = mm;
	v->n = (struct imap_node){.start = start, .end = end};
	return v;
}

static bool
is_shared_map(const struct vma *v)
{
	return v->pc && (v->flags & VMA_SHARED);
}

void
vma_link(struct vma *v)
{
	v->flags = charged(v->prot, v->flags);
	imap_insert(&v->mm->vmas, &v->n);
	if (v->pc)
		list_append(&v->pc->mappings, &v->pc_link);
	if (is_shared_map(v))
		v->pc->nshared++;
	account(v, vma_pages(v));
	shared_writer(v, 1);
}

void
vma_free(struct vma *v)
{
	if (v->n.height) {
		imap_remove(&v->mm->vmas, &v->n);
		account(v, -(int64_t)vma_pages(v));
		shared_writer(v, -1);
		if (is_shared_map(v))
			v->pc->nshared--;
	}
	list_del(&v->pc_link);
	if (v->map)
		v->map->ops->put(v->map);
	kfree(v);
}

void
vma_resize(struct vma *v, uint64_t start, uint64_t end)
{
	account(v, -(int64_t)vma_pages(v));
	if (v->pc)
		v->pgoff += (int64_t)(start - v->n.start) / (int64_t)PAGE_SIZE;
	v->n.start = start;
	v->n.end = end;
	imap_resized(&v->mm->vmas, &v->n);
	account(v, vma_pages(v));
}

void
vma_retype(struct vma *v, uint32_t prot, uint32_t flags)
{
	account(v, -(int64_t)vma_pages(v));
	shared_writer(v, -1);
	v->prot = prot;
	if (!(prot & LX_PROT_WRITE) && is_blank(v))
		flags &= ~(uint32_t)VMA_CHARGED;
	v->flags = charged(prot, flags);
	shared_writer(v, 1);
	account(v, vma_pages(v));
}

int
vma_split(struct vma *v, uint64_t at)
{
	uint64_t end = v->n.end;
	struct vma *w;

	if (v->mm->vmas.count >= MAP_COUNT_MAX)
		return -ENOMEM;
	w = vma_new(v->mm, at, end, v);
	if (!w)
		return -ENOMEM;
	if (v->pc)
		w->pgoff = vma_index(v, at);
	vma_resize(v, v->n.start, at);
	vma_link(w);
	return 0;
}

static int
split_inside(struct mm *mm, uint64_t at)
{
	struct vma *v = vma_find(mm, at);

	return v && v->n.start < at ? vma_split(v, at) : 0;
}

int
vma_bounds(struct mm *mm, uint64_t start, uint64_t end)
{
	int err = split_inside(mm, start);

	return err ? err : split_inside(mm, end);
}

static bool
goes_on(const struct vma *a, const struct vma *b)
{
	if (a->n.end != b->n.start || a->prot != b->prot ||
	    ((a->flags ^ b->flags) & ALIKE) || a->map != b->map)
		return false;
	return !a->pc || a->pgoff + vma_pages(a) == b->pgoff;
}

void
vma_merge(struct mm *mm, uint64_t start, uint64_t end)
{
	struct vma *v = vma_from_on(mm, start ? start - 1 : 0), *next;

	for (; v && v->n.start <= end; v = next) {
		uint64_t to;

		next = vma_next(v);
		if (!next || !goes_on(v, next))
			continue;
		to = next->n.end;
		v->win_len = MAX(v->win_len, next->win_len);
		vma_free(next);
		vma_resize(v, v->n.start, to);
		next = v;
	}
}

bool
mm_vma_at(struct mm *mm, uint64_t at, struct vma_info *out)
{
	struct vma *v = vma_from_on(mm, at);
	uint64_t va;
	pte_t p;

	if (!v)
		return false;
	*out = (struct vma_info){
		.start = v->n.start,
		.end = v->n.end,
		.prot = v->prot,
	};
	if (v->flags & VMA_SHARED)
		out->flags |= LX_MAP_SHARED;
	if (v->flags & VMA_GROWSDOWN)
		out->flags |= LX_MAP_GROWSDOWN;
	if (v->flags & VMA_LOCKED)
		out->flags |= LX_MAP_LOCKED;
	if (v->flags & VMA_NORESERVE)
		out->flags |= LX_MAP_NORESERVE;
	if (v->map) {
		out->off = v->pgoff * PAGE_SIZE;
		v->map->ops->describe(v->map, out->name, sizeof(out->name),
				      &out->dev, &out->ino);
	} else if (v->n.start <= mm->layout.brk &&
		   v->n.end >= mm->layout.start_brk &&
		   mm->layout.brk > mm->layout.start_brk) {
		str_copy(out->name, "[heap]", sizeof(out->name));
	} else if (v->n.start <= mm->layout.start_stack &&
		   v->n.end >= mm->layout.start_stack) {
		str_copy(out->name, "[stack]", sizeof(out->name));
	}
	for (va = v->n.start; (p = pte_next(mm, &va, v->n.end));
	     va += PAGE_SIZE) {
		out->rss++;
		out->anon += !!(p & PTE_ANON);
	}
	return true;
}
