/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/file.c - regular files: bytes by way of the page cache.
 *
 * Writes go to the page cache; they reach the host soon after a descriptor is
 * closed (behind.c), when there are many, on fsync(2), or by
 * hostfs_writeback() some seconds later.  What fsync acknowledged is with the
 * host kernel and synced. A write that the host may have no room for goes
 * through at once, so that -ENOSPC comes from write(2) and not later.
 */
#include "base/block.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

#define DIRTY_PAGES_MAX 8192ull /* of one file: 32 MiB, then it is written */
#define SPACE_CHECK_NS	1000000000ull
#define SPACE_LOW	(256ull << 20)
#define NOLOCK_MIN	65536ull /* longer copies let others run */
#define DIRECT_MAX	(1ull << 20)

/* --- the page cache's ends --- */

/* Read what the host has in memory at once, wait for the rest. */
static int64_t
read_some(hosthandle_t h, char *buf, uint64_t len, uint64_t off)
{
	int64_t n;

	if (len >= NOLOCK_MIN)
		klock_drop();
	n = HYPER4(HOST_PREAD_NOWAIT, h.n, buf, len, off);
	if (len >= NOLOCK_MIN)
		klock_take();
	if (n == -EAGAIN || n == -EOPNOTSUPP || n == -ENOSYS)
		n = io_run(IO_READ, h, buf, len, off);
	return n;
}

static int
pages_read(struct pagecache *pc, uint64_t index, uint64_t npages, void *buf)
{
	struct hnode *n = hnode_of(pc->owner);
	uint64_t off = index * PAGE_SIZE, len = npages * PAGE_SIZE, done = 0;
	hosthandle_t h;
	int64_t got = hnode_pin(n, false, &h);

	if (got)
		return (int)got;
	while (done < len) {
		got = read_some(h, (char *)buf + done, len - done, off + done);
		if (got <= 0)
			break;
		done += (uint64_t)got;
		if (off + done == n->seen.size)
			break; /* the end, as far as is known */
	}
	hnode_unpin(n);
	if (got < 0)
		return (int)got;
	memset((char *)buf + done, 0, len - done);
	return 0;
}

/* Into the host's page cache: mostly a copy, so not worth a trip through the
 * queue unless it is long. */
static int64_t
write_some(hosthandle_t h, const char *buf, uint64_t len, uint64_t off)
{
	int64_t n;

	if (len > DIRECT_MAX)
		return io_run(IO_WRITE, h, (void *)(uintptr_t)buf, len, off);
	klock_drop();
	n = HYPER4(HOST_PWRITE, h.n, buf, len, off);
	klock_take();
	return n;
}

static int
pages_write(struct pagecache *pc, uint64_t pos, const void *buf, uint64_t len)
{
	struct hnode *n = hnode_of(pc->owner);
	uint64_t done = 0;
	hosthandle_t h;
	int64_t put = hnode_pin(n, true, &h);
	bool is_second = false;

	if (put)
		return (int)put;
	n->wrote = n->needs_sync = true;
	if (page_up(pos + len) > n->seen.blocks * 512)
		n->checked_ns = 0; /* how many more, the host knows */
	while (done < len) {
		put = write_some(h, (const char *)buf + done, len - done,
				 pos + done);
		if (put > 0)
			done += (uint64_t)put;
		else if (is_second || !host_make_space(put))
			break;
		is_second = put < 0;
	}
	hnode_unpin(n);
	hnode_did(n);
	if (put < 0)
		return (int)put;
	return done == len ? 0 : -EIO;
}

static void
pages_dirtied(struct pagecache *pc)
{
	hnode_mark_dirty(hnode_of(pc->owner));
}

/* So that an fsync later finds most of it done. */
static int
pages_start(struct pagecache *pc, uint64_t pos, uint64_t len)
{
	struct hnode *n = hnode_of(pc->owner);
	hosthandle_t h;
	int err;

	if (!pos && len >= pc->size && batch_starts(n))
		return 0;
	err = pagecache_sync(pc, pos, len);
	if (err || !n->needs_sync)
		return err;
	err = hnode_pin(n, false, &h);
	if (err)
		return err;
	klock_drop();
	err = (int)HYPER4(HOST_SYNC, h.n, HOST_SYNC_START, pos, len);
	klock_take();
	hnode_unpin(n);
	return err;
}

const struct pagecache_ops hostfs_pages_ops = {
	.read = pages_read,
	.write = pages_write,
	.start = pages_start,
	.dirtied = pages_dirtied,
};

