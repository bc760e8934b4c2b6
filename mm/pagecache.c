/* SPDX-License-Identifier: MIT */
/*
 * mm/pagecache.c - which frame holds which page of a file.
 *
 * New pages go to consecutive places of a range sized after the file, so that
 * a file read in any order ends up contiguous in physmem.  A place that is
 * taken (a page dropped but still mapped somewhere) makes the cache start
 * another range.
 *
 * Blocks of large files are blocks of frames (page.h), which have large pages
 * where the file is filled in order.  That a file is large shows when it has
 * grown: so what came before is moved then, if nobody looks at it.
 */
#include "mm/internal_pc.h"

#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

#define RANGE_MAX (MiB(256) / PAGE_SIZE)
#define BLOCK_FIRST                                                            \
	16u /* pages asked for at once, at the beginning of a file */

struct list pc_all = LIST_INIT(pc_all);

static uint64_t total_pages, shm_pages, dirty_pages;

struct chunk *
chunk_find(struct pagecache *pc, uint64_t index)
{
	return radix_find(&pc->chunks, index / CHUNK_PAGES);
}

struct chunk *
chunk_next(struct pagecache *pc, uint64_t index)
{
	uint64_t key = index / CHUNK_PAGES;

	return radix_next(&pc->chunks, &key);
}

struct chunk *
chunk_make(struct pagecache *pc, uint64_t index)
{
	struct chunk *c = chunk_find(pc, index);

	if (c)
		return c;
	c = KNEW(struct chunk);
	if (!c)
		return NULL;
	c->index = index & ~(uint64_t)(CHUNK_PAGES - 1);
	if (radix_insert(&pc->chunks, index / CHUNK_PAGES, c)) {
		kfree(c);
		return NULL;
	}
	return c;
}

static void
chunk_free(struct pagecache *pc, struct chunk *c)
{
	radix_remove(&pc->chunks, c->index / CHUNK_PAGES);
	if (c->range)
		range_put(c->range);
	kfree(c);
}

/* Slots free from @index on in the chunk's own range, at most @n. */
static uint64_t
room_at(const struct chunk *c, uint64_t index, uint64_t n)
{
	uint64_t fn = c->fn0 + chunk_slot(index);

	if (!c->range || fn < c->range->n.start || fn >= c->range->n.end)
		return 0;
	return range_free_run(fn, MIN(n, c->range->n.end - fn));
}

/* @c's pages go to the frames of @r that begin with @fn0. */
static void
chunk_set_range(struct chunk *c, struct range *r, uint64_t fn0)
{
	range_get(r);
	if (c->range)
		range_put(c->range);
	c->range = r;
	c->fn0 = fn0;
}

/* A new range for the cache, from page @index on: to the end of the file, or
 * with room to grow for one that is being written.  From the beginning of its
 * block on, if that is worth it. */
int
pc_new_range(struct pagecache *pc, uint64_t index)
{
	uint64_t end = pc_end(pc), first = index, n;
	struct range *r;

	n = index + 1 < end ? end - index : MAX(pc->npages, 16u);
	if (page_large && n >= BLOCK_PAGES / 2) {
		first = index & ~(uint64_t)(BLOCK_PAGES - 1);
		n = MAX(n + (index - first), (uint64_t)BLOCK_PAGES);
	}
	n = MIN(n, RANGE_MAX);
	if (range_new(n, &r)) {
		first = index;
		if (range_new(CHUNK_PAGES, &r))
			return -ENOMEM;
	}
	if (pc->range)
		range_put(pc->range);
	pc->range = r;
	pc->range_index = first;
	return 0;
}

bool
pc_is_movable(struct pagecache *pc, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i++) {
		uint64_t fn = pc_peek(pc, i);

		if (fn && frame_at(fn)->refs != 1)
			return false;
	}
	return true;
}

