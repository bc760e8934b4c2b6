/* SPDX-License-Identifier: MIT */
/*
 * mm/pagecache_io.c - bytes in and out of page caches: read(2) and write(2),
 * and filling and writing back beneath them.
 *
 * How much is read at once follows from what is there: pages in a row just
 * before a missing one mean that the file is read in order, and the longer
 * they are, the more is read ahead.
 */
#include "mm/internal_pc.h"

#include "base/str.h"
#include "mm/uio.h"

#define AHEAD_MIN  4u
#define SMALL_FILE 16u /* pages; read whole */

/* Pages present in a row before @index, in its chunk or all of the one
 * before. */
static uint32_t
pages_before(struct pagecache *pc, uint64_t index)
{
	struct chunk *c;
	uint64_t absent;

	if (!index)
		return 0;
	c = chunk_find(pc, index - 1);
	if (!c)
		return 0;
	absent = ~c->present << (63 - chunk_slot(index - 1));
	return absent ? (uint32_t)__builtin_clzll(absent) : CHUNK_PAGES;
}

/* Absent pages from @index on, within its chunk and the file, at most @n. */
static uint64_t
absent_run(struct pagecache *pc, uint64_t index, uint64_t n)
{
	struct chunk *c = chunk_find(pc, index);
	uint64_t present, end = pc_end(pc);

	n = MIN(n, CHUNK_PAGES - chunk_slot(index));
	n = MIN(n, end > index ? end - index : 0);
	present = c ? c->present >> chunk_slot(index) : 0;
	return present ? MIN(n, (uint64_t)__builtin_ctzll(present)) : n;
}

/* Where to start reading for a fault on @index: neighbours before it too. */
static uint64_t
around(struct pagecache *pc, uint64_t index)
{
	uint64_t first = index & ~15ull;

	while (first < index &&
	       absent_run(pc, first, index - first) < index - first)
		first++;
	return first;
}

int
pc_read_into(struct pagecache *pc, uint64_t index, uint64_t n, uint64_t fn)
{
	int err = pc->ops->read(pc, index, n, frame_addr(fn));

	for (uint64_t i = 0; i < n; i++) {
		/* Meanwhile the file may have been cut, or the page made by
		 * a write. */
		bool is_wanted = !err && index + i < pc_end(pc) &&
				 !pc_peek(pc, index + i);

		if (is_wanted)
			err = pc_insert(pc, index + i, fn + i);
		if (!is_wanted || err)
			frame_put(fn + i, 1);
	}
	return err;
}

int
pc_read(struct pagecache *pc, uint64_t index, uint64_t n)
{
	uint64_t fn;
	int64_t got;
	int err;

	n = absent_run(pc, index, n);
	if (!n)
		return 0;
	got = pc_take(pc, index, n, false, &fn);
	if (got < 0)
		return got;
	frame_prepare(fn, got);
	err = pc_read_into(pc, index, got, fn);
	pc_trim(pc, index);
	return err;
}

/* Read pages around the absent @index, as many as seem worth it. */
static int
read_around(struct pagecache *pc, uint64_t index, uint64_t n)
{
	uint32_t before = pages_before(pc, index);
	uint64_t first = index;
	int err;

	if (!n && program_fill(pc, index) == 0 && pc_peek(pc, index))
		return 0;
	if (index >= pc_end(pc))
		return -ERANGE;
	if (pc_end(pc) <= SMALL_FILE) {
		n = SMALL_FILE;
	} else if (!n) { /* a fault */
		first = around(pc, index);
		n = MAX(32u, 2 * before);
	} else if (before || !index) {
		n = MAX(n, MAX(AHEAD_MIN, 2ull * before));
	}
	err = pc_read(pc, first, n);
	/* Too little memory to get as far as the page wanted, or others cannot
	 * be read. */
	if (!pc_peek(pc, index) && (!err || n > 1) && err != -ENOMEM)
		err = pc_read(pc, index, 1);
	return err;
}

int
pc_fill(struct pagecache *pc, uint64_t index, uint64_t n)
{
	int err = 0;

	mutex_lock(&pc->io_lock);
	if (index >= pc_end(pc))
		err = -ERANGE;
	else if (!pc_peek(pc, index))
		err = read_around(pc, index, n);
	mutex_unlock(&pc->io_lock);
	return err;
}

