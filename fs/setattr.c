/* SPDX-License-Identifier: MIT */
/*
 * fs/setattr.c - changing an inode's attributes and size: who may, and what
 * goes with it (set-id bits, file capabilities, times).
 */
#include "base/cred.h"
#include "base/time.h"
#include "fs/internal.h"
#include "fs/internal_file.h"
#include "include/abi/capability.h"

#define SETID_BITS (LX_S_ISUID | LX_S_ISGID)

static bool
may_keep_sgid(const struct inode *i, const struct cred *c)
{
	return cred_in_group(c, i->gid) || cred_capable(c, LX_CAP_FSETID);
}

/* The mode without the set-id bits that a change of owner or contents takes
 * away.  Linux: set-group-id without group execution stays for members. */
static uint32_t
without_setid(const struct inode *i, const struct cred *c)
{
	uint32_t mode = i->mode & ~(uint32_t)LX_S_ISUID;

	if ((mode & LX_S_ISGID) &&
	    ((mode & LX_S_IXGRP) || !may_keep_sgid(i, c)))
		mode &= ~(uint32_t)LX_S_ISGID;
	return mode;
}

static void
drop_file_caps(struct inode *i)
{
	static const char name[] = "security.capability";

	if (i->is_nosec)
		return;
	if (i->ops->removexattr && i->ops->getxattr &&
	    i->ops->getxattr(i, name, NULL, 0) > 0)
		(void)i->ops->removexattr(i, name);
	i->is_nosec = true;
}

static int
apply(struct inode *i, const struct iattr *a)
{
	if (i->ops->setattr)
		return i->ops->setattr(i, a);
	if (a->valid & ATTR_SIZE)
		return -EINVAL;
	inode_set_attrs(i, a);
	return 0;
}

int
inode_drop_privs(struct inode *i, const struct cred *c)
{
	struct iattr a = {.valid = ATTR_MODE | ATTR_CTIME};
	int err = 0;

	drop_file_caps(i);
	if (!(i->mode & SETID_BITS) || cred_capable(c, LX_CAP_FSETID))
		return 0;
	a.mode = without_setid(i, c);
	if (a.mode == i->mode)
		return 0;
	a.ctime_ns = (int64_t)clock_realtime_ns();
	mutex_lock(&i->lock);
	err = apply(i, &a);
	mutex_unlock(&i->lock);
	return err;
}

static int
check_owner_change(const struct inode *i, const struct cred *c,
		   const struct iattr *a)
{
	bool is_owner = c->fsuid == i->uid;

	if (cred_capable(c, LX_CAP_CHOWN))
		return 0;
	if ((a->valid & ATTR_UID) && (!is_owner || a->uid != i->uid))
		return -EPERM;
	if ((a->valid & ATTR_GID) &&
	    (!is_owner || (a->gid != i->gid && !cred_in_group(c, a->gid))))
		return -EPERM;
	return 0;
}

/* utimes(2): a given time is the owner's to set; "now", also a writer's. */
static int
check_times(struct inode *i, const struct cred *c, const struct iattr *a)
{
	if (inode_owned(i, c))
		return 0;
	if (a->valid & ATTR_TIMES_SET)
		return -EPERM;
	return inode_permission(i, c, MAY_WRITE);
}

static int
check_rights(struct inode *i, const struct cred *c, struct iattr *a)
{
	int err;

	if (i->is_immutable ||
	    (i->is_append_only &&
	     (a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID | ATTR_TIMES_SET))))
		return -EPERM;
	err = check_owner_change(i, c, a);
	if (err)
		return err;
	if (a->valid & ATTR_MODE) {
		if (!inode_owned(i, c))
			return -EPERM;
		if (!may_keep_sgid(i, c))
			a->mode &= ~(uint32_t)LX_S_ISGID;
	}
	if (a->valid & (ATTR_ATIME | ATTR_MTIME))
		err = check_times(i, c, a);
	return err;
}

int
vfs_setattr(const struct path *p, const struct cred *c, struct iattr *a)
{
	struct inode *i = p->dentry->inode;
	int err = path_may_write(p);

	if (err)
		return err;
	mutex_lock(&i->lock);
	if (i->ops->revalidate)
		err = i->ops->revalidate(i);
	if (!err)
		err = check_rights(i, c, a);
	if (err)
		goto out;
	if ((a->valid & ATTR_KILL_PRIV) && !LX_S_ISDIR(i->mode)) {
		drop_file_caps(i);
		if (i->mode & SETID_BITS) {
			a->mode = without_setid(i, c);
			a->valid |= ATTR_MODE;
		}
	}
	if (a->valid & ATTR_MODE)
		a->mode = (i->mode & LX_S_IFMT) | (a->mode & LX_S_IALLUGO);
	a->ctime_ns = (int64_t)clock_realtime_ns();
	a->valid |= ATTR_CTIME;
	a->valid &= ~(uint32_t)(ATTR_TIMES_SET | ATTR_KILL_PRIV);
	err = apply(i, a);
out:
	mutex_unlock(&i->lock);
	return err;
}

