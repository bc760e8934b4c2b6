/* SPDX-License-Identifier: MIT */
/*
 * fs/filemap.c - what mm/ asks of an open file it maps; and places for files
 * that have none, so that magic links can lead to them.
 */
#include "base/str.h"
#include "fs/dentry.h"
#include "fs/internal_file.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/mman.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"

static void
map_get(struct mappable *m)
{
	file_get(file_from_map(m));
}

static void
map_put(struct mappable *m)
{
	file_put(file_from_map(m));
}

static struct pagecache *
map_pages(struct mappable *m)
{
	struct file *f = file_from_map(m);

	return f->ops->pages ? f->ops->pages(f) : NULL;
}

static bool
map_is_zero(struct mappable *m)
{
	return file_from_map(m)->ops->maps_zero;
}

static int
map_may_map(struct mappable *m, bool shared, uint32_t prot)
{
	struct file *f = file_from_map(m);

	/* Linux: even a write-only mapping needs a right to read. */
	if (!file_may_read(f))
		return -EACCES;
	if (shared && (prot & LX_PROT_WRITE)) {
		if (!file_may_write(f))
			return -EACCES;
		if (f->inode && (f->inode->seals &
				 (LX_F_SEAL_WRITE | LX_F_SEAL_FUTURE_WRITE)))
			return -EPERM;
	}
	if ((prot & LX_PROT_EXEC) && f->path.mnt &&
	    (f->path.mnt->flags & LX_MS_NOEXEC))
		return -EPERM;
	return 0;
}

static void
map_shared_writer(struct mappable *m, int delta)
{
	struct inode *i = file_from_map(m)->inode;

	if (i)
		i->map_writers += delta;
}

static void
map_describe(struct mappable *m, char *buf, size_t n, uint64_t *dev,
	     uint64_t *ino)
{
	struct file *f = file_from_map(m);
	static const struct path top; /* no root: from the very top */

	*dev = f->inode ? f->inode->sb->dev : 0;
	*ino = f->inode ? f->inode->ino : 0;
	if (file_path(f, &top, buf, n) < 0 && n)
		str_copy(buf, "(too long)", n);
}

static void
map_touched(struct mappable *m, bool written)
{
	struct file *f = file_from_map(m);

	if (written && f->inode)
		inode_touch(f->inode, ATTR_MTIME | ATTR_CTIME);
	else
		file_accessed(f);
}

const struct mappable_ops file_map_ops = {
	.get = map_get,
	.put = map_put,
	.pages = map_pages,
	.is_zero = map_is_zero,
	.may_map = map_may_map,
	.shared_writer = map_shared_writer,
	.describe = map_describe,
	.touched = map_touched,
};

int
path_from_file(struct file *f, struct path *out)
{
	struct dentry *d;
	int err;

	if (f->path.dentry) {
		*out = f->path;
		path_get(out);
		return 0;
	}
	if (!f->inode)
		return -ENXIO;
	err = dentry_root(f->inode, &d);
	if (err)
		return err;
	if (!mount_anon()) {
		dentry_put(d);
		return -ENOMEM;
	}
	*out = (struct path){mount_get(mount_anon()), d};
	return 0;
}
