/* SPDX-License-Identifier: MIT */
/*
 * mm/internal_pc.h - page caches from the inside.
 *
 * Pages are kept in chunks of 64.  io_lock is held while pages are filled,
 * written back or dropped, so that no two of these meet; storage (a cache
 * without ops) never sleeps and needs no lock.  Whoever uses a frame across a
 * sleep holds a reference to it and looks again afterwards.
 */
#ifndef MM_INTERNAL_PC_H
#define MM_INTERNAL_PC_H

#include "mm/internal.h"

#define CHUNK_PAGES 64u
#define NO_LIMIT    UINT64_MAX

struct chunk {
	uint64_t index;		 /* of its first page */
	uint64_t present, dirty; /* bit per page */
	uint64_t copied;	 /* written in private mappings before */
	struct range *range;	 /* where its pages go: slot i at fn0 + i */
	uint64_t fn0;
	bool was_used; /* since reclaim last looked */
	uint32_t fn[CHUNK_PAGES];
};

struct chunk *chunk_find(struct pagecache *pc, uint64_t index);
struct chunk *chunk_make(struct pagecache *pc, uint64_t index);
/* chunk_next - the first chunk that has pages at or after @index. */
struct chunk *chunk_next(struct pagecache *pc, uint64_t index);

static inline uint32_t
chunk_slot(uint64_t index)
{
	return index & (CHUNK_PAGES - 1);
}

/* chunk_mask - the bits of pages [from, to) that lie in @c. */
static inline uint64_t
chunk_mask(const struct chunk *c, uint64_t from, uint64_t to)
{
	uint64_t lo = MAX(from, c->index), hi = MIN(to, c->index + CHUNK_PAGES);

	if (lo >= hi)
		return 0;
	return ((hi - lo == 64 ? 0 : 1ull << (hi - lo)) - 1) << (lo - c->index);
}

/* pc_index_after - the page behind the bytes [pos, pos+len), which may mean
 * "to the end of all". */
static inline uint64_t
pc_index_after(uint64_t pos, uint64_t len)
{
	uint64_t end = pos + len;

	if (end < pos || end > UINT64_MAX - PAGE_SIZE)
		return NO_LIMIT;
	return page_up(end) / PAGE_SIZE;
}

/* pc_end - pages the file has. */
static inline uint64_t
pc_end(const struct pagecache *pc)
{
	return page_up(pc->size) / PAGE_SIZE;
}

/* pc_take - charged frames in a row for absent pages from @index on, at most
 * @n and within a chunk; zeroed if @zero.  Returns: how many, or -ENOMEM. */
MUST_CHECK int64_t pc_take(struct pagecache *pc, uint64_t index, uint64_t n,
			   bool zero, uint64_t *fn);
/* pc_insert - page @index, absent, is the frame @fn, whose reference the cache
 * takes.  -ENOMEM. */
MUST_CHECK int pc_insert(struct pagecache *pc, uint64_t index, uint64_t fn);
/* pc_place - the first of the frames that pages [index, index+n) have in the
 * cache's range.  Returns: 0 if they are not all in it, or not all free.
 * pc_new_range - another range, from the block of @index on. */
uint64_t pc_place(const struct pagecache *pc, uint64_t index, uint64_t n);
MUST_CHECK int pc_new_range(struct pagecache *pc, uint64_t index);
/* pc_is_movable - the frames of those of [first, end) that are there are used
 * by nobody but the cache. */
bool pc_is_movable(struct pagecache *pc, uint64_t first, uint64_t end);
/* pc_move - these go to the frames of @r that begin with @fn, which are the
 * caller's: their references become the cache's.  Those that come later go
 * there as well, from the first chunk on that begins here.  io_lock held.
 * -ENOMEM: nothing moved. */
MUST_CHECK int pc_move(struct pagecache *pc, uint64_t first, uint64_t end,
		       struct range *r, uint64_t fn);
/* pc_read - read the absent page @index and those after it, absent as well, in
 * its chunk, at most @n.  pc_read_into - @n absent pages, into frames from @fn
 * on: their references become the cache's, or are dropped.  io_lock held; they
 * sleep.  Returns: 0 or -errno. */
MUST_CHECK int pc_read(struct pagecache *pc, uint64_t index, uint64_t n);
MUST_CHECK int pc_read_into(struct pagecache *pc, uint64_t index, uint64_t n,
			    uint64_t fn);
/* pc_fill - read pages around the absent @index; sleeps.  0 if it may be
 * there now. */
MUST_CHECK int pc_fill(struct pagecache *pc, uint64_t index, uint64_t n);
/* pc_trim - free the chunk of @index if it has no pages. */
void pc_trim(struct pagecache *pc, uint64_t index);
/* pc_drop - pages of [from, to) leave the cache, dirty or not. */
void pc_drop(struct pagecache *pc, uint64_t from, uint64_t to);
/* chunk_drop - pages of @mask leave; the chunk is freed when empty. */
void chunk_drop(struct pagecache *pc, struct chunk *c, uint64_t mask);
/* chunk_clean - pages of @mask are dirty no longer. */
void chunk_clean(struct pagecache *pc, struct chunk *c, uint64_t mask);
/* pc_unmap - take pages [from, to) out of all mappings.  Sleeps. */
void pc_unmap(struct pagecache *pc, uint64_t from, uint64_t to,
	      bool even_private);
/* pc_settle - tell the host what was taken from those that map @pc.  Sleeps.
 * Returns: false if one could not be told now. */
bool pc_settle(struct pagecache *pc);
/* vma_overlap - the part of @v that shows pages [from, to), if any. */
bool vma_overlap(const struct vma *v, uint64_t from, uint64_t to, uint64_t *lo,
		 uint64_t *hi);
/* copies_break - pages [from, to) are about to change: private copies made
 * ahead and not written go.  Returns: whether there were any; then it slept. */
bool copies_break(struct pagecache *pc, uint64_t from, uint64_t to);
/* copies_of - a bit for each page of @c of which there are such copies: it may
 * not leave the cache. */
uint64_t copies_of(struct pagecache *pc, const struct chunk *c);
/* pc_write_protect - writes to [from, to) through mappings fault again.
 * Sleeps if there are any.  Returns: false if some mapping could not be told
 * yet. */
bool pc_write_protect(struct pagecache *pc, uint64_t from, uint64_t to);
/* pc_write_back - write the dirty pages of [from, to); io_lock held.  Sleeps.
 */
void pc_write_back(struct pagecache *pc, uint64_t from, uint64_t to);

/* --- program.c --- */

/* program_fill - the page @index is missing: if the file is a program, read its
 * block.  io_lock held; sleeps.  Returns: 0, -EBUSY if it is none or memory is
 * short, or -errno: then some of it may be there.  program_map - as much when
 * it is about to be mapped, best effort; io_lock not held. */
MUST_CHECK int program_fill(struct pagecache *pc, uint64_t index);
void program_map(struct pagecache *pc);

extern struct list pc_all; /* caches that have pages, by lru_link */

#endif /* MM_INTERNAL_PC_H */