int
pc_move(struct pagecache *pc, uint64_t first, uint64_t end, struct range *r,
	uint64_t fn)
{
	for (uint64_t i = first; i < end; i += CHUNK_PAGES)
		if (!chunk_make(pc, i))
			return -ENOMEM;
	for (uint64_t i = first; i < end; i++, fn++) {
		struct chunk *c = chunk_find(pc, i);
		uint32_t *at = &c->fn[chunk_slot(i)];

		if (!chunk_slot(i))
			chunk_set_range(c, r, fn);
		if (!(c->present >> chunk_slot(i) & 1))
			continue;
		memcpy(frame_addr(fn), frame_addr(*at), PAGE_SIZE);
		frame_put(*at, 1);
		*at = fn;
	}
	return 0;
}

/* The pages of @index's block before it move to the new range, if all are there
 * and a large page can be had for them.  Nobody maps or writes them back. */
static void
gather(struct pagecache *pc, uint64_t index)
{
	uint64_t first = pc->range_index, n = index - first, fn;

	fn = pc->range->n.start;
	for (uint64_t i = first; i < index; i++)
		if (!pc_peek(pc, i))
			return;
	if (!pc_is_movable(pc, first, index))
		return;
	frame_block(pc->range, fn);
	if (!(frame_at(fn)->flags & FRAME_BLOCK) || range_free_run(fn, n) < n ||
	    frame_take(pc->range, fn, n, false) < 0)
		return;
	if (pc_move(pc, first, index, pc->range, fn))
		frame_put(fn, n);
}

static void
try_gather(struct pagecache *pc, uint64_t index)
{
	uint64_t n = index - pc->range_index;

	if (!n || n >= BLOCK_PAGES || !list_empty(&pc->mappings) ||
	    !mutex_trylock(&pc->io_lock))
		return;
	gather(pc, index);
	mutex_unlock(&pc->io_lock);
}

static bool
is_in_range(const struct pagecache *pc, uint64_t index)
{
	return pc->range && index >= pc->range_index &&
	       index - pc->range_index < pc->range->n.end - pc->range->n.start;
}

uint64_t
pc_place(const struct pagecache *pc, uint64_t index, uint64_t n)
{
	uint64_t fn;

	if (!is_in_range(pc, index) || !is_in_range(pc, index + n - 1))
		return 0;
	fn = pc->range->n.start + (index - pc->range_index);
	return range_free_run(fn, n) == n ? fn : 0;
}

/* @c, for which the cache's range has places, takes them. */
static void
use_range(const struct pagecache *pc, struct chunk *c)
{
	chunk_set_range(c, pc->range,
			pc->range->n.start + (c->index - pc->range_index));
}

int64_t
pc_take(struct pagecache *pc, uint64_t index, uint64_t n, bool zero,
	uint64_t *fn)
{
	struct chunk *c = chunk_make(pc, index);
	uint64_t got;

	if (!c)
		return -ENOMEM;
	n = MIN(n, CHUNK_PAGES - chunk_slot(index));
	got = room_at(c, index, n);
	if (!got && is_in_range(pc, index)) {
		use_range(pc, c);
		got = room_at(c, index, n);
	}
	if (!got && pc_new_range(pc, index) == 0) {
		try_gather(pc, index);
		use_range(pc, c);
		got = room_at(c, index, n);
	}
	*fn = c->fn0 + chunk_slot(index);
	if (got && (index ? pc_peek(pc, index - 1) : n >= BLOCK_FIRST))
		frame_block(c->range, *fn);
	if (got && frame_take(c->range, *fn, got, zero) >= 0)
		return got;
	if (got && frame_take(c->range, *fn, 1, zero) >= 0)
		return 1;
	if (!c->present)
		chunk_free(pc, c);
	return -ENOMEM;
}

int
pc_insert(struct pagecache *pc, uint64_t index, uint64_t fn)
{
	struct chunk *c = chunk_make(pc, index);

	if (!c)
		return -ENOMEM;
	c->fn[chunk_slot(index)] = fn;
	c->present |= 1ull << chunk_slot(index);
	c->was_used = true;
	if (!pc->npages++)
		list_append(&pc_all, &pc->lru_link);
	if (pc->ops)
		total_pages++;
	else
		shm_pages++;
	return 0;
}

