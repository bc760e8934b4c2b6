/* SPDX-License-Identifier: MIT */
/*
 * syscalls/xattr.c - setxattr(2), getxattr(2), listxattr(2), removexattr(2),
 * each for a path, a path whose last link is not followed, a descriptor.
 */
#include "fs/xattr.h"

#include "base/slab.h"
#include "fs/fdtable.h"
#include "include/abi/misc.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

/* Which of the three ways the file is named. */
struct target {
	enum { BY_PATH, BY_LINK, BY_FD } how;
	uaddr_t path;
	int fd;
};

#define PATH(p) (&(struct target){BY_PATH, (p), -1})
#define LINK(p) (&(struct target){BY_LINK, (p), -1})
#define FD(n)	(&(struct target){BY_FD, {0}, (n)})

static int
place(struct task *t, const struct target *at, struct path *out)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (at->how != BY_FD)
		return at_lookup(t, LX_AT_FDCWD, at->path,
				 at->how == BY_PATH ? WALK_FOLLOW : 0, out);
	err = fd_get(t->files, at->fd, &f);
	return err ? err : path_from_file(f, out);
}

static int
name_in(struct task *t, uaddr_t at, char name[XATTR_NAME_MAX + 2])
{
	int64_t len = copy_str_in(t->mm, name, at, XATTR_NAME_MAX + 2);

	if (len == -ENAMETOOLONG || len == 0 || len > XATTR_NAME_MAX)
		return -ERANGE;
	return len < 0 ? (int)len : 0;
}

static sysret_t
do_set(struct task *t, const struct target *at, uaddr_t uname, uaddr_t value,
       uint64_t size, uint32_t flags)
{
	char name[XATTR_NAME_MAX + 2];
	AUTO_PATH p = {0};
	char *buf = NULL;
	int err;

	if (flags & ~(uint32_t)(LX_XATTR_CREATE | LX_XATTR_REPLACE))
		return -EINVAL;
	err = name_in(t, uname, name);
	if (err)
		return err;
	if (size > XATTR_SIZE_MAX)
		return -E2BIG;
	if (size) {
		buf = kmalloc(size);
		if (!buf)
			return -ENOMEM;
		err = copy_in(t->mm, buf, value, size);
	}
	if (!err)
		err = place(t, at, &p);
	if (!err)
		err = vfs_setxattr(&p, &t->cred, name, buf, size, (int)flags);
	kfree(buf);
	return err;
}

sysret_t
sys_setxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value,
	     uint64_t size, uint32_t flags)
{
	return do_set(t, PATH(path), name, value, size, flags);
}

sysret_t
sys_lsetxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value,
	      uint64_t size, uint32_t flags)
{
	return do_set(t, LINK(path), name, value, size, flags);
}

sysret_t
sys_fsetxattr(struct task *t, int fd, uaddr_t name, uaddr_t value,
	      uint64_t size, uint32_t flags)
{
	return do_set(t, FD(fd), name, value, size, flags);
}

/* Ask @p for an attribute (@name) or the list of them, give it to the guest.
 * Linux: a size of 0 asks for the length alone. */
static sysret_t
fetch(struct task *t, const struct path *p, const char *name, uaddr_t out,
      uint64_t size, uint64_t max)
{
	size_t n = MIN(size, max);
	char *buf = NULL;
	int64_t len;

	if (n) {
		buf = kmalloc(n);
		if (!buf)
			return -ENOMEM;
	}
	len = name ? vfs_getxattr(p, &t->cred, name, buf, n)
		   : vfs_listxattr(p, &t->cred, buf, n);
	if (len == -ERANGE && size >= max)
		len = -E2BIG;
	if (len > 0 && n && copy_out(t->mm, out, buf, (size_t)len))
		len = -EFAULT;
	kfree(buf);
	return len;
}

static sysret_t
do_get(struct task *t, const struct target *at, uaddr_t uname, uaddr_t value,
       uint64_t size)
{
	char name[XATTR_NAME_MAX + 2];
	AUTO_PATH p = {0};
	int err = name_in(t, uname, name);

	if (!err)
		err = place(t, at, &p);
	return err ? err : fetch(t, &p, name, value, size, XATTR_SIZE_MAX);
}

sysret_t
sys_getxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value,
	     uint64_t size)
{
	return do_get(t, PATH(path), name, value, size);
}

sysret_t
sys_lgetxattr(struct task *t, uaddr_t path, uaddr_t name, uaddr_t value,
	      uint64_t size)
{
	return do_get(t, LINK(path), name, value, size);
}

sysret_t
sys_fgetxattr(struct task *t, int fd, uaddr_t name, uaddr_t value,
	      uint64_t size)
{
	return do_get(t, FD(fd), name, value, size);
}

static sysret_t
do_list(struct task *t, const struct target *at, uaddr_t list, uint64_t size)
{
	AUTO_PATH p = {0};
	int err = place(t, at, &p);

	return err ? err : fetch(t, &p, NULL, list, size, XATTR_LIST_MAX);
}

sysret_t
sys_listxattr(struct task *t, uaddr_t path, uaddr_t list, uint64_t size)
{
	return do_list(t, PATH(path), list, size);
}

sysret_t
sys_llistxattr(struct task *t, uaddr_t path, uaddr_t list, uint64_t size)
{
	return do_list(t, LINK(path), list, size);
}

sysret_t
sys_flistxattr(struct task *t, int fd, uaddr_t list, uint64_t size)
{
	return do_list(t, FD(fd), list, size);
}

static sysret_t
do_remove(struct task *t, const struct target *at, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 2];
	AUTO_PATH p = {0};
	int err = name_in(t, uname, name);

	if (!err)
		err = place(t, at, &p);
	return err ? err : vfs_removexattr(&p, &t->cred, name);
}

sysret_t
sys_removexattr(struct task *t, uaddr_t path, uaddr_t name)
{
	return do_remove(t, PATH(path), name);
}

sysret_t
sys_lremovexattr(struct task *t, uaddr_t path, uaddr_t name)
{
	return do_remove(t, LINK(path), name);
}

sysret_t
sys_fremovexattr(struct task *t, int fd, uaddr_t name)
{
	return do_remove(t, FD(fd), name);
}
