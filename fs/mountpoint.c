/* SPDX-License-Identifier: MIT */
/*
 * fs/mountpoint.c - names that are there only to be mounted on.
 *
 * A guest's root may lack what is to be mounted on (/proc, the target of -v),
 * may not be writable, and is not ours to add to: a directory of the host
 * keeps what is made in it.  So there the name is made in the name cache
 * alone: a pinned dentry whose inode no file system has.  getdents(2) lists
 * it, and it can't be removed or renamed.  Once unmounted it is an empty
 * directory (or a file that can't be opened) until the guest ends.
 */
#include "fs/dir.h"
#include "fs/internal.h"
#include "fs/internal_mount.h"

/* Where a directory's list goes on with its mount points: past every host's
 * cookies, but for the one that means "the end" (ext4: 2^63 - 1). */
#define POS_FIRST 0x7ffffffffff00000ull

static struct dentry *made; /* chained by next_made; counted */
static uint64_t last_ino = 1;

static int
no_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
	(void)dir, (void)name, (void)len, (void)out;
	return -ENOENT;
}

static int
only_dots(struct file *f, struct dir_sink *sink)
{
	(void)dir_emit_dots(f, sink);
	return 0;
}

static const struct inode_ops dir_ops = {.lookup = no_lookup};
static const struct file_ops dir_fops = {
	.kind = "mountpoint",
	.seek = file_seek_simple,
	.iterate = only_dots,
};

/* The negative dentry that making @name would fill. */
static int
find_missing(struct nd *nd, const char *name, struct dentry **out)
{
	struct dentry *d;
	int err;

	do {
		err = nd_parent(nd, name);
		if (err)
			return err;
		if (nd->last.is_dot || nd->last.is_dotdot || nd->last.is_root)
			return -EEXIST;
		err = nd_lookup(nd, &d);
		if (err)
			return err;
		if (!d->inode) {
			*out = d;
			return 0;
		}
		err = nd_into(nd, d, true, &name);
		if (err != 1)
			return err ? err : -EEXIST;
		err = nd_enter(nd, &name, "");
	} while (!err);
	return err;
}

/* Fill @d (consumed) with an inode that is nowhere. */
static int
make_here(struct dentry *d, uint32_t mode)
{
	struct mount *m = mount_anon();
	struct inode *i;

	if (!m || inode_new(m->sb, ++last_ino, mode, &i)) {
		dentry_put(d);
		return -ENOMEM;
	}
	if (LX_S_ISDIR(mode)) {
		i->ops = &dir_ops;
		i->fops = &dir_fops;
	}
	dentry_set_inode(d, i);
	inode_put(i);
	d->is_mountpoint = true;
	d->parent->nmountpoints++;
	d->next_made = made;
	made = d;
	return 1;
}

int
mountpoint_make(const struct walk *w, const char *name, bool is_file)
{
	AUTO_PATH there = {0};
	struct dentry *d;
	struct nd nd;
	int err = path_lookup(w, name, &there);

	if (err != -ENOENT)
		return err;
	err = nd_begin(&nd, w, name);
	if (!err)
		err = find_missing(&nd, name, &d);
	if (err || (d->sb->flags & SUPER_KEEPS)) {
		nd_end(&nd);
		return err ? err
			   : make_here(d, is_file ? LX_S_IFREG | 0644
						  : LX_S_IFDIR | 0755);
	}
	dentry_put(d);
	nd_end(&nd);
	return is_file ? vfs_mknod(w, name, LX_S_IFREG | 0644, 0)
		       : vfs_mkdir(w, name, 0755);
}

void
mountpoint_drop_all(void)
{
	while (made) {
		struct dentry *d = made;

		made = d->next_made;
		d->is_mountpoint = false;
		d->parent->nmountpoints--;
		dentry_drop(d);
		dentry_put(d);
	}
}

/* What the file system says, but for names that are ours; and whether that was
 * all of it. */
struct filter {
	struct dir_sink sink;
	struct dir_sink *to;
	struct dentry *dir;
	bool is_full;
};

static int
filter_emit(struct dir_sink *s, const char *name, size_t len, uint64_t ino,
	    uint8_t type, uint64_t next)
{
	struct filter *f = CONTAINER_OF(s, struct filter, sink);
	struct dentry *d = dentry_find(f->dir, name, len);
	int err;

	if (d && d->is_mountpoint)
		return 0;
	err = f->to->emit(f->to, name, len, ino, type, next);
	f->is_full |= err != 0;
	return err;
}

int
mountpoint_iterate(struct file *f, struct dir_sink *sink)
{
	struct filter filter = {{filter_emit}, sink, f->path.dentry, false};
	uint64_t pos = POS_FIRST;
	struct dentry *d;

	if (f->pos < POS_FIRST || f->pos == INT64_MAX) {
		int err = f->ops->iterate(f, &filter.sink);

		if (err || filter.is_full)
			return err;
	}
	for (d = made; d; d = d->next_made) {
		if (d->parent != f->path.dentry)
			continue;
		pos++;
		if ((f->pos < pos || f->pos == INT64_MAX) &&
		    !dir_emit(f, sink, d->name, d->len, d->inode->ino,
			      (uint8_t)(d->inode->mode >> 12), pos))
			break;
	}
	return 0;
}