/* Fill, making room if memory is out. */
static int
fill_or_reclaim(struct pagecache *pc, uint64_t index, uint64_t n)
{
	int err = pc_fill(pc, index, n);

	if (err == -ENOMEM && mm_reclaim(CHUNK_PAGES * PAGE_SIZE))
		err = pc_fill(pc, index, n);
	return err;
}

/* Of the pages from @index on, present, in its chunk: how many have frames that
 * follow each other; at most @n. */
static uint64_t
present_run(struct pagecache *pc, uint64_t index, uint64_t n)
{
	struct chunk *c = chunk_find(pc, index);
	uint32_t slot = chunk_slot(index), run = 1;

	n = MIN(n, CHUNK_PAGES - slot);
	while (run < n && (c->present >> (slot + run) & 1) &&
	       c->fn[slot + run] == c->fn[slot] + run)
		run++;
	return run;
}

/* Move up to @n bytes between @u and the frames from @fn on, held meanwhile. */
static int64_t
copy_frames(struct uio *u, uint64_t fn, uint64_t off, uint64_t n)
{
	uint64_t pages = page_span(off, n);
	int64_t r;

	for (uint64_t i = 0; i < pages; i++)
		frame_get(fn + i);
	if (u->dir == UIO_FROM_GUEST)
		frame_prepare(fn, pages);
	r = uio_copy_unlocked(u, (char *)frame_addr(fn) + off, n);
	frame_put(fn, pages);
	return r;
}

int
pagecache_read(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	while (u->left && *pos < pc->size) {
		uint64_t index = *pos / PAGE_SIZE, off = *pos % PAGE_SIZE;
		uint64_t n = MIN(u->left, pc->size - *pos);
		uint64_t pages = page_span(off, n);
		uint64_t fn = pc_peek(pc, index);
		int64_t r;

		if (!fn && pc->ops) {
			r = fill_or_reclaim(pc, index,
					    page_up(off + u->left) / PAGE_SIZE);
			if (r == -ERANGE)
				break; /* cut meanwhile */
			if (r)
				return r;
			continue;
		}
		pages = fn ? present_run(pc, index, pages)
			   : absent_run(pc, index, pages);
		n = MIN(n, pages * PAGE_SIZE - off);
		r = fn ? copy_frames(u, fn, off, n) : uio_zero(u, n);
		if (r < 0)
			return r;
		*pos += r;
	}
	return 0;
}

/* Bytes behind the end of file in its last page become zeros, which they must
 * be before the file gets longer. */
static void
zero_tail(struct pagecache *pc, uint64_t size)
{
	uint64_t off = size % PAGE_SIZE;
	uint64_t fn = off ? pc_peek(pc, size / PAGE_SIZE) : 0;

	if (fn)
		memset((char *)frame_addr(fn) + off, 0, PAGE_SIZE - off);
}

static void
wrote(struct pagecache *pc, uint64_t *pos, uint64_t n)
{
	uint64_t pages = page_span(*pos, n);

	for (uint64_t i = 0; i < pages; i++)
		pc_mark_dirty(pc, *pos / PAGE_SIZE + i);
	*pos += n;
	if (*pos > pc->size)
		pc->size = *pos;
}

/* Of @r bytes written at @pos to the frames from @fn on, less than was meant to
 * be: those that make pages of the file whole.  A page of which it has nothing
 * yet is whole with zeros. */
static uint64_t
whole_bytes(const struct pagecache *pc, uint64_t fn, uint64_t pos, uint64_t r)
{
	uint64_t rest = (pos + r) % PAGE_SIZE;

	if (!rest)
		return r;
	if (pc->ops && (pos + r) / PAGE_SIZE < pc_end(pc))
		return r < rest ? 0 : r - rest;
	memset((char *)frame_addr(fn) + pos % PAGE_SIZE + r, 0,
	       PAGE_SIZE - rest);
	return r;
}

/*
 * Write @n bytes into absent pages from @pos on, of which the file has nothing
 * that they do not cover.  Returns: bytes, -errno; -EAGAIN to start over.
 */
