/* SPDX-License-Identifier: MIT */
/* fs/chrdev.c - the registries of character and block devices, and block
 * devices as files. */
#include "fs/chrdev.h"

#include "fs/bdev.h"
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

static struct chrdev *chrdevs;
static struct bdev *bdevs;

uint64_t
dev_encode(uint64_t d)
{
	return lx_makedev(dev_major(d), dev_minor(d));
}

uint64_t
dev_decode(uint64_t st_rdev)
{
	return dev_make(lx_major(st_rdev), lx_minor(st_rdev));
}

void
chrdev_register(struct chrdev *c)
{
	struct chrdev **at = &chrdevs;

	while (*at)
		at = &(*at)->next;
	*at = c;
}

struct chrdev *
chrdev_find(uint64_t rdev)
{
	struct chrdev *c = chrdevs;

	while (c && (c->major != dev_major(rdev) ||
		     dev_minor(rdev) - c->minor >= c->count))
		c = c->next;
	return c;
}

struct chrdev *
chrdev_first(void)
{
	return chrdevs;
}

void
bdev_register(struct bdev *b)
{
	struct bdev **at = &bdevs;

	while (*at)
		at = &(*at)->next;
	*at = b;
}

struct bdev *
bdev_find(uint64_t rdev)
{
	struct bdev *b = bdevs;

	while (b && dev_make(b->major, b->minor) != rdev)
		b = b->next;
	return b;
}

struct bdev *
bdev_first(void)
{
	return bdevs;
}

static int
bdev_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct bdev *b = f->priv;

	return pagecache_read(b->pages, u, pos);
}

/* A device has a size that no write changes. */
static int
bdev_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct bdev *b = f->priv;

	if (!u->left)
		return 0;
	if (*pos >= b->pages->size)
		return -ENOSPC;
	u->left = MIN(u->left, b->pages->size - *pos);
	return pagecache_write(b->pages, u, pos);
}

static int64_t
bdev_seek(struct file *f, int64_t off, int whence)
{
	struct bdev *b = f->priv;

	if (whence == LX_SEEK_END) {
		off += (int64_t)b->pages->size;
		whence = LX_SEEK_SET;
	}
	return file_seek_simple(f, off, whence);
}

static int
bdev_sync(struct file *f, bool data_only)
{
	struct bdev *b = f->priv;
	int err = pagecache_sync(b->pages, 0, UINT64_MAX);

	return err || !b->sync ? err : b->sync(b, data_only);
}

static sysret_t
bdev_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	struct bdev *b = f->priv;

	return b->ioctl ? b->ioctl(b, mm, cmd, arg) : -ENOTTY;
}

static struct pagecache *
bdev_pages(struct file *f)
{
	struct bdev *b = f->priv;

	return b->pages;
}

static const struct file_ops bdev_fops = {
	.kind = "block",
	.read = bdev_read,
	.write = bdev_write,
	.seek = bdev_seek,
	.sync = bdev_sync,
	.ioctl = bdev_ioctl,
	.pages = bdev_pages,
};

int
bdev_open(struct inode *i, struct file *f)
{
	struct bdev *b = bdev_find(i->rdev);

	if (!b)
		return -ENXIO;
	if (b->is_read_only && file_may_write(f))
		return -EROFS;
	f->priv = b;
	f->ops = &bdev_fops;
	return 0;
}
