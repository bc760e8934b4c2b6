/* SPDX-License-Identifier: MIT */
/*
 * fs/inode.c - inodes: counts, times, owners, who may write while who runs.
 *
 * An inode has no cache of its own here: a file system that can be asked for
 * the same one twice (hostfs) keeps its own table.
 */
#include "fs/inode.h"

#include "base/cred.h"
#include "base/slab.h"
#include "base/time.h"
#include "include/abi/capability.h"
#include "include/abi/stat.h"

static struct ref_kind inode_kind = {.name = "inode"};
static const struct inode_ops no_ops;

int
inode_new(struct super *sb, uint64_t ino, uint32_t mode, struct inode **out)
{
	struct inode *i = KNEW(struct inode);
	int64_t now = (int64_t)clock_realtime_ns();

	if (!i)
		return -ENOMEM;
	ref_init(&i->ref, &inode_kind);
	i->sb = sb;
	sb->ninodes++;
	i->ino = ino;
	i->mode = mode;
	i->nlink = LX_S_ISDIR(mode) ? 2 : 1;
	i->ops = &no_ops;
	i->atime_ns = i->mtime_ns = i->ctime_ns = i->btime_ns = now;
	pagecache_init(&i->pages, NULL, i, 0);
	mutex_init(&i->lock);
	list_init(&i->flocks);
	waitq_init(&i->lock_wq);
	*out = i;
	return 0;
}

struct inode *
inode_get(struct inode *i)
{
	ref_get(&i->ref);
	return i;
}

void
inode_put(struct inode *i)
{
	struct super *sb;

	if (!i || !ref_put(&i->ref, &inode_kind))
		return;
	sb = i->sb;
	if (sb->ops->evict)
		sb->ops->evict(i);
	pagecache_fini(&i->pages);
	kassert(list_empty(&i->flocks));
	kfree(i->link);
	kfree(i);
	super_inode_gone(sb);
}

void
inode_touch(struct inode *i, uint32_t which)
{
	int64_t now = (int64_t)clock_realtime_ns();

	if (which & ATTR_ATIME)
		i->atime_ns = now;
	if (which & ATTR_MTIME)
		i->mtime_ns = now;
	if (which & ATTR_CTIME)
		i->ctime_ns = now;
}

void
inode_set_attrs(struct inode *i, const struct iattr *a)
{
	if (a->valid & ATTR_MODE)
		i->mode = (i->mode & LX_S_IFMT) | (a->mode & LX_S_IALLUGO);
	if (a->valid & ATTR_UID)
		i->uid = a->uid;
	if (a->valid & ATTR_GID)
		i->gid = a->gid;
	if (a->valid & ATTR_ATIME)
		i->atime_ns = a->atime_ns;
	if (a->valid & ATTR_MTIME)
		i->mtime_ns = a->mtime_ns;
	if (a->valid & ATTR_CTIME)
		i->ctime_ns = a->ctime_ns;
}

void
inode_new_owner(const struct inode *dir, const struct cred *c, uint32_t mode,
		uint64_t rdev, struct inode_new *as)
{
	as->mode = mode;
	as->uid = c->fsuid;
	as->gid = c->fsgid;
	as->rdev = rdev;
	if (!(dir->mode & LX_S_ISGID))
		return;
	as->gid = dir->gid;
	if (LX_S_ISDIR(mode))
		as->mode |= LX_S_ISGID;
	else if ((mode & (LX_S_ISGID | LX_S_IXGRP)) ==
			 (LX_S_ISGID | LX_S_IXGRP) &&
		 !cred_in_group(c, dir->gid) && !cred_capable(c, LX_CAP_FSETID))
		as->mode &= ~(uint32_t)LX_S_ISGID;
}

int
inode_write_get(struct inode *i)
{
	if (i->writers < 0)
		return -ETXTBSY;
	i->writers++;
	return 0;
}

void
inode_write_put(struct inode *i)
{
	kassert(i->writers > 0);
	i->writers--;
}

int
inode_exec_get(struct inode *i)
{
	if (i->writers > 0)
		return -ETXTBSY;
	i->writers--;
	return 0;
}

void
inode_exec_put(struct inode *i)
{
	kassert(i->writers < 0);
	i->writers++;
}

int
inode_stat(struct inode *i, struct kstat *out)
{
	if (i->ops->revalidate) {
		int err = i->ops->revalidate(i);

		if (err)
			return err;
	}
	*out = (struct kstat){
		.dev = i->sb->dev,
		.ino = i->ino,
		.nlink = i->nlink,
		.rdev = i->rdev,
		.size = i->pages.size,
		.blocks = i->blocks,
		.mode = i->mode,
		.uid = i->uid,
		.gid = i->gid,
		.blksize = PAGE_SIZE,
		.atime_ns = i->atime_ns,
		.mtime_ns = i->mtime_ns,
		.ctime_ns = i->ctime_ns,
		.btime_ns = i->btime_ns,
		.attributes_mask =
			LX_STATX_ATTR_APPEND | LX_STATX_ATTR_IMMUTABLE,
	};
	if (i->is_append_only)
		out->attributes |= LX_STATX_ATTR_APPEND;
	if (i->is_immutable)
		out->attributes |= LX_STATX_ATTR_IMMUTABLE;
	return i->ops->getattr ? i->ops->getattr(i, out) : 0;
}
