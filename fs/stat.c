/* SPDX-License-Identifier: MIT */
/* fs/stat.c - looking at places: stat(2), statfs(2), readlink(2). */
#include "base/str.h"
#include "fs/internal.h"
#include "fs/stat.h"
#include "include/abi/statfs.h"

int
vfs_stat(const struct path *p, struct kstat *out)
{
	int err = inode_stat(p->dentry->inode, out);

	if (err)
		return err;
	out->mnt_id = p->mnt->id;
	out->attributes_mask |= LX_STATX_ATTR_MOUNT_ROOT;
	if (p->dentry == p->mnt->root)
		out->attributes |= LX_STATX_ATTR_MOUNT_ROOT;
	return 0;
}

int
file_stat(struct file *f, struct kstat *out)
{
	if (f->path.dentry)
		return vfs_stat(&f->path, out);
	if (f->inode)
		return inode_stat(f->inode, out);
	*out = (struct kstat){.mode = 0600, .blksize = PAGE_SIZE, .nlink = 1};
	return 0;
}

static uint64_t
mount_statfs_flags(const struct mount *m)
{
	static const struct {
		uint32_t ms, st;
	} map[] = {
		{LX_MS_NOSUID, LX_ST_NOSUID},
		{LX_MS_NODEV, LX_ST_NODEV},
		{LX_MS_NOEXEC, LX_ST_NOEXEC},
		{LX_MS_NOATIME, LX_ST_NOATIME},
		{LX_MS_NODIRATIME, LX_ST_NODIRATIME},
		{LX_MS_RELATIME, LX_ST_RELATIME},
		{LX_MS_NOSYMFOLLOW, LX_ST_NOSYMFOLLOW},
	};
	uint64_t flags = LX_ST_VALID;

	if (mount_readonly(m))
		flags |= LX_ST_RDONLY;
	for (size_t i = 0; i < ARRAY_LEN(map); i++)
		if (m->flags & map[i].ms)
			flags |= map[i].st;
	return flags;
}

int
vfs_statfs(const struct path *p, struct kstatfs *out)
{
	struct super *sb = p->dentry->sb;
	int err;

	*out = (struct kstatfs){0};
	if (!sb->ops->statfs)
		return -ENOSYS;
	err = sb->ops->statfs(sb, out);
	if (err)
		return err;
	if (!out->fsid)
		out->fsid = sb->dev;
	out->flags |= mount_statfs_flags(p->mnt);
	return 0;
}

int64_t
vfs_readlink(const struct path *p, char *buf, size_t n)
{
	struct inode *i = p->dentry->inode;
	size_t len;

	if (!LX_S_ISLNK(i->mode))
		return -EINVAL;
	if (!i->link)
		return i->ops->readlink ? i->ops->readlink(i, buf, n) : -EINVAL;
	len = MIN(strlen(i->link), n);
	memcpy(buf, i->link, len);
	if (!mount_readonly(p->mnt) && !(p->mnt->flags & LX_MS_NOATIME) &&
	    i->atime_ns <= i->mtime_ns)
		inode_touch(i, ATTR_ATIME);
	return (int64_t)len;
}
