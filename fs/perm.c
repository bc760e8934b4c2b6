/* SPDX-License-Identifier: MIT */
/*
 * fs/perm.c - may these credentials do that to this inode?  Mode bits by
 * fsuid and groups, then capabilities, as path_resolution(7) and
 * capabilities(7) say.
 */
#include "base/cred.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "include/abi/capability.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"

#define ALL_EXEC 0111u

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
