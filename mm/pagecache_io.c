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

#define AHEAD_MIN   4u
#define PREPARE_MIN 4u
#define SMALL_FILE  16u /* pages; read whole */

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

/* Read @n absent pages from @index on into frames and into the cache. */
static int
read_pages(struct pagecache *pc, uint64_t index, uint64_t n)
{
	uint64_t fn;
	int64_t got = pc_take(pc, index, n, false, &fn);
	int err;

	if (got < 0)
		return got;
	frame_prepare(fn, got);
	err = pc->ops->read(pc, index, got, frame_addr(fn));
	for (uint64_t i = 0; i < (uint64_t)got; i++) {
		/* Meanwhile the file may have been cut, or the page made by
		 * a write. */
		bool is_wanted = !err && index + i < pc_end(pc) &&
				 !pc_peek(pc, index + i);

		if (is_wanted)
			err = pc_insert(pc, index + i, fn + i);
		if (!is_wanted || err)
			frame_put(fn + i, 1);
	}
	pc_trim(pc, index);
	return err;
}

int
pc_fill(struct pagecache *pc, uint64_t index, uint64_t n)
{
	uint64_t first = index;
	int err = 0;

	mutex_lock(&pc->io_lock);
	if (index >= pc_end(pc)) {
		err = -ERANGE;
	} else if (!pc_peek(pc, index)) {
		uint32_t before = pages_before(pc, index);

		if (pc_end(pc) <= SMALL_FILE) {
			n = SMALL_FILE;
		} else if (!n) { /* a fault */
			first = around(pc, index);
			n = MAX(32u, 2 * before);
		} else if (before || !index) {
			n = MAX(n, MAX(AHEAD_MIN, 2ull * before));
		}
		n = absent_run(pc, first, n);
		err = read_pages(pc, first, n);
		/* Too little memory to get as far as the page wanted. */
		if (!err && first < index && !pc_peek(pc, index))
			err = read_pages(pc, index, 1);
	}
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

/* Move up to @n bytes between @u and page @index, which is @fn. */
static int64_t
copy_page(struct uio *u, uint64_t fn, uint64_t off, uint64_t n)
{
	int64_t r;

	frame_get(fn);
	if (u->dir == UIO_FROM_GUEST)
		frame_prepare(fn, 1);
	r = uio_copy(u, (char *)frame_addr(fn) + off, n);
	frame_put(fn, 1);
	return r;
}

int
pagecache_read(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	while (u->left && *pos < pc->size) {
		uint64_t index = *pos / PAGE_SIZE, off = *pos % PAGE_SIZE;
		uint64_t n =
			MIN(PAGE_SIZE - off, MIN(u->left, pc->size - *pos));
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
		r = fn ? copy_page(u, fn, off, n) : uio_zero(u, n);
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
	pc_mark_dirty(pc, *pos / PAGE_SIZE);
	*pos += n;
	if (*pos > pc->size)
		pc->size = *pos;
}

/*
 * Write @n bytes into the absent page at @pos, of which the file has nothing
 * that they do not cover.  Returns: bytes, -errno; -EAGAIN to start over.
 */
static int64_t
write_new(struct pagecache *pc, struct uio *u, uint64_t pos, uint64_t n)
{
	uint64_t index = pos / PAGE_SIZE, off = pos % PAGE_SIZE, fn;
	int64_t r = pc_take(pc, index, 1, n < PAGE_SIZE, &fn);

	if (r < 0)
		return mm_reclaim(CHUNK_PAGES * PAGE_SIZE) ? -EAGAIN : -ENOSPC;
	frame_prepare(fn, 1);
	r = uio_copy(u, (char *)frame_addr(fn) + off, n);
	if (r >= 0 && (pc_peek(pc, index) || (r < (int64_t)n && pc->ops) ||
		       pc_insert(pc, index, fn))) {
		uio_rewind(u, r);
		r = -EAGAIN;
	}
	if (r < 0) {
		frame_put(fn, 1);
		pc_trim(pc, index);
	}
	return r;
}

/* Does a write of [pos, pos+n), within a page, leave nothing of the old? */
static bool
covers(const struct pagecache *pc, uint64_t pos, uint64_t n)
{
	uint64_t start = page_down(pos);

	return !pc->ops || start >= pc->size ||
	       (pos == start && (n == PAGE_SIZE || pos + n >= pc->size));
}

static int64_t
write_page(struct pagecache *pc, struct uio *u, uint64_t pos, uint64_t n,
	   bool may_skip_read)
{
	uint64_t index = pos / PAGE_SIZE;
	uint64_t fn = pc_peek(pc, index);
	int64_t r;

	if (!list_empty(&pc->mappings) && copies_break(pc, index, index + 1))
		return -EAGAIN;
	if (!fn && (may_skip_read || !pc->ops || index >= pc_end(pc)) &&
	    covers(pc, pos, n))
		return write_new(pc, u, pos, n);
	if (!fn) {
		r = fill_or_reclaim(pc, index, 1);
		return r == 0 || r == -ERANGE ? -EAGAIN : r;
	}
	shelf_drop(pc);
	pc->nwriters++;
	r = copy_page(u, fn, pos % PAGE_SIZE, n);
	pc->nwriters--;
	if (r >= 0 && pc_peek(pc, index) != fn) {
		uio_rewind(u, r); /* the page went while we slept */
		return -EAGAIN;
	}
	return r;
}

/*
 * A write goes on for @bytes from absent page @index on: have the host make
 * those frames in one go.  Until they are taken one by one they are dead, so
 * that they are charged, and given back if that never happens.
 * Returns: from where on to ask again.
 */
static uint64_t
prepare_new(struct pagecache *pc, uint64_t index, uint64_t bytes)
{
	uint64_t n = MIN(bytes / PAGE_SIZE, CHUNK_PAGES - chunk_slot(index));
	uint64_t fn, run = 1;
	int64_t got;

	while (run < n && !pc_peek(pc, index + run))
		run++;
	if (run < PREPARE_MIN)
		return index + run;
	got = pc_take(pc, index, run, false, &fn);
	if (got < 0)
		return index + run;
	frame_prepare(fn, got);
	frame_put(fn, got);
	pc_trim(pc, index);
	return index + got;
}

int
pagecache_write(struct pagecache *pc, struct uio *u, uint64_t *pos)
{
	bool may_skip_read = true;
	uint64_t asked = 0; /* prepare_new() did so for pages below */

	while (u->left) {
		uint64_t n = MIN(PAGE_SIZE - *pos % PAGE_SIZE, u->left);
		uint64_t index = *pos / PAGE_SIZE;
		int64_t r;

		if (index >= asked && u->left >= PREPARE_MIN * PAGE_SIZE &&
		    !pc_peek(pc, index))
			asked = prepare_new(pc, index, u->left);
		if (*pos + n > pc->size)
			zero_tail(pc, pc->size);
		r = write_page(pc, u, *pos, n, may_skip_read);
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
