/* SPDX-License-Identifier: MIT */
/*
 * mm/filemap.c - pages of files in address spaces.
 *
 * What is in the page cache around a fault is mapped with it; the cache
 * keeps neighbours together, so that this is one host mapping more often than
 * not.  Private mappings show the cache's own frames, read-only, until the
 * first write.  A shared page becomes writable by a fault that marks it
 * dirty, with the cached pages of its block.
 */
#include "mm/internal_pc.h"

#define AROUND	     64u   /* pages mapped around a fault: a block */
#define WRITE_AROUND 16u   /* made writable, and dirty, together */
#define AHEAD_MAX    2048u /* mapped when the mapping is made */

enum how {
	SHOW_WRITABLE = 1,
	SHOW_LAZILY = 2, /* nobody waits for it */
};

/* Storage needs no write-back, so nothing is lost by mapping it writable. */
static uint32_t
free_to_write(const struct vma *v)
{
	return (v->flags & VMA_SHARED) && !v->pc->ops &&
			       (v->prot & LX_PROT_WRITE)
		       ? SHOW_WRITABLE
		       : 0;
}

/* Show the @n frames from @fn on, of the cache, from @va on. */
static int
enter(struct vma *v, uint64_t va, uint64_t fn, uint64_t n, uint32_t how)
{
	bool writable = how & SHOW_WRITABLE;
	uint32_t prot = host_prot(v->prot, writable);
	uint32_t flags = v->pc->ops ? 0 : PTE_SHM;
	int err;

	if (prot)
		flags |= PTE_READ | PTE_HOST;
	if (prot & AS_WRITE)
		flags |= PTE_WRITE;
	err = pte_prepare(v->mm, va, va + n * PAGE_SIZE);
	if (err)
		return err;
	pte_fill(v->mm, va, n, pte_make(fn, flags));
	for (uint64_t i = 0; i < n; i++)
		frame_get(fn + i);
	if (prot && (how & SHOW_LAZILY))
		as_map_lazily(v->mm, va, n, fn, prot);
	else if (prot)
		as_map(v->mm, va, n, fn, prot);
	return 0;
}

/* How many pages from @va on, at most @max, has @c, in consecutive frames, and
 * are not mapped? */
static uint64_t
cached_run(struct vma *v, uint64_t va, const struct chunk *c, uint64_t max)
{
	uint32_t slot = chunk_slot(vma_index(v, va));
	uint64_t n = 0;

	max = MIN(max, (uint64_t)CHUNK_PAGES - slot);
	while (n < max && c->present >> (slot + n) & 1 &&
	       c->fn[slot + n] == c->fn[slot] + n &&
	       !pte_get(v->mm, va + n * PAGE_SIZE))
		n++;
	return n;
}

/* Map what the cache has of [start, end) where nothing is mapped. */
static void
map_cached(struct vma *v, uint64_t start, uint64_t end, uint32_t how)
{
	bool dirties = (how & SHOW_WRITABLE) && v->pc->ops;
	uint64_t va = start, last = pc_end(v->pc), n;

	for (; va < end && vma_index(v, va) < last; va += n * PAGE_SIZE) {
		uint64_t index = vma_index(v, va);
		struct chunk *c = chunk_find(v->pc, index);

		n = CHUNK_PAGES - chunk_slot(index);
		if (!c)
			continue;
		n = cached_run(v, va, c,
			       MIN((end - va) / PAGE_SIZE, last - index));
		c->was_used |= n;
		if (n && enter(v, va, c->fn[chunk_slot(index)], n, how))
			return;
		for (uint64_t i = 0; dirties && i < n; i++)
			pc_mark_dirty(v->pc, index + i);
		n += !n;
	}
}

void
file_ahead(struct vma *v, uint64_t start, uint64_t end)
{
	if (!v->pc->npages)
		return;
	copies_make(v);
	end = MIN(end, start + AHEAD_MAX * PAGE_SIZE);
	map_cached(v, start, end, free_to_write(v) | SHOW_LAZILY);
}

static void
map_block(struct vma *v, uint64_t va, uint32_t pages, uint32_t how)
{
	uint64_t size = pages * PAGE_SIZE;
	uint64_t lo = MAX(va & ~(size - 1), v->n.start);
	uint64_t hi = MIN((va & ~(size - 1)) + size, v->n.end);

	map_cached(v, lo, hi, how);
}

/* Holes of storage, walked through in order, are filled ahead. */
static void
fill_ahead(struct vma *v, uint64_t va)
{
	bool is_sequential = v->win_len && va == v->win_end;
	uint64_t at = va + PAGE_SIZE, fn;
	bool slept;

	v->win_len = is_sequential ? MIN(2 * v->win_len, AROUND) : 1;
	for (uint32_t i = 1; i < v->win_len && at < v->n.end; i++) {
		if (pte_get(v->mm, at) ||
		    pc_get(v->pc, vma_index(v, at), &fn, &slept))
			break;
		frame_put(fn, 1); /* the cache's reference remains */
		at += PAGE_SIZE;
	}
	v->win_start = va;
	v->win_end = at;
}

/* The page at @va comes into the cache. */
static int
fetch(struct vma *v, uint64_t va)
{
	bool slept = false;
	uint64_t fn;
	int err;

	err = pc_get(v->pc, vma_index(v, va), &fn, &slept);
	if (!err)
		frame_put(fn, 1); /* the cache's reference remains */
	if (slept)
		return err ? err : -EAGAIN; /* @v may be gone */
	if (!err && !v->pc->ops)
		fill_ahead(v, va);
	return err;
}

/* The block around @va is about to change behind private mappings' backs.
 * Returns: whether this slept. */
bool
share_changes(struct vma *v, uint64_t va)
{
	uint64_t index = vma_index(v, va) & ~(uint64_t)(WRITE_AROUND - 1);

	return copies_break(v->pc, index, index + WRITE_AROUND);
}

int
file_fault(struct vma *v, uint64_t va, bool write)
{
	uint64_t index = vma_index(v, va), fn;
	int err;

	if (index >= pc_end(v->pc))
		return -ERANGE;
	fn = pc_peek(v->pc, index);
	if (!fn) {
		struct mm *mm = v->mm;

		err = fetch(v, va);
		if (err == -EAGAIN)
			mm->maj_faults++;
		if (err)
			return err;
		fn = pc_peek(v->pc, index);
	}
	if (write && !(v->flags & VMA_SHARED)) {
		copies_note(v, va);
		err = own_page(v, va, frame_addr(fn));
		if (!err)
			map_block(v, va, AROUND, 0);
		return err;
	}
	if (write && v->pc->ops && share_changes(v, va))
		return -EAGAIN;
	if (write)
		map_block(v, va, WRITE_AROUND, SHOW_WRITABLE);
	map_block(v, va, AROUND, free_to_write(v));
	return pte_get(v->mm, va) ? 0 : -ENOMEM;
}
