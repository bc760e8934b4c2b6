/* SPDX-License-Identifier: MIT */
/*
 * fs/cached.c - files whose bytes are their inode's page cache: tmpfs, memfd,
 * host files.  The inode's lock makes a write whole with regard to others;
 * reads take none, as on Linux.
 */
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

int
file_cached_read(struct file *f, struct uio *u, uint64_t *pos)
{
	int err;

	if (!u->left)
		return 0;
	err = pagecache_read(&f->inode->pages, u, pos);
	file_accessed(f);
	return err;
}

/* Cut @u to what the seals allow at @pos.  Linux writes page by page and
 * refuses the first page that would make the file grow. */
static int
check_seals(const struct inode *i, struct uio *u, uint64_t pos)
{
	uint64_t size = i->pages.size;

	if (i->seals & (LX_F_SEAL_WRITE | LX_F_SEAL_FUTURE_WRITE))
		return -EPERM;
	if (!(i->seals & LX_F_SEAL_GROW) || pos + u->left <= size)
		return 0;
	if (page_down(size) <= pos)
		return -EPERM;
	u->left = page_down(size) - pos;
	return 0;
}

int
file_cached_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct inode *i = f->inode;
	uint64_t before = u->moved;
	int err = 0;

	if (!u->left)
		return 0;
	mutex_lock(&i->lock);
	if (file_appends(f, u))
		*pos = i->pages.size;
	if (i->seals)
		err = check_seals(i, u, *pos);
	if (!err)
		err = pagecache_write(&i->pages, u, pos);
	if (u->moved != before)
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
	mutex_unlock(&i->lock);
	return err;
}

static int64_t
seek_extent(struct pagecache *pc, int64_t off, bool for_data)
{
	if (off < 0 || (uint64_t)off >= pc->size)
		return -ENXIO;
	if (!pc->ops)
		return pagecache_seek(pc, (uint64_t)off, for_data);
	return for_data ? off : (int64_t)pc->size;
}

int64_t
file_cached_seek(struct file *f, int64_t off, int whence)
{
	struct pagecache *pc = &f->inode->pages;

	switch (whence) {
	case LX_SEEK_END:
		if (__builtin_add_overflow(off, (int64_t)pc->size, &off))
			return -EOVERFLOW;
		return off < 0 ? -EINVAL : off;
	case LX_SEEK_DATA:
	case LX_SEEK_HOLE:
		return seek_extent(pc, off, whence == LX_SEEK_DATA);
	default:
		return file_seek_simple(f, off, whence);
	}
}

struct pagecache *
file_cached_pages(struct file *f)
{
	return &f->inode->pages;
}
