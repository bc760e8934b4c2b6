/* SPDX-License-Identifier: MIT */
/*
 * fs/tmpfs/file.c - contents and attributes of tmpfs files.  The page cache is
 * the storage; this file adds the limit of the mount's size.
 */
#include "fs/tmpfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

/* May the page at @pos be written without growing past the limit? */
static bool
has_room(struct inode *i, uint64_t pos)
{
	const struct tmpfs_super *ts = tmpfs_sb(i);
	uint64_t page = page_down(pos);
	int64_t data;

	if (ts->pages < ts->max_pages)
		return true;
	data = pagecache_seek(&i->pages, page, true);
	return data >= 0 && (uint64_t)data < page + PAGE_SIZE;
}

/* Near the limit: page by page. */
static int
write_tight(struct file *f, struct uio *u, uint64_t *pos)
{
	struct inode *i = f->inode;
	uint64_t left = u->left, moved;
	int err = 0;

	while (left && !err) {
		uint64_t at = file_appends(f, u) ? i->pages.size : *pos;

		if (!has_room(i, at))
			return -ENOSPC;
		moved = u->moved;
		u->left = MIN(left, page_down(at) + PAGE_SIZE - at);
		err = file_cached_write(f, u, pos);
		left -= u->moved - moved;
		tmpfs_count(i);
		if (u->moved == moved)
			break;
	}
	u->left = left;
	return err;
}

static int
tmpfs_write(struct file *f, struct uio *u, uint64_t *pos)
{
	const struct tmpfs_super *ts = tmpfs_sb(f->inode);
	int err;

	/* One more for each end. */
	if (ts->max_pages &&
	    ts->pages + u->left / PAGE_SIZE + 2 > ts->max_pages)
		return write_tight(f, u, pos);
	err = file_cached_write(f, u, pos);
	tmpfs_count(f->inode);
	return err;
}

static int
allocate(struct inode *i, uint64_t off, uint64_t len)
{
	const struct tmpfs_super *ts = tmpfs_sb(i);
	uint64_t end = page_up(off + len), pages;

	pages = (end - page_down(off)) / PAGE_SIZE;
	/* Those already there are counted twice; then look again. */
	if (ts->max_pages && ts->pages + pages > ts->max_pages) {
		uint64_t have = MIN(i->pages.npages, pages);

		if (ts->pages + pages - have > ts->max_pages)
			return -ENOSPC;
	}
	return pagecache_allocate(&i->pages, off, len);
}

static int
tmpfs_fallocate(struct file *f, int mode, uint64_t off, uint64_t len)
{
	struct inode *i = f->inode;
	int err = 0;

	if (mode & (LX_FALLOC_FL_PUNCH_HOLE | LX_FALLOC_FL_ZERO_RANGE))
		err = pagecache_punch(&i->pages, off, len);
	if (!err && !(mode & LX_FALLOC_FL_PUNCH_HOLE))
		err = allocate(i, off, len);
	if (!err && !(mode & LX_FALLOC_FL_KEEP_SIZE) &&
	    off + len > i->pages.size)
		pagecache_resize(&i->pages, off + len);
	tmpfs_count(i);
	return err;
}

/* What is in memory is as safe as it gets. */
static int
tmpfs_sync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

const struct file_ops tmpfs_fops = {
	.kind = "tmpfs",
	.read = file_cached_read,
	.write = tmpfs_write,
	.seek = file_cached_seek,
	.sync = tmpfs_sync,
	.fallocate = tmpfs_fallocate,
	.pages = file_cached_pages,
};

int
tmpfs_getattr(struct inode *i, struct kstat *out)
{
	tmpfs_count(i);
	out->blocks = i->pages.npages * (PAGE_SIZE / 512);
	return 0;
}

int
tmpfs_setattr(struct inode *i, const struct iattr *a)
{
	if (a->valid & ATTR_SIZE) {
		if (a->size > INT64_MAX)
			return -EFBIG;
		pagecache_resize(&i->pages, a->size);
		tmpfs_count(i);
	}
	inode_set_attrs(i, a);
	return 0;
}

int64_t
tmpfs_getxattr(struct inode *i, const char *name, void *buf, size_t n)
{
	return xattr_store_get(&tmpfs_i(i)->xattrs, name, buf, n);
}

int
tmpfs_setxattr(struct inode *i, const char *name, const void *buf, size_t n,
	       int flags)
{
	return xattr_store_set(&tmpfs_i(i)->xattrs, name, buf, n, flags);
}

int64_t
tmpfs_listxattr(struct inode *i, char *buf, size_t n)
{
	return xattr_store_list(&tmpfs_i(i)->xattrs, buf, n);
}

int
tmpfs_removexattr(struct inode *i, const char *name)
{
	return xattr_store_remove(&tmpfs_i(i)->xattrs, name);
}

const struct inode_ops tmpfs_inode_ops = {
	TMPFS_ATTR_OPS,
};
