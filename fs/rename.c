/* SPDX-License-Identifier: MIT */
/*
 * fs/rename.c - rename(2), renameat2(2).
 *
 * Renames between directories take one global lock first, so that the tree
 * above the two holds still while loops are looked for; then both directories,
 * lower address first.
 */
#include "base/cred.h"
#include "base/str.h"
#include "fs/internal.h"
#include "include/abi/capability.h"

static struct mutex tree_lock = MUTEX_INIT(tree_lock);

struct move {
	struct nd from, to;
	struct dentry *old, *new;
	uint32_t flags;
};

static void
lock_dirs(struct inode *a, struct inode *b)
{
	if (a == b) {
		mutex_lock(&a->lock);
		return;
	}
	mutex_lock(&tree_lock);
	mutex_lock(a < b ? &a->lock : &b->lock);
	mutex_lock(a < b ? &b->lock : &a->lock);
}

static void
unlock_dirs(struct inode *a, struct inode *b)
{
	mutex_unlock(&a->lock);
	if (a == b)
		return;
	mutex_unlock(&b->lock);
	mutex_unlock(&tree_lock);
}

/* What the names alone tell, before anything is looked up. */
static int
check_names(const struct move *m)
{
	const struct last_comp *a = &m->from.last, *b = &m->to.last;

	if (m->from.cur.mnt != m->to.cur.mnt)
		return -EXDEV;
	if (a->is_dot || a->is_dotdot || a->is_root)
		return -EBUSY;
	if (b->is_dot || b->is_dotdot || b->is_root)
		return m->flags & LX_RENAME_NOREPLACE ? -EEXIST : -EBUSY;
	if (a->len > LX_NAME_MAX || b->len > LX_NAME_MAX)
		return -ENAMETOOLONG;
	return path_may_write(&m->from.cur);
}

/* What is there now, and where. */
static int
check_kinds(const struct move *m)
{
	const struct inode *old = m->old->inode, *new = m->new->inode;
	bool exchange = m->flags & LX_RENAME_EXCHANGE;

	if (!old)
		return -ENOENT;
	if ((m->flags & LX_RENAME_NOREPLACE) && new)
		return -EEXIST;
	if (exchange && !new)
		return -ENOENT;
	if (exchange && m->to.wants_dir && !LX_S_ISDIR(new->mode))
		return -ENOTDIR;
	if (!LX_S_ISDIR(old->mode)) {
		if (m->from.wants_dir || (!exchange && m->to.wants_dir))
			return -ENOTDIR;
	} else if (dentry_is_below(m->to.cur.dentry, m->old)) {
		return -EINVAL; /* into itself */
	}
	if (new &&LX_S_ISDIR(new->mode) &&
	    dentry_is_below(m->from.cur.dentry, m->new))
		return exchange ? -EINVAL : -ENOTEMPTY;
	return 0;
}

/* A directory that moves gets another "..": it must be writable. */
static int
may_reparent(const struct move *m, struct inode *i)
{
	if (!LX_S_ISDIR(i->mode) || m->from.cur.dentry == m->to.cur.dentry)
		return 0;
	return inode_permission(i, m->from.w->cred, MAY_WRITE);
}

static int
check_rights(const struct move *m)
{
	struct inode *dir = m->from.cur.dentry->inode;
	struct inode *dir2 = m->to.cur.dentry->inode;
	struct inode *old = m->old->inode, *new = m->new->inode;
	const struct cred *c = m->from.w->cred;
	bool exchange = m->flags & LX_RENAME_EXCHANGE;
	bool is_dir = LX_S_ISDIR(old->mode);
	int err;

	err = dir_may_remove(dir, m->old, c, is_dir);
	if (err)
		return err;
	if (!new)
		err = dir_may_add(dir2, c);
	else
		err = dir_may_remove(dir2, m->new, c,
				     exchange ? LX_S_ISDIR(new->mode) : is_dir);
	if (err)
		return err;
	if (!dir->ops->rename)
		return -EPERM;
	if (m->old->mounts || m->new->mounts || m->old->is_mountpoint ||
	    m->new->is_mountpoint)
		return -EBUSY;
	if (m->new->nmountpoints && !exchange)
		return -ENOTEMPTY;
	err = may_reparent(m, old);
	if (!err && exchange)
		err = may_reparent(m, new);
	return err;
}

static int
do_rename(struct move *m)
{
	struct inode *dir = m->from.cur.dentry->inode;
	struct inode *dir2 = m->to.cur.dentry->inode;
	struct inode *old = m->old->inode, *gone = m->new->inode;
	bool exchange = m->flags & LX_RENAME_EXCHANGE;
	int err;

	if (gone)
		inode_get(gone);
	if (gone && !exchange && LX_S_ISDIR(gone->mode))
		dentry_shrink_tree(m->new);
	err = dir->ops->rename(dir, m->old->name, m->old->len, old, dir2,
			       m->new->name, m->new->len, gone, exchange);
	if (!err && exchange) {
		dentry_swap(m->old, m->new);
	} else if (!err) {
		if (gone && LX_S_ISDIR(gone->mode))
			gone->is_dead = true;
		dentry_move(m->old, m->new);
	}
	inode_put(gone);
	return err;
}

static int
rename_locked(struct move *m)
{
	struct last_comp *a = &m->from.last, *b = &m->to.last;
	int err;

	err = dentry_lookup_locked(m->from.cur.dentry, a->name, a->len,
				   &m->old);
	if (!err)
		err = dentry_lookup_locked(m->to.cur.dentry, b->name, b->len,
					   &m->new);
	if (!err)
		err = check_kinds(m);
	/* Linux: two names of one file: nothing to do. */
	if (!err && m->old->inode == m->new->inode)
		return 0;
	if (!err)
		err = check_rights(m);
	return err ? err : do_rename(m);
}

int
vfs_rename(const struct walk *from, const char *old, const struct walk *to,
	   const char *name, uint32_t flags)
{
	struct move m;
	struct inode *a, *b;
	int err;

	if (flags & ~(uint32_t)(LX_RENAME_NOREPLACE | LX_RENAME_EXCHANGE |
				LX_RENAME_WHITEOUT))
		return -EINVAL;
	if ((flags & LX_RENAME_EXCHANGE) &&
	    (flags & (LX_RENAME_NOREPLACE | LX_RENAME_WHITEOUT)))
		return -EINVAL;
	/* No file system here makes whiteouts. */
	if (flags & LX_RENAME_WHITEOUT)
		return -EINVAL;
	m.flags = flags;
	m.old = m.new = NULL;
	err = nd_begin(&m.from, from, old);
	if (!err)
		err = nd_parent(&m.from, old);
	if (err) {
		nd_end(&m.from);
		return err;
	}
	err = nd_begin(&m.to, to, name);
	if (!err)
		err = nd_parent(&m.to, name);
	if (!err)
		err = check_names(&m);
	if (!err) {
		a = m.from.cur.dentry->inode;
		b = m.to.cur.dentry->inode;
		lock_dirs(a, b);
		err = rename_locked(&m);
		unlock_dirs(a, b);
	}
	dentry_put(m.old);
	dentry_put(m.new);
	nd_end(&m.to);
	nd_end(&m.from);
	return err;
}
