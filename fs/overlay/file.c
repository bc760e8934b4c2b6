/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/file.c - regular files and attributes: what the real inode of
 * the moment does.
 *
 * An open file has a file of the layer behind it, exchanged for one of the
 * upper layer when its inode has been copied up since.  What was once mapped
 * through it stays the same file's pages (as on Linux).
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/overlay/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

struct ovl_file {
	struct file *real;   /* of the layer that counts */
	struct file *mapped; /* the one mmap(2) has seen, or NULL */
};

/* What a layer's file needs: its flags follow the guest's. */
static int
real_open(struct file *f, struct inode *real, struct file **out)
{
	struct file *r;
	int err = file_new(real->fops, f->flags, &r);

	if (err)
		return err;
	r->inode = inode_get(real);
	if (real->ops->open)
		err = real->ops->open(real, r);
	if (!err) {
		*out = r;
		return 0;
	}
	/* What failed to open must not be released by its kind. */
	r->ops = &ovl_file_fops;
	file_put(r);
	return err;
}

/* The layer's file for the next operation, with @f's flags of now. */
static int
real_file(struct file *f, struct file **out)
{
	struct inode *real = onode_real(onode_of(f->inode));
	struct ovl_file *of = f->priv;
	struct file *fresh;
	int err;

	if (!of->real || of->real->inode != real) {
		err = real_open(f, real, &fresh);
		if (err)
			return err;
		file_put(of->real);
		of->real = fresh;
	}
	of->real->flags = f->flags;
	*out = of->real;
	return 0;
}

int
ovl_open(struct inode *i, struct file *f)
{
	struct onode *n = onode_of(i);
	struct file *r;
	int err = 0;

	if (LX_S_ISDIR(i->mode))
		return ovl_open_dir(f);
	if (file_may_write(f))
		err = copy_up(n, true);
	if (err)
		return err;
	f->priv = KNEW(struct ovl_file);
	if (!f->priv)
		return -ENOMEM;
	err = real_file(f, &r);
	if (err) {
		kfree(f->priv);
		f->priv = NULL;
	}
	return err;
}

static int
ovl_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct file *r;
	int err = real_file(f, &r);

	if (err)
		return err;
	err = r->ops->read(r, u, pos);
	file_accessed(f);
	return err;
}

static int
ovl_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct file *r;
	int err = real_file(f, &r);

	if (!err)
		err = r->ops->write(r, u, pos);
	onode_show(onode_of(f->inode));
	return err;
}

static int64_t
ovl_seek(struct file *f, int64_t off, int whence)
{
	struct file *r;
	int err = real_file(f, &r);

	if (err)
		return err;
	r->pos = f->pos;
	return r->ops->seek(r, off, whence);
}

static int
ovl_sync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

static int
ovl_fallocate(struct file *f, int mode, uint64_t off, uint64_t len)
{
	struct file *r;
	int err = real_file(f, &r);

	if (!err)
		err = r->ops->fallocate ? r->ops->fallocate(r, mode, off, len)
					: -EOPNOTSUPP;
	onode_show(onode_of(f->inode));
	return err;
}

static struct pagecache *
ovl_pages(struct file *f)
{
	struct ovl_file *of = f->priv;
	struct file *r;

	if (!of->mapped) {
		if (real_file(f, &r) || !r->ops->pages)
			return NULL;
		of->mapped = file_get(r);
	}
	return of->mapped->ops->pages(of->mapped);
}

static void
ovl_release(struct file *f)
{
	struct ovl_file *of = f->priv;

	if (!of)
		return;
	file_put(of->real);
	file_put(of->mapped);
	kfree(of);
}

const struct file_ops ovl_file_fops = {
	.kind = "overlay",
	.read = ovl_read,
	.write = ovl_write,
	.seek = ovl_seek,
	.sync = ovl_sync,
	.fallocate = ovl_fallocate,
	.pages = ovl_pages,
	.release = ovl_release,
};

/* --- attributes --- */

int
ovl_setattr(struct inode *i, const struct iattr *a)
{
	struct onode *n = onode_of(i);
	struct inode *real;
	int err;

	/* Only a new atime: not worth a copy. */
	if (!n->upper && a->valid == ATTR_ATIME) {
		i->atime_ns = a->atime_ns;
		return 0;
	}
	err = copy_up(n, !(a->valid & ATTR_SIZE) || a->size);
	if (err)
		return err;
	real = n->upper;
	if (real->ops->setattr)
		err = real->ops->setattr(real, a);
	else
		inode_set_attrs(real, a);
	onode_show(n);
	return err;
}

static bool
is_private(const char *name)
{
	return !strncmp(name, OVL_PRIVATE, sizeof(OVL_PRIVATE) - 1);
}

int64_t
ovl_getxattr(struct inode *i, const char *name, void *buf, size_t n)
{
	struct inode *real = onode_real(onode_of(i));

	if (is_private(name))
		return -ENODATA;
	return real->ops->getxattr ? real->ops->getxattr(real, name, buf, n)
				   : -EOPNOTSUPP;
}

int
ovl_setxattr(struct inode *i, const char *name, const void *buf, size_t n,
	     int flags)
{
	struct onode *on = onode_of(i);
	int err;

	if (is_private(name))
		return -EPERM;
	err = copy_up(on, true);
	if (err)
		return err;
	return on->upper->ops->setxattr
		       ? on->upper->ops->setxattr(on->upper, name, buf, n,
						  flags)
		       : -EOPNOTSUPP;
}

int
ovl_removexattr(struct inode *i, const char *name)
{
	struct onode *on = onode_of(i);
	int err;

	if (is_private(name))
		return -ENODATA;
	/* Nothing to remove is no reason to copy. */
	if (ovl_getxattr(i, name, NULL, 0) == -ENODATA)
		return -ENODATA;
	err = copy_up(on, true);
	if (err)
		return err;
	return on->upper->ops->removexattr
		       ? on->upper->ops->removexattr(on->upper, name)
		       : -EOPNOTSUPP;
}

int64_t
ovl_listxattr(struct inode *i, char *buf, size_t n)
{
	struct inode *real = onode_real(onode_of(i));
	int64_t len, keep = 0;

	if (!real->ops->listxattr)
		return 0;
	len = real->ops->listxattr(real, buf, n);
	if (len <= 0 || !n)
		return len;
	for (int64_t at = 0, size; at < len; at += size) {
		size = (int64_t)strlen(buf + at) + 1;
		if (is_private(buf + at))
			continue;
		memmove(buf + keep, buf + at, (size_t)size);
		keep += size;
	}
	return keep;
}
