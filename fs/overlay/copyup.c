/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/copyup.c - from the lower layer to the upper, before something
 * changes.
 *
 * A file is copied to a nameless one first and gets its name when it is whole;
 * nobody sees a part of it.  Open files of the lower one go on with the copy
 * from their next operation on; what is mapped stays the lower file's, as
 * with Linux's overlayfs.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/overlay/internal.h"
#include "fs/xattr.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

#define COPY_CHUNK 65536u

static int
copy_data(struct inode *from, struct inode *to)
{
	char *buf = kmalloc(COPY_CHUNK);
	uint64_t pos = 0;
	int err = 0;

	if (!buf)
		return -ENOMEM;
	while (!err && pos < from->pages.size) {
		uint64_t at = pos;
		struct uio u;

		uio_init_kernel(&u, UIO_TO_GUEST, buf, COPY_CHUNK);
		err = pagecache_read(&from->pages, &u, &pos);
		if (err || !u.moved)
			break;
		uio_init_kernel(&u, UIO_FROM_GUEST, buf, u.moved);
		err = pagecache_write(&to->pages, &u, &at);
	}
	kfree(buf);
	return err;
}

static int
copy_xattr(struct inode *from, struct inode *to, const char *name, char *buf)
{
	int64_t n = from->ops->getxattr(from, name, buf, XATTR_SIZE_MAX);

	if (n < 0)
		return n == -ENODATA ? 0 : (int)n;
	return to->ops->setxattr(to, name, buf, (size_t)n, 0);
}

static int
copy_xattrs(struct inode *from, struct inode *to)
{
	char *list, *buf, *at;
	int64_t len;
	int err = 0;

	if (!from->ops->listxattr || !to->ops->setxattr)
		return 0;
	list = kmalloc(XATTR_LIST_MAX + XATTR_SIZE_MAX);
	if (!list)
		return -ENOMEM;
	buf = list + XATTR_LIST_MAX;
	len = from->ops->listxattr(from, list, XATTR_LIST_MAX);
	for (at = list; !err && at < list + len; at += strlen(at) + 1)
		err = copy_xattr(from, to, at, buf);
	kfree(list);
	return err;
}

/* Owner, mode and times; what making the copy set was now's. */
static int
copy_attrs(struct inode *from, struct inode *to)
{
	struct iattr a = {
		.valid = ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_ATIME |
			 ATTR_MTIME,
		.mode = from->mode,
		.uid = from->uid,
		.gid = from->gid,
		.atime_ns = from->atime_ns,
		.mtime_ns = from->mtime_ns,
	};
	int err = copy_xattrs(from, to);

	if (err)
		return err;
	if (to->ops->setattr)
		return to->ops->setattr(to, &a);
	inode_set_attrs(to, &a);
	return 0;
}

static int
copy_link(struct inode *from, struct inode *dir, const char *name,
	  const struct inode_new *as, struct inode **out)
{
	char *target = kmalloc(PAGE_SIZE);
	int64_t n =
		target ? from->ops->readlink(from, target, PAGE_SIZE) : -ENOMEM;
	int err = n < 0 ? (int)n
			: dir->ops->symlink(dir, name, strlen(name), target, as,
					    out);

	kfree(target);
	return err;
}

static int
copy_file(struct inode *from, struct inode *dir, const char *name,
	  const struct inode_new *as, bool with_data, struct inode **out)
{
	struct inode *to;
	int err = dir->ops->tmpfile(dir, as, &to);

	if (err)
		return err;
	to->nlink = 0;
	if (with_data)
		err = copy_data(from, to);
	if (!err)
		err = copy_attrs(from, to);
	/* A file without a name in the lower layer gets none here. */
	if (!err && name)
		err = dir->ops->link(dir, name, strlen(name), to);
	if (err)
		inode_put(to);
	else
		*out = to;
	return err;
}

static int
copy_one(struct onode *n, struct inode *dir, bool with_data)
{
	struct inode *from = n->lower, *to = NULL;
	struct inode_new as = {
		.mode = from->mode,
		.uid = from->uid,
		.gid = from->gid,
		.rdev = from->rdev,
	};
	const char *name = n->i->nlink ? n->name : NULL;
	int err;

	if (LX_S_ISREG(from->mode))
		err = copy_file(from, dir, name, &as, with_data, &to);
	else if (!name)
		return -ENOENT;
	else if (LX_S_ISLNK(from->mode))
		err = copy_link(from, dir, name, &as, &to);
	else
		err = dir->ops->create(dir, name, strlen(name), &as, &to);
	if (!err && !LX_S_ISREG(from->mode))
		err = copy_attrs(from, to);
	if (err) {
		inode_put(to);
		return err;
	}
	err = onode_set_upper(n, to);
	if (err)
		inode_put(to);
	else
		onode_show(n);
	return err;
}

/* @n's directory is in the upper layer already. */
static int
copy_up_here(struct onode *n, bool with_data)
{
	int err = 0;

	mutex_lock(&n->lock);
	if (!n->upper)
		err = copy_one(n, n->dir->upper, with_data);
	mutex_unlock(&n->lock);
	return err;
}

int
copy_up(struct onode *n, bool with_data)
{
	while (!n->upper) {
		struct onode *top = n;
		int err;

		/* The root is in both layers, so this ends. */
		while (!top->dir->upper)
			top = top->dir;
		inode_get(top->i);
		err = copy_up_here(top, with_data || top != n);
		inode_put(top->i);
		if (err)
			return err;
	}
	return 0;
}