static int64_t
write_new(struct pagecache *pc, struct uio *u, uint64_t pos, uint64_t n)
{
	uint64_t index = pos / PAGE_SIZE, off = pos % PAGE_SIZE, fn;
	uint64_t pages = page_span(off, n), good, i = 0;
	int64_t got = pc_take(pc, index, pages, n < PAGE_SIZE, &fn), r;

	if (got < 0)
		return mm_reclaim(CHUNK_PAGES * PAGE_SIZE) ? -EAGAIN : -ENOSPC;
	n = MIN(n, got * PAGE_SIZE - off);
	frame_prepare(fn, got);
	r = uio_copy_unlocked(u, (char *)frame_addr(fn) + off, n);
	good = r <= 0 ? 0 : r < (int64_t)n ? whole_bytes(pc, fn, pos, r) : n;
	pages = good ? page_span(off, good) : 0;
	while (i < pages && !pc_peek(pc, index + i) &&
	       !pc_insert(pc, index + i, fn + i))
		i++;
	frame_put(fn + i, got - i);
	pc_trim(pc, index);
	if (r < 0)
		return r;
	good = i ? MIN(good, i * PAGE_SIZE - off) : 0;
	uio_rewind(u, r - good);
	return good ? (int64_t)good : -EAGAIN;
}

/* Does a write of [pos, pos+n), within a page or of whole ones, leave nothing
 * of the old? */
static bool
covers(const struct pagecache *pc, uint64_t pos, uint64_t n)
{
	uint64_t start = page_down(pos);

	return !pc->ops || start >= pc->size ||
	       (pos == start && (n % PAGE_SIZE == 0 || pos + n >= pc->size));
}

/* What to write at once of @n bytes at @pos: pages that are there, in a row; or
 * are not, and will be whole; or one. */
static uint64_t
next_piece(struct pagecache *pc, uint64_t pos, uint64_t n)
{
	uint64_t index = pos / PAGE_SIZE, off = pos % PAGE_SIZE, run = 1;
	uint64_t most = MIN(n / PAGE_SIZE, CHUNK_PAGES - chunk_slot(index));

	if (pc_peek(pc, index))
		run = present_run(pc, index, page_span(off, n));
	else if (!off)
		while (run < most && !pc_peek(pc, index + run))
			run++;
	return MIN(n, run * PAGE_SIZE - off);
}

/* Change @n bytes at @pos in pages that are there, @fn the first's frame. */
static int64_t
write_old(struct pagecache *pc, struct uio *u, uint64_t pos, uint64_t n,
	  uint64_t fn)
{
	uint64_t index = pos / PAGE_SIZE, off = pos % PAGE_SIZE, i = 0, good;
	int64_t r;

	shelf_drop(pc);
	pc->nwriters++;
	r = copy_frames(u, fn, off, n);
	pc->nwriters--;
	if (r <= 0)
		return r;
	while (i < page_span(off, r) && pc_peek(pc, index + i) == fn + i)
		i++;
	/* The others went while we slept. */
	good = i ? MIN((uint64_t)r, i * PAGE_SIZE - off) : 0;
	uio_rewind(u, r - good);
	return good ? (int64_t)good : -EAGAIN;
}

static int64_t
write_piece(struct pagecache *pc, struct uio *u, uint64_t pos, uint64_t n,
	    bool may_skip_read)
{
	uint64_t index = pos / PAGE_SIZE, end = index + page_span(pos, n);
	uint64_t fn = pc_peek(pc, index);
	int r;

	if (!list_empty(&pc->mappings) && copies_break(pc, index, end))
		return -EAGAIN;
	if (fn)
		return write_old(pc, u, pos, n, fn);
	if ((may_skip_read || !pc->ops || index >= pc_end(pc)) &&
	    covers(pc, pos, n))
		return write_new(pc, u, pos, n);
	r = fill_or_reclaim(pc, index, 1);
	return r == 0 || r == -ERANGE ? -EAGAIN : r;
}

int
pagecache_write(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	bool may_skip_read = true;

	while (u->left) {
		uint64_t n = next_piece(pc, *pos, u->left);
		int64_t r;

		if (*pos + n > pc->size)
			zero_tail(pc, pc->size);
		r = write_piece(pc, u, *pos, n, may_skip_read);
		may_skip_read = r != -EAGAIN;
		if (r == -EAGAIN)
			continue;
		if (r < 0)
			return r == -ENOMEM ? -ENOSPC : r;
		wrote(pc, pos, r);
	}
	return 0;
}

