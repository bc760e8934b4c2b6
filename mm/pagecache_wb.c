/* SPDX-License-Identifier: MIT */
/*
 * mm/pagecache_wb.c - write-back, and pages leaving their mappings.
 *
 * A page is clean when its bytes are with the file and nobody can change them
 * without a fault.  So before it is written its dirty mark goes and mappings
 * lose their write permission, and only when the host knows, it is written.
 */
#include "mm/internal_pc.h"

bool
vma_overlap(const struct vma *v, uint64_t from, uint64_t to, uint64_t *lo,
	    uint64_t *hi)
{
	uint64_t first = v->pgoff, end = v->pgoff + vma_pages(v);

	from = MAX(from, first);
	to = MIN(to, end);
	if (from >= to)
		return false;
	*lo = v->n.start + (from - first) * PAGE_SIZE;
	*hi = v->n.start + (to - first) * PAGE_SIZE;
	return true;
}

bool
pc_settle(struct pagecache *pc)
{
	bool all = true;
	struct vma *v;

again:
	LIST_EACH(v, &pc->mappings, pc_link) {
		struct mm *mm = v->mm;

		if (!mm->takes_away || !mm->refs || !mm->users)
			continue;
		if (mm->is_taken) {
			all = false;
			continue;
		}
		mm_get(mm);
		all &= mm_flush(mm) == 0;
		mm_put(mm);
		goto again; /* the list may be another one */
	}
	return all;
}

void
pc_unmap(struct pagecache *pc, uint64_t from, uint64_t to, bool even_private)
{
	uint64_t lo, hi;
	struct vma *v;

	LIST_EACH(v, &pc->mappings, pc_link)
		if (vma_overlap(v, from, to, &lo, &hi))
			zap_range(v->mm, lo, hi, even_private);
	pc_settle(pc);
}

static void
protect_vma(struct vma *v, uint64_t lo, uint64_t hi)
{
	uint64_t va = lo, first = 0, end = 0;
	uint32_t prot = host_prot(v->prot, false);
	pte_t p;

	for (; (p = pte_next(v->mm, &va, hi)); va += PAGE_SIZE) {
		if (!(p & PTE_WRITE))
			continue;
		pte_change(v->mm, va, p & ~(pte_t)PTE_WRITE);
		if (!(p & PTE_HOST))
			continue;
		if (va != end) {
			as_protect(v->mm, first, end, prot);
			first = va;
		}
		end = va + PAGE_SIZE;
	}
	as_protect(v->mm, first, end, prot);
}

bool
pc_write_protect(struct pagecache *pc, uint64_t from, uint64_t to)
{
	uint64_t lo, hi;
	struct vma *v;

	LIST_EACH(v, &pc->mappings, pc_link)
		if ((v->flags & VMA_SHARED) &&
		    vma_overlap(v, from, to, &lo, &hi))
			protect_vma(v, lo, hi);
	return pc_settle(pc);
}

/* Dirty pages in a row from slot @i of @mask on, in neighbouring frames. */
static uint32_t
run_length(const struct chunk *c, uint64_t mask, uint32_t i)
{
	uint32_t n = 1;

	while (i + n < CHUNK_PAGES && (mask >> (i + n) & 1) &&
	       c->fn[i + n] == c->fn[i] + n)
		n++;
	return n;
}

/* io_lock is held: the pages stay, whatever happens while we sleep. */
static int
write_chunk(struct pagecache *pc, struct chunk *c, uint64_t mask)
{
	uint64_t index = c->index;
	int first_err = 0;

	while (mask) {
		uint32_t i = __builtin_ctzll(mask), n = run_length(c, mask, i);
		uint64_t pos = (index + i) * PAGE_SIZE;
		uint64_t done = chunk_mask(c, index + i, index + i + n);
		int err = 0;

		if (pos < pc->size)
			err = pc->ops->write(
				pc, pos, frame_addr(c->fn[i]),
				MIN(n * PAGE_SIZE, pc->size - pos));
		mask &= ~done;
		for (uint32_t k = i; err && k < i + n; k++)
			pc_mark_dirty(pc, index + k);
		if (err && !first_err)
			first_err = err;
	}
	return first_err;
}

void
pc_write_back(struct pagecache *pc, uint64_t from, uint64_t to)
{
	struct chunk *c = chunk_next(pc, from);
	uint64_t next;

	for (; c && c->index < to; c = chunk_next(pc, next)) {
		uint64_t mask = c->dirty & chunk_mask(c, from, to);
		bool told;
		int err;

		next = c->index + CHUNK_PAGES;
		if (!mask)
			continue;
		chunk_clean(pc, c, mask);
		told = pc_write_protect(pc, c->index, next);
		err = write_chunk(pc, c, mask);
		if (err && !pc->wb_error)
			pc->wb_error = err;
		/* Someone may still write without a fault. */
		for (uint32_t i = 0; !told && i < CHUNK_PAGES; i++)
			if (mask >> i & 1)
				pc_mark_dirty(pc, c->index + i);
	}
}

