/* SPDX-License-Identifier: MIT */
/* syscalls/dir.c - directories: getdents(2), mkdir(2), rmdir(2), mknod(2),
 * getcwd(2), chdir(2), chroot(2). */
#include "fs/dir.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/chrdev.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "include/abi/capability.h"
#include "include/abi/dirent.h"
#include "include/abi/stat.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

/* No more than this is gathered for one call. */
#define DENTS_MAX 65536u

/* Entries are laid out in kernel memory, then copied out at once. */
struct dents {
	struct dir_sink sink;
	char *buf;
	uint32_t size, len;
	bool is_old; /* getdents(2)'s records */
	int err;     /* why it took nothing */
};

/* The position after an entry is the entry's d_off in both layouts. */
static int
dents_emit(struct dir_sink *s, const char *name, size_t len, uint64_t ino,
	   uint8_t type, uint64_t next)
{
	struct dents *d = CONTAINER_OF(s, struct dents, sink);
	size_t head = d->is_old ? offsetof(struct lx_dirent, d_name)
				: offsetof(struct lx_dirent64, d_name);
	/* The old layout has its type after the name. */
	size_t reclen = (head + len + 1 + d->is_old + 7) & ~7ull;
	char *at = d->buf + d->len;

	if (reclen > d->size - d->len) {
		d->err = -EINVAL;
		return -ENOSPC;
	}
	memset(at, 0, reclen);
	if (d->is_old) {
		struct lx_dirent *e = (struct lx_dirent *)at;

		e->d_ino = ino;
		e->d_off = next;
		e->d_reclen = (uint16_t)reclen;
		at[reclen - 1] = (char)type;
	} else {
		struct lx_dirent64 *e = (struct lx_dirent64 *)at;

		e->d_ino = ino;
		e->d_off = (int64_t)next;
		e->d_reclen = (uint16_t)reclen;
		e->d_type = type;
	}
	memcpy(at + head, name, len);
	d->len += (uint32_t)reclen;
	return 0;
}

static sysret_t
do_getdents(struct task *t, int fd, uaddr_t buf, uint32_t count, bool is_old)
{
	struct dents d = {
		.sink = {.emit = dents_emit},
		.size = MIN(count, DENTS_MAX),
		.is_old = is_old,
	};
	AUTO_PUT(file) f = NULL;
	sysret_t ret = fd_get(t->files, fd, &f);
	uint64_t before;

	if (ret)
		return ret;
	if (!f->ops->iterate)
		return -ENOTDIR;
	d.buf = kmalloc(MAX(d.size, 1u));
	if (!d.buf)
		return -ENOMEM;
	before = f->pos;
	ret = file_iterate(f, &d.sink);
	if (!ret)
		ret = d.len ? (sysret_t)d.len : d.err;
	if (ret > 0 && copy_out(t->mm, buf, d.buf, d.len)) {
		f->pos = before;
		ret = -EFAULT;
	}
	kfree(d.buf);
	return ret;
}

sysret_t
sys_getdents64(struct task *t, int fd, uaddr_t buf, uint32_t count)
{
	return do_getdents(t, fd, buf, count, false);
}

sysret_t
sys_getdents(struct task *t, int fd, uaddr_t buf, uint32_t count)
{
	return do_getdents(t, fd, buf, count, true);
}

sysret_t
sys_mkdirat(struct task *t, int dirfd, uaddr_t path, uint32_t mode)
{
	AUTO_AT a;
	int err = at_init(&a, t, dirfd, path, 0);

	return err ? err : vfs_mkdir(&a.w, a.name, mode);
}

sysret_t
sys_mkdir(struct task *t, uaddr_t path, uint32_t mode)
{
	return sys_mkdirat(t, LX_AT_FDCWD, path, mode);
}

sysret_t
sys_rmdir(struct task *t, uaddr_t path)
{
	AUTO_AT a;
	int err = at_init(&a, t, LX_AT_FDCWD, path, 0);

	return err ? err : vfs_rmdir(&a.w, a.name);
}

sysret_t
sys_mknodat(struct task *t, int dirfd, uaddr_t path, uint32_t mode,
	    uint32_t dev)
{
	AUTO_AT a;
	int err = at_init(&a, t, dirfd, path, 0);

	return err ? err : vfs_mknod(&a.w, a.name, mode, dev_decode(dev));
}

sysret_t
sys_mknod(struct task *t, uaddr_t path, uint32_t mode, uint32_t dev)
{
	return sys_mknodat(t, LX_AT_FDCWD, path, mode, dev);
}

sysret_t
sys_getcwd(struct task *t, uaddr_t buf, uint64_t size)
{
	char path[AT_PATH_MAX];
	int64_t len;

	if (dentry_is_deleted(t->fs->cwd.dentry))
		return -ENOENT;
	len = path_string(&t->fs->cwd, &t->fs->root, path, sizeof(path));
	if (len < 0)
		return len == -ERANGE ? -ENAMETOOLONG : len;
	if ((uint64_t)len + 1 > size)
		return -ERANGE;
	/* Linux: the length counts the NUL. */
	return copy_out(t->mm, buf, path, (size_t)len + 1) ? -EFAULT : len + 1;
}

static int
may_enter(struct task *t, const struct path *p)
{
	if (!LX_S_ISDIR(p->dentry->inode->mode))
		return -ENOTDIR;
	return inode_permission(p->dentry->inode, &t->cred, MAY_EXEC);
}

sysret_t
sys_chdir(struct task *t, uaddr_t path)
{
	AUTO_PATH p = {0};
	int err = at_lookup(t, LX_AT_FDCWD, path, WALK_FOLLOW | WALK_DIR, &p);

	if (!err)
		err = may_enter(t, &p);
	if (!err)
		fs_set_cwd(t->fs, &p);
	return err;
}

sysret_t
sys_fchdir(struct task *t, int fd)
{
	AUTO_PATH p = {0};
	int err = fd_place(t, fd, &p);

	if (!err)
		err = may_enter(t, &p);
	if (!err)
		fs_set_cwd(t->fs, &p);
	return err;
}

sysret_t
sys_chroot(struct task *t, uaddr_t path)
{
	AUTO_PATH p = {0};
	int err = at_lookup(t, LX_AT_FDCWD, path, WALK_FOLLOW | WALK_DIR, &p);

	if (!err)
		err = may_enter(t, &p);
	if (!err && !cred_capable(&t->cred, LX_CAP_SYS_CHROOT))
		err = -EPERM;
	if (!err)
		fs_set_root(t->fs, &p);
	return err;
}