/* --- writing back --- */

/* The host's mtime says when we wrote back; the guest's, when it wrote. */
static void
times_writeback(struct hnode *n)
{
	int64_t atime = n->atime_due ? n->i->atime_ns : INT64_MIN;
	const char *name;
	hosthandle_t dir;

	n->wrote = n->atime_due = false;
	if (hnode_at(n, &dir, &name))
		return;
	if (HYPER4(HOST_UTIMENS, dir.n, name, atime, n->i->mtime_ns)) {
		hnode_saw(n);
		return;
	}
	n->seen.mtime_ns = n->i->mtime_ns;
	n->seen.size = n->i->pages.size;
	hnode_did(n);
}

int
hnode_writeback(struct hnode *n)
{
	int err, meta_err = 0;

	hnode_settle(n);
	list_del(&n->dirty);
	hnode_caught_up(n);
	if (batch_one(n))
		return 0;
	err = pagecache_sync(&n->i->pages, 0, UINT64_MAX);
	n->was_cut = false;
	if (n->mode_due || n->meta_due)
		meta_err = meta_writeback(n);
	if (n->wrote)
		times_writeback(n);
	if (n->i->pages.ndirty)
		hnode_mark_dirty(n);
	return err ? err : meta_err;
}

/* Write back, and tell what went wrong since the last time. */
static int
writeback_tell(struct hnode *n)
{
	int err = hnode_writeback(n);

	if (!err)
		err = n->wb_error;
	n->wb_error = 0;
	return err;
}

/* The bytes alone: times and the like wait for the rest of the write-back. */
static int
data_tell(struct hnode *n)
{
	int err = pagecache_sync(&n->i->pages, 0, UINT64_MAX);

	if (!err)
		err = n->wb_error;
	n->wb_error = 0;
	return err;
}

int
hnode_sync(struct hnode *n, bool data_only)
{
	hosthandle_t h;
	int err = data_only ? data_tell(n) : writeback_tell(n);

	if (!err && n->needs_sync) {
		err = hnode_pin(n, false, &h);
		if (err)
			return err;
		n->needs_sync = false;
		err = (int)io_run(data_only ? IO_FDATASYNC : IO_FSYNC, h, NULL,
				  0, 0);
		n->needs_sync |= err != 0;
		hnode_unpin(n);
	}
	return err ? err : sidecar_sync(n->fs);
}

/* --- open files --- */

/* The host is not needed to read what is in memory, all of it, of a file that
 * it would not refuse. */
static bool
needs_no_handle(const struct hnode *n)
{
	const struct pagecache *pc = &n->i->pages;

	return LX_S_ISREG(n->i->mode) &&
	       (!n->fs->euid || n->seen.uid == n->fs->euid) &&
	       pc->npages >= page_up(pc->size) / PAGE_SIZE;
}

int
hostfs_open(struct inode *i, struct file *f)
{
	struct hnode *n = hnode_of(i);
	bool rw = LX_S_ISREG(i->mode) && file_may_write(f);
	hosthandle_t h;
	int err = 0;

	if (rw || !needs_no_handle(n))
		err = hnode_handle(n, rw, &h);
	if (!err)
		n->opens++;
	return err;
}

static int
hostfs_read(struct file *f, struct uio *u, uint64_t *pos)
{
	/* The host may have made it longer (tail -f). */
	if (*pos >= f->inode->pages.size)
		(void)!hostfs_revalidate(f->inode);
	return file_cached_read(f, u, pos);
}

/* May @more bytes be beyond what the host has room for? */
static bool
is_tight(struct hostfs *fs, uint64_t more)
{
	uint64_t now = clock_monotonic_ns();
	struct host_statfs st;

	if (now - fs->space_checked_ns > SPACE_CHECK_NS) {
		fs->space_checked_ns = now;
		if (HYPER2(HOST_STATFS, fs->root.n, &st))
			fs->space_left = UINT64_MAX;
		else
			fs->space_left = st.bavail * st.bsize;
	}
	return fs->space_left < SPACE_LOW ||
	       fs->space_left - SPACE_LOW <
		       more + pagecache_dirty_total() * PAGE_SIZE;
}

/* The host is nearly full: what was just written goes there now, or was not
 * written. */
static int
write_through(struct hnode *n, struct uio *u, uint64_t *pos, uint64_t moved,
	      uint64_t old_size)
{
	struct pagecache *pc = &n->i->pages;
	int err = pagecache_sync(pc, *pos - moved, moved);

	if (!err)
		return 0;
	if (pc->size > old_size)
		pagecache_resize(pc, MAX(old_size, *pos - moved));
	*pos -= moved;
	uio_rewind(u, moved);
	return err;
}