void
chunk_clean(struct pagecache *pc, struct chunk *c, uint64_t mask)
{
	uint64_t n = 0;

	for (uint64_t bits = c->dirty & mask; bits; bits &= bits - 1)
		n++;
	c->dirty &= ~mask;
	pc->ndirty -= n;
	dirty_pages -= n;
}

void
chunk_drop(struct pagecache *pc, struct chunk *c, uint64_t mask)
{
	mask &= c->present;
	shelf_drop(pc);
	chunk_clean(pc, c, mask);
	c->present &= ~mask;
	for (; mask; mask &= mask - 1) {
		frame_put(c->fn[__builtin_ctzll(mask)], 1);
		pc->npages--;
		if (pc->ops)
			total_pages--;
		else
			shm_pages--;
	}
	if (!pc->npages)
		list_del(&pc->lru_link);
	if (!c->present)
		chunk_free(pc, c);
}

void
pc_trim(struct pagecache *pc, uint64_t index)
{
	struct chunk *c = chunk_find(pc, index);

	if (c && !c->present)
		chunk_free(pc, c);
}

void
pc_drop(struct pagecache *pc, uint64_t from, uint64_t to)
{
	struct chunk *c = chunk_next(pc, from);
	uint64_t next;

	for (; c && c->index < to; c = chunk_next(pc, next)) {
		next = c->index + CHUNK_PAGES;
		chunk_drop(pc, c, chunk_mask(c, from, to));
	}
}

uint64_t
pc_peek(struct pagecache *pc, uint64_t index)
{
	struct chunk *c = chunk_find(pc, index);

	if (!c || !(c->present >> chunk_slot(index) & 1))
		return 0;
	c->was_used = true;
	return c->fn[chunk_slot(index)];
}

void
pc_mark_dirty(struct pagecache *pc, uint64_t index)
{
	struct chunk *c = chunk_find(pc, index);
	uint64_t bit = 1ull << chunk_slot(index);

	shelf_drop(pc);
	if (!c || !pc->ops || !(c->present & bit) || (c->dirty & bit))
		return;
	c->dirty |= bit;
	dirty_pages++;
	if (!pc->ndirty++ && pc->ops->dirtied)
		pc->ops->dirtied(pc);
}

int
pc_get(struct pagecache *pc, uint64_t index, uint64_t *fn, bool *slept)
{
	int64_t n;
	int err;

	*slept = false;
	*fn = pc_peek(pc, index);
	if (!*fn && index >= pc_end(pc))
		return -ERANGE;
	if (!*fn && pc->ops) {
		*slept = true;
		err = pc_fill(pc, index, 0);
		if (err)
			return err;
		*fn = pc_peek(pc, index);
		if (!*fn)
			return -EAGAIN;
	}
	if (!*fn) {
		n = pc_take(pc, index, 1, true, fn);
		if (n < 0) {
			pc->fails++;
			return n;
		}
		if (pc_insert(pc, index, *fn)) {
			frame_put(*fn, 1);
			return -ENOMEM;
		}
	}
	frame_get(*fn);
	return 0;
}

void
pagecache_init(struct pagecache *pc, const struct pagecache_ops *ops,
	       void *owner, uint64_t size)
{
	*pc = (struct pagecache){.ops = ops, .owner = owner, .size = size};
	list_init(&pc->mappings);
	list_init(&pc->lru_link);
	mutex_init(&pc->io_lock);
}

void
pagecache_fini(struct pagecache *pc)
{
	kassert(list_empty(&pc->mappings));
	shelf_drop(pc);
	mutex_lock(&pc->io_lock); /* reclaim may be at it */
	pc_drop(pc, 0, NO_LIMIT);
	mutex_unlock(&pc->io_lock);
	kassert(!pc->npages && !pc->chunks.root);
	if (pc->range)
		range_put(pc->range);
	pc->range = NULL;
}

uint64_t
pagecache_total(void)
{
	return total_pages;
}

uint64_t
pagecache_dirty_total(void)
{
	return dirty_pages;
}

uint64_t
pagecache_shm_total(void)
{
	return shm_pages;
}