void
pagecache_resize(struct pagecache *pc, uint64_t size)
{
	uint64_t old = pc->size, end = page_up(size) / PAGE_SIZE;

	if (pc->ops)
		mutex_lock(&pc->io_lock);
	pc->nwriters++;
	shelf_drop(pc);
	if (size < old && size % PAGE_SIZE)
		copies_break(pc, size / PAGE_SIZE, end);
	zero_tail(pc, MIN(size, old));
	pc->size = size;
	if (size < old) {
		pc_drop(pc, end, NO_LIMIT);
		pc_unmap(pc, end, NO_LIMIT, true);
		zero_tail(pc, size);
	}
	pc->nwriters--;
	if (pc->ops)
		mutex_unlock(&pc->io_lock);
}

/* Zero the present part of [pos, end), within one page. */
static void
zero_bytes(struct pagecache *pc, uint64_t pos, uint64_t end)
{
	uint64_t fn = pos < end ? pc_peek(pc, pos / PAGE_SIZE) : 0;

	if (!fn)
		return;
	memset((char *)frame_addr(fn) + pos % PAGE_SIZE, 0, end - pos);
	pc_mark_dirty(pc, pos / PAGE_SIZE);
}

int
pagecache_punch(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	uint64_t end = pos + len < pos ? UINT64_MAX & PAGE_MASK : pos + len;
	uint64_t first = page_up(pos), last = page_down(end);

	if (pc->ops)
		mutex_lock(&pc->io_lock);
	pc->nwriters++;
	copies_break(pc, pos / PAGE_SIZE, pc_index_after(pos, len));
	if (first > last) { /* inside one page */
		zero_bytes(pc, pos, end);
	} else {
		zero_bytes(pc, pos, first);
		zero_bytes(pc, last, end);
		pc_drop(pc, first / PAGE_SIZE, last / PAGE_SIZE);
		pc_unmap(pc, first / PAGE_SIZE, last / PAGE_SIZE, false);
	}
	pc->nwriters--;
	if (pc->ops)
		mutex_unlock(&pc->io_lock);
	return 0;
}

int
pagecache_allocate(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	uint64_t index = pos / PAGE_SIZE, end = page_up(pos + len) / PAGE_SIZE;

	while (index < end) {
		uint64_t n = MIN(end - index, CHUNK_PAGES - chunk_slot(index));
		uint64_t fn;
		int64_t got;

		if (pc_peek(pc, index)) {
			index++;
			continue;
		}
		/* Not absent_run(): the file may still be shorter. */
		for (got = 1; got < (int64_t)n && !pc_peek(pc, index + got);)
			got++;
		got = pc_take(pc, index, got, true, &fn);
		if (got < 0 && mm_reclaim(CHUNK_PAGES * PAGE_SIZE))
			continue;
		if (got < 0)
			return -ENOSPC;
		for (; got; got--, index++, fn++) {
			if (pc_insert(pc, index, fn)) {
				frame_put(fn, got);
				return -ENOSPC;
			}
		}
	}
	return 0;
}

int64_t
pagecache_seek(struct pagecache *pc, uint64_t pos, bool for_data)
{
	uint64_t index = pos / PAGE_SIZE, end = pc_end(pc);

	if (pos >= pc->size)
		return -ENXIO;
	while (index < end && !!pc_peek(pc, index) != for_data) {
		struct chunk *c = chunk_next(pc, index);

		if (for_data && (!c || c->index > index))
			index = c ? c->index : end;
		else
			index++;
	}
	if (index >= end)
		return for_data ? -ENXIO : (int64_t)pc->size;
	return MAX(pos, index * PAGE_SIZE);
}

void
pagecache_prefetch(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	uint64_t index = pos / PAGE_SIZE, end;

	if (!pc->ops)
		return;
	end = MIN(page_up(pos + MIN(len, MiB(2))) / PAGE_SIZE, pc_end(pc));
	while (index < end) {
		if (!pc_peek(pc, index) && pc_fill(pc, index, end - index))
			return;
		index++;
	}
}