static int
hostfs_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct hnode *n = hnode_of(f->inode);
	struct pagecache *pc = &f->inode->pages;
	uint64_t old_size = pc->size, before = u->moved, moved;
	bool tight = is_tight(n->fs, u->left);
	int err = file_cached_write(f, u, pos);

	moved = u->moved - before;
	if (!moved)
		return err;
	if (tight) {
		int wt_err = write_through(n, u, pos, moved, old_size);

		return wt_err ? wt_err : err;
	}
	if (pc->ndirty > DIRTY_PAGES_MAX)
		hnode_writeback_later(n);
	return err;
}

static int64_t
hostfs_seek(struct file *f, int64_t off, int whence)
{
	struct hnode *n = hnode_of(f->inode);
	hosthandle_t h;
	int64_t r;

	(void)!hostfs_revalidate(f->inode);
	if (whence != LX_SEEK_DATA && whence != LX_SEEK_HOLE)
		return file_cached_seek(f, off, whence);
	/* Where the holes are, only the host knows. */
	r = hnode_writeback(n);
	if (!r)
		r = hnode_handle(n, false, &h);
	return r ? r : HYPER3(HOST_SEEK, h.n, off, whence);
}

static int
hostfs_fsync(struct file *f, bool data_only)
{
	return hnode_sync(hnode_of(f->inode), data_only);
}

static int
fallocate_host(struct hnode *n, int mode, uint64_t off, uint64_t len)
{
	hosthandle_t h;
	int err = hnode_pin(n, true, &h);

	if (err)
		return err;
	n->needs_sync = true;
	err = (int)HYPER4(HOST_FALLOCATE, h.n, mode, off, len);
	if (host_make_space(err))
		err = (int)HYPER4(HOST_FALLOCATE, h.n, mode, off, len);
	hnode_unpin(n);
	return err;
}

/*
 * Host and cache change together: dirty pages go out first, since the host's
 * idea of what is allocated counts.  Collapsing and inserting would move pages
 * that may be mapped: -EOPNOTSUPP, as on many file systems.
 */
static int
hostfs_fallocate(struct file *f, int mode, uint64_t off, uint64_t len)
{
	struct inode *i = f->inode;
	struct hnode *n = hnode_of(i);
	int zero = mode & (LX_FALLOC_FL_PUNCH_HOLE | LX_FALLOC_FL_ZERO_RANGE);
	int err;

	if (mode & ~(LX_FALLOC_FL_KEEP_SIZE | LX_FALLOC_FL_PUNCH_HOLE |
		     LX_FALLOC_FL_ZERO_RANGE))
		return -EOPNOTSUPP;
	err = hnode_writeback(n);
	if (!err)
		err = fallocate_host(n, mode, off, len);
	if (!err && zero)
		err = pagecache_punch(&i->pages, off,
				      MIN(len, i->pages.size > off
						       ? i->pages.size - off
						       : 0));
	if (!err && !(mode & LX_FALLOC_FL_KEEP_SIZE) &&
	    off + len > i->pages.size)
		pagecache_resize(&i->pages, off + len);
	if (!err) {
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
		n->wrote = true;
		err = hnode_writeback(n);
		n->checked_ns = 0;
	}
	return err;
}

/* close(2): what was written is the host's business soon, with other files.
 * Not of a file whose old bytes are gone: nobody shall lose both. */
static int
hostfs_flush(struct file *f)
{
	struct hnode *n = hnode_of(f->inode);

	if (!file_may_write(f) || !n->i->nlink)
		return 0;
	if (n->wb_error || (hnode_owes(n) && n->was_cut))
		return writeback_tell(n);
	if (hnode_owes(n))
		hnode_behind(n);
	hostfs_hurry(n->fs);
	return 0;
}

static void
hostfs_release(struct file *f)
{
	struct hnode *n = hnode_of(f->inode);

	if (n->opens == 1 && n->i->nlink && hnode_owes(n))
		hnode_behind(n);
	n->opens--;
}

const struct file_ops hostfs_file_fops = {
	.kind = "hostfs",
	.read = hostfs_read,
	.write = hostfs_write,
	.seek = hostfs_seek,
	.sync = hostfs_fsync,
	.fallocate = hostfs_fallocate,
	.pages = file_cached_pages,
	.flush = hostfs_flush,
	.release = hostfs_release,
};
