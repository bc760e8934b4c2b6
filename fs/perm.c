/* SPDX-License-Identifier: MIT */
/*
 * fs/perm.c - may these credentials do that to this inode?  Mode bits by
 * fsuid and groups, then capabilities, as path_resolution(7) and
 * capabilities(7) say.
 */
#include "base/cred.h"
#include "fs/internal.h"
#include "include/abi/capability.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"

#define ALL_EXEC 0111u
#define TEMP_DIR (LX_S_ISVTX | 0002u)

struct fs_protect fs_protect = {.symlinks = 1, .hardlinks = 1};

int
inode_check_mode(const struct inode *i, const struct cred *c, int mask)
{
	uint32_t mode = i->mode;

	mask &= MAY_READ | MAY_WRITE | MAY_EXEC;
	if (c->fsuid == i->uid)
		mode >>= 6;
	else if (cred_in_group(c, i->gid))
		mode >>= 3;
	if (!((uint32_t)mask & ~mode))
		return 0;

	if (LX_S_ISDIR(i->mode)) {
		if (!(mask & MAY_WRITE) &&
		    cred_capable(c, LX_CAP_DAC_READ_SEARCH))
			return 0;
		return cred_capable(c, LX_CAP_DAC_OVERRIDE) ? 0 : -EACCES;
	}
	if (mask == MAY_READ && cred_capable(c, LX_CAP_DAC_READ_SEARCH))
		return 0;
	/* Even root runs only what somebody may run. */
	if ((!(mask & MAY_EXEC) || (i->mode & ALL_EXEC)) &&
	    cred_capable(c, LX_CAP_DAC_OVERRIDE))
		return 0;
	return -EACCES;
}

int
inode_permission(struct inode *i, const struct cred *c, int mask)
{
	/* The usual step of a walk: everybody may search here. */
	if (mask == MAY_EXEC && !i->ops->permission &&
	    (i->mode & ALL_EXEC) == ALL_EXEC)
		return 0;
	if ((mask & MAY_WRITE) && i->is_immutable)
		return -EPERM;
	if (i->ops->permission)
		return i->ops->permission(i, c, mask);
	return inode_check_mode(i, c, mask);
}

bool
inode_owned(const struct inode *i, const struct cred *c)
{
	return c->fsuid == i->uid || cred_capable(c, LX_CAP_FOWNER);
}

int
vfs_access(const struct path *p, const struct cred *c, int mask)
{
	struct inode *i = p->dentry->inode;

	/* Linux: access(W_OK) of a device on a read-only mount is fine. */
	if ((mask & MAY_WRITE) && mount_readonly(p->mnt) &&
	    (LX_S_ISREG(i->mode) || LX_S_ISDIR(i->mode) || LX_S_ISLNK(i->mode)))
		return -EROFS;
	if ((mask & MAY_EXEC) && LX_S_ISREG(i->mode) &&
	    (p->mnt->flags & LX_MS_NOEXEC))
		return -EACCES;
	return mask ? inode_permission(i, c, mask) : 0;
}

int
path_may_write(const struct path *p)
{
	return mount_readonly(p->mnt) ? -EROFS : 0;
}

int
perm_follow(const struct inode *dir, const struct inode *link,
	    const struct cred *c)
{
	if (!fs_protect.symlinks || (dir->mode & TEMP_DIR) != TEMP_DIR)
		return 0;
	return link->uid == c->fsuid || link->uid == dir->uid ? 0 : -EACCES;
}

int
perm_link(struct inode *i, const struct cred *c)
{
	bool is_plain = LX_S_ISREG(i->mode) && !(i->mode & LX_S_ISUID) &&
			(i->mode & (LX_S_ISGID | 0010)) != (LX_S_ISGID | 0010);

	if (!fs_protect.hardlinks || inode_owned(i, c))
		return 0;
	if (is_plain && !inode_permission(i, c, MAY_READ | MAY_WRITE))
		return 0;
	return -EPERM;
}

int
perm_reuse(const struct inode *dir, const struct inode *i, const struct cred *c)
{
	int level;

	if (LX_S_ISREG(i->mode))
		level = fs_protect.regular;
	else if (LX_S_ISFIFO(i->mode))
		level = fs_protect.fifos;
	else
		return 0;
	if (!level || !(dir->mode & LX_S_ISVTX) || i->uid == dir->uid ||
	    i->uid == c->fsuid)
		return 0;
	if ((dir->mode & 0002) || (level > 1 && (dir->mode & 0020)))
		return -EACCES;
	return 0;
}
