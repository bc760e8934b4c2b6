/* SPDX-License-Identifier: MIT */
/* syscalls/link.c - names: link(2), symlink(2), readlink(2), unlink(2),
 * rename(2). */
#include "base/slab.h"
#include "fs/dentry.h"
#include "include/abi/capability.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

sysret_t
sys_linkat(struct task *t, int olddirfd, uaddr_t oldpath, int newdirfd,
	   uaddr_t newpath, uint32_t flags)
{
	uint32_t walk = flags & LX_AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0;
	AUTO_PATH old = {0};
	AUTO_AT a;
	int err;

	a.w.start = (struct path){0};
	if (flags & ~(uint32_t)(LX_AT_SYMLINK_FOLLOW | LX_AT_EMPTY_PATH))
		return -EINVAL;
	/* Linux: a descriptor got from elsewhere must not become a name. */
	if ((flags & LX_AT_EMPTY_PATH) &&
	    !cred_capable(&t->cred, LX_CAP_DAC_READ_SEARCH))
		return -ENOENT;
	if (flags & LX_AT_EMPTY_PATH)
		walk |= WALK_EMPTY;
	err = at_lookup(t, olddirfd, oldpath, walk, &old);
	if (!err)
		err = at_init(&a, t, newdirfd, newpath, 0);
	return err ? err : vfs_link(&a.w, &old, a.name);
}

sysret_t
sys_link(struct task *t, uaddr_t oldpath, uaddr_t newpath)
{
	return sys_linkat(t, LX_AT_FDCWD, oldpath, LX_AT_FDCWD, newpath, 0);
}

sysret_t
sys_symlinkat(struct task *t, uaddr_t target, int newdirfd, uaddr_t linkpath)
{
	char text[AT_PATH_MAX];
	AUTO_AT a;
	int64_t len;
	int err;

	a.w.start = (struct path){0};
	len = copy_str_in(t->mm, text, target, sizeof(text));
	if (len <= 0)
		return len ? len : -ENOENT;
	err = at_init(&a, t, newdirfd, linkpath, 0);
	return err ? err : vfs_symlink(&a.w, text, a.name);
}

sysret_t
sys_symlink(struct task *t, uaddr_t target, uaddr_t linkpath)
{
	return sys_symlinkat(t, target, LX_AT_FDCWD, linkpath);
}

sysret_t
sys_readlinkat(struct task *t, int dirfd, uaddr_t path, uaddr_t buf, int size)
{
	char text[AT_PATH_MAX];
	AUTO_PATH p = {0};
	int64_t len;
	int err;

	if (size <= 0)
		return -EINVAL;
	/* An O_PATH descriptor of a link is read with an empty path. */
	err = at_lookup(t, dirfd, path, WALK_EMPTY, &p);
	if (err)
		return err;
	len = vfs_readlink(&p, text, MIN((size_t)size, sizeof(text)));
	/* Linux: "" that is no link. */
	if (len == -EINVAL) {
		char c = 1;

		if (!get_user(t->mm, &c, path) && !c)
			return -ENOENT;
	}
	if (len < 0)
		return len;
	return copy_out(t->mm, buf, text, (size_t)len) ? -EFAULT : len;
}

sysret_t
sys_readlink(struct task *t, uaddr_t path, uaddr_t buf, int size)
{
	return sys_readlinkat(t, LX_AT_FDCWD, path, buf, size);
}

sysret_t
sys_unlinkat(struct task *t, int dirfd, uaddr_t path, uint32_t flags)
{
	AUTO_AT a;
	int err;

	a.w.start = (struct path){0};
	if (flags & ~(uint32_t)LX_AT_REMOVEDIR)
		return -EINVAL;
	err = at_init(&a, t, dirfd, path, 0);
	if (err)
		return err;
	return flags & LX_AT_REMOVEDIR ? vfs_rmdir(&a.w, a.name)
				       : vfs_unlink(&a.w, a.name);
}

sysret_t
sys_unlink(struct task *t, uaddr_t path)
{
	return sys_unlinkat(t, LX_AT_FDCWD, path, 0);
}

sysret_t
sys_renameat2(struct task *t, int olddirfd, uaddr_t oldpath, int newdirfd,
	      uaddr_t newpath, uint32_t flags)
{
	AUTO_AT from;
	AUTO_AT to;
	int err;

	to.w.start = (struct path){0};
	err = at_init(&from, t, olddirfd, oldpath, 0);
	if (!err)
		err = at_init(&to, t, newdirfd, newpath, 0);
	if (err)
		return err;
	return vfs_rename(&from.w, from.name, &to.w, to.name, flags);
}

sysret_t
sys_renameat(struct task *t, int olddirfd, uaddr_t oldpath, int newdirfd,
	     uaddr_t newpath)
{
	return sys_renameat2(t, olddirfd, oldpath, newdirfd, newpath, 0);
}

sysret_t
sys_rename(struct task *t, uaddr_t oldpath, uaddr_t newpath)
{
	return sys_renameat2(t, LX_AT_FDCWD, oldpath, LX_AT_FDCWD, newpath, 0);
}
