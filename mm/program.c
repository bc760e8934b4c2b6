/* SPDX-License-Identifier: MIT */
/*
 * mm/program.c - programs and libraries are read by the block.
 *
 * What is mapped of a program is touched here and there, and soon most of it
 * is: piece by piece each costs a fault, a question to the machine, fresh
 * frames and a mapping, several times what the bytes cost.  So all that a block
 * of a program's file has comes at once: the first block when it is mapped,
 * another when a page of it is missing.  Small files thus come whole, of others
 * no more than what has been touched, to the block.
 *
 * The frames are to be those of a large page, which costs a tenth of as many
 * single ones: a block of the file's own, or for a small one a part of one that
 * several share.  What read(2) has brought before, the headers, moves there as
 * long as nobody maps it.
 *
 * Where memory is short nothing of this is done.
 */
#include "mm/internal_pc.h"

#include "base/str.h"

/* Files that need less share a block. */
#define SHARE_MAX (BLOCK_PAGES / 2)

/* The block that small files share, and what nobody was given of it yet. */
static struct range *shared;
static uint64_t shared_at, seen_at;

static bool
is_program(struct pagecache *pc)
{
	uint64_t fn = pc->ops ? pc_peek(pc, 0) : 0;

	return fn && memcmp(frame_addr(fn), "\177ELF", 4) == 0;
}

static bool
is_memory_short(void)
{
	return page_room() < page_limit / 4 || page_limit < 8 * BLOCK_PAGES;
}

/* Are all of [first, end) there?  It begins a chunk. */
static bool
is_whole(struct pagecache *pc, uint64_t first, uint64_t end)
{
	for (uint64_t i = first; i < end; i += CHUNK_PAGES) {
		const struct chunk *c = chunk_find(pc, i);

		if (!c || (chunk_mask(c, first, end) & ~c->present))
			return false;
	}
	return true;
}

/* @n frames in a row out of the shared block, which the caller holds by
 * @out. */
static int
share(uint64_t n, struct range **out, uint64_t *fn)
{
	struct range *r;

	if (!shared || shared_at + n > shared->n.end ||
	    range_free_run(shared_at, n) < n) {
		if (range_new(BLOCK_PAGES, &r))
			return -ENOMEM;
		if (shared)
			range_put(shared);
		shared = r;
		shared_at = r->n.start;
		frame_block(r, shared_at);
		spare_watch();
	}
	*out = shared;
	*fn = shared_at;
	range_get(shared);
	shared_at += n;
	return 0;
}

void
program_trim(void)
{
	if (!shared)
		return;
	if (shared_at != seen_at) {
		seen_at = shared_at;
		return;
	}
	range_give_back(shared, shared_at, shared->n.end - shared_at);
	range_put(shared);
	shared = NULL;
}

bool
program_shares(void)
{
	return shared;
}

/* Frames for the block of @n pages from @first on, which the caller holds by
 * @out: @fn is that of its first page. */
static int
house(struct pagecache *pc, uint64_t first, uint64_t n, struct range **out,
      uint64_t *fn)
{
	uint64_t at;

	if (n < SHARE_MAX)
		return share(n, out, fn);
	at = pc_place(pc, first, n);
	if (!at) {
		if (pc_new_range(pc, first))
			return -ENOMEM;
		at = pc_place(pc, first, n);
	}
	if (!at)
		return -ENOMEM;
	*out = pc->range;
	*fn = at;
	range_get(*out);
	frame_block(*out, at);
	return 0;
}

/* Read into the frames from @fn on, which are taken, those of the @n pages from
 * @first on that were not there. */
static int
read_absent(struct pagecache *pc, uint64_t first, uint64_t n, uint64_t fn)
{
	bool is_there[BLOCK_PAGES];
	uint64_t i, run;
	int err = 0;

	for (i = 0; i < n; i++)
		is_there[i] = pc_peek(pc, first + i);
	for (i = 0; i < n; i += run) {
		run = 1;
		while (i + run < n && is_there[i + run] == is_there[i])
			run++;
		if (is_there[i])
			continue;
		if (err)
			frame_put(fn + i, run);
		else
			err = pc_read_into(pc, first + i, run, fn + i);
	}
	return err;
}

/* All of the block [first, end), of which what is there moves.  -EBUSY: it
 * cannot, or there are no frames. */
static int
read_moved(struct pagecache *pc, uint64_t first, uint64_t end)
{
	uint64_t n = end - first, fn;
	struct range *r;
	int err;

	if (!page_large || !pc_is_movable(pc, first, end) ||
	    house(pc, first, n, &r, &fn))
		return -EBUSY;
	/* To have a large page asked the machine; look again. */
	if (range_free_run(fn, n) < n || !pc_is_movable(pc, first, end) ||
	    frame_take(r, fn, n, false) < 0) {
		range_put(r);
		return -EBUSY;
	}
	frame_prepare(fn, n);
	err = pc_move(pc, first, end, r, fn);
	if (err)
		frame_put(fn, n);
	else
		err = read_absent(pc, first, n, fn);
	for (uint64_t i = first; i < end; i += CHUNK_PAGES)
		pc_trim(pc, i);
	range_put(r);
	return err;
}

int
program_fill(struct pagecache *pc, uint64_t index)
{
	uint64_t first = index & ~(uint64_t)(BLOCK_PAGES - 1);
	uint64_t end = MIN(first + BLOCK_PAGES, pc_end(pc));
	int err;

	if (index >= end || !is_program(pc) || is_memory_short())
		return -EBUSY;
	if (is_whole(pc, first, end))
		return 0;
	err = read_moved(pc, first, end);
	if (err != -EBUSY)
		return err;
	err = 0;
	for (uint64_t i = first; !err && i < MIN(end, pc_end(pc)); i++)
		if (!pc_peek(pc, i))
			err = pc_read(pc, i, end - i);
	return err;
}

void
program_map(struct pagecache *pc)
{
	uint64_t end = MIN(BLOCK_PAGES, pc_end(pc));

	if (!is_program(pc) || is_whole(pc, 0, end))
		return;
	mutex_lock(&pc->io_lock);
	(void)!program_fill(pc, 0);
	mutex_unlock(&pc->io_lock);
}