int
pagecache_sync(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	int err;

	if (!pc->ops)
		return 0;
	mutex_lock(&pc->io_lock);
	if (pc->ndirty)
		pc_write_back(pc, pos / PAGE_SIZE, pc_index_after(pos, len));
	err = pc->wb_error;
	pc->wb_error = 0;
	mutex_unlock(&pc->io_lock);
	return err;
}

bool
pagecache_write_out(struct pagecache *pc, uint64_t *pos, const void **buf,
		    uint64_t *len)
{
	struct chunk *c = chunk_next(pc, 0);
	uint32_t i, n;

	while (c && !c->dirty)
		c = chunk_next(pc, c->index + CHUNK_PAGES);
	if (!c || !list_empty(&pc->mappings))
		return false;
	i = (uint32_t)__builtin_ctzll(c->dirty);
	n = run_length(c, c->dirty, i);
	*pos = (c->index + i) * PAGE_SIZE;
	if (n != pc->ndirty || *pos >= pc->size || pc->wb_error ||
	    !mutex_trylock(&pc->io_lock))
		return false;
	*buf = frame_addr(c->fn[i]);
	*len = MIN(n * PAGE_SIZE, pc->size - *pos);
	chunk_clean(pc, c, c->dirty);
	return true;
}

void
pagecache_written(struct pagecache *pc, uint64_t pos, uint64_t len, int err)
{
	uint64_t end = pc_index_after(pos, len);

	for (uint64_t i = pos / PAGE_SIZE; err && i < end; i++)
		pc_mark_dirty(pc, i);
	mutex_unlock(&pc->io_lock);
}

/* Pages of @c in @mask that are clean, that only the cache uses, and that
 * nobody has copies of which must follow them. */
static uint64_t
idle_pages(struct pagecache *pc, const struct chunk *c, uint64_t mask)
{
	uint64_t idle = 0;

	for (mask &= c->present & ~c->dirty; mask; mask &= mask - 1) {
		uint32_t i = __builtin_ctzll(mask);

		if (frame_at(c->fn[i])->refs == 1)
			idle |= 1ull << i;
	}
	return idle ? idle & ~copies_of(pc, c) : 0;
}

void
pagecache_forget(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	uint64_t from = page_up(pos) / PAGE_SIZE;
	uint64_t to = pc_index_after(pos, len);
	struct chunk *c = chunk_next(pc, from);
	uint64_t next;

	if (!pc->ops || !mutex_trylock(&pc->io_lock))
		return;
	for (; c && c->index < to; c = chunk_next(pc, next)) {
		next = c->index + CHUNK_PAGES;
		chunk_drop(pc, c, idle_pages(pc, c, chunk_mask(c, from, to)));
	}
	mutex_unlock(&pc->io_lock);
}

/* Where shrinking a cache goes on when a chunk is done. */
typedef uint64_t shrink_fn(struct pagecache *pc, struct chunk *c);

static uint64_t
shrink_idle(struct pagecache *pc, struct chunk *c)
{
	uint64_t before = pc->npages;

	if (c->was_used)
		c->was_used = false; /* its second chance */
	else
		chunk_drop(pc, c, idle_pages(pc, c, UINT64_MAX));
	return before - pc->npages;
}

static uint64_t
shrink_mapped(struct pagecache *pc, struct chunk *c)
{
	uint64_t before = pc->npages, index = c->index;

	pc_unmap(pc, index, index + CHUNK_PAGES, false); /* sleeps */
	copies_break(pc, index, index + CHUNK_PAGES);	 /* so does this */
	c = chunk_find(pc, index);
	if (c)
		chunk_drop(pc, c, idle_pages(pc, c, UINT64_MAX));
	return before - pc->npages;
}

static uint64_t
shrink_cache(struct pagecache *pc, uint64_t want, shrink_fn *fn)
{
	struct chunk *c = chunk_next(pc, 0);
	uint64_t freed = 0, next;

	for (; c && freed < want; c = chunk_next(pc, next)) {
		next = c->index + CHUNK_PAGES;
		freed += fn(pc, c);
	}
	return freed;
}

/* Go @rounds times round the caches of files, from the one looked at longest
 * ago. */
static uint64_t
shrink_all(uint64_t pages, uint64_t rounds, shrink_fn *fn)
{
	uint64_t freed = 0, n = 0;
	struct pagecache *pc;

	LIST_EACH(pc, &pc_all, lru_link)
		n++;
	for (n *= rounds; n && freed < pages && !list_empty(&pc_all); n--) {
		pc = LIST_FIRST(&pc_all, struct pagecache, lru_link);
		list_del(&pc->lru_link);
		list_append(&pc_all, &pc->lru_link);
		if (!pc->ops || !mutex_trylock(&pc->io_lock))
			continue;
		freed += shrink_cache(pc, pages - freed, fn);
		mutex_unlock(&pc->io_lock);
	}
	return freed;
}

uint64_t
pc_shrink(uint64_t pages)
{
	return shrink_all(pages, 2, shrink_idle);
}

uint64_t
pc_shrink_mapped(uint64_t pages)
{
	return shrink_all(pages, 1, shrink_mapped);
}