/* Set the size; rights to write are checked. */
static int
truncate_inode(struct inode *i, const struct cred *c, uint64_t size)
{
	struct iattr a = {
		.valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME,
		.size = size,
		.mtime_ns = (int64_t)clock_realtime_ns(),
	};
	int err;

	a.ctime_ns = a.mtime_ns;
	err = inode_drop_privs(i, c);
	if (err)
		return err;
	mutex_lock(&i->lock);
	if ((size < i->pages.size && (i->seals & LX_F_SEAL_SHRINK)) ||
	    (size > i->pages.size && (i->seals & LX_F_SEAL_GROW)))
		err = -EPERM;
	else if (!i->ops->setattr)
		err = -EINVAL;
	else
		err = i->ops->setattr(i, &a);
	mutex_unlock(&i->lock);
	return err;
}

int
vfs_truncate(const struct path *p, const struct cred *c, uint64_t size)
{
	struct inode *i = p->dentry->inode;
	int err;

	if (LX_S_ISDIR(i->mode))
		return -EISDIR;
	if (!LX_S_ISREG(i->mode))
		return -EINVAL;
	err = path_may_write(p);
	if (!err)
		err = inode_permission(i, c, MAY_WRITE);
	if (!err && i->is_append_only)
		err = -EPERM;
	if (!err)
		err = inode_write_get(i);
	if (err)
		return err;
	err = truncate_inode(i, c, size);
	inode_write_put(i);
	return err;
}

int
vfs_truncate_file(struct file *f, const struct cred *c, uint64_t size)
{
	struct inode *i = f->inode;
	int err;

	if (!i || !LX_S_ISREG(i->mode))
		return -EINVAL;
	if (i->is_append_only)
		return -EPERM;
	/* O_RDONLY | O_TRUNC comes here too. */
	err = inode_write_get(i);
	if (err)
		return err;
	err = truncate_inode(i, c, size);
	inode_write_put(i);
	return err;
}

#define FALLOC_MODES                                                           \
	(LX_FALLOC_FL_KEEP_SIZE | LX_FALLOC_FL_PUNCH_HOLE |                    \
	 LX_FALLOC_FL_ZERO_RANGE)

int
vfs_fallocate(struct file *f, const struct cred *c, int mode, int64_t off,
	      int64_t len)
{
	struct inode *i = f->inode;
	int64_t end;
	int err;

	if (off < 0 || len <= 0)
		return -EINVAL;
	if (mode & ~FALLOC_MODES)
		return -EOPNOTSUPP;
	if ((mode & LX_FALLOC_FL_PUNCH_HOLE) &&
	    (!(mode & LX_FALLOC_FL_KEEP_SIZE) ||
	     (mode & LX_FALLOC_FL_ZERO_RANGE)))
		return -EOPNOTSUPP;
	if (!file_may_write(f))
		return -EBADF;
	if (!i)
		return -ENODEV;
	if ((mode & ~LX_FALLOC_FL_KEEP_SIZE) && i->is_append_only)
		return -EPERM;
	if (LX_S_ISFIFO(i->mode))
		return -ESPIPE;
	if (LX_S_ISDIR(i->mode))
		return -EISDIR;
	if (!LX_S_ISREG(i->mode))
		return -ENODEV;
	if (__builtin_add_overflow(off, len, &end))
		return -EFBIG;
	if (!f->ops->fallocate)
		return -EOPNOTSUPP;
	err = inode_drop_privs(i, c);
	if (err)
		return err;
	mutex_lock(&i->lock);
	if ((i->seals & (LX_F_SEAL_WRITE | LX_F_SEAL_FUTURE_WRITE)) &&
	    (mode & ~LX_FALLOC_FL_KEEP_SIZE))
		err = -EPERM;
	else if ((i->seals & LX_F_SEAL_GROW) && (uint64_t)end > i->pages.size)
		err = -EPERM;
	else
		err = f->ops->fallocate(f, mode, (uint64_t)off, (uint64_t)len);
	if (!err)
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
	mutex_unlock(&i->lock);
	return err;
}
