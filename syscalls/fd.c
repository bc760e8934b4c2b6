/* SPDX-License-Identifier: MIT */
/* syscalls/fd.c - descriptors: dup(2), close(2), close_range(2), fcntl(2),
 * the part of ioctl(2) that every file has. */
#include "fs/fdtable.h"

#include "base/cred.h"
#include "fs/inode.h"
#include "fs/lock.h"
#include "fs/path.h"
#include "fs/pipe.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/capability.h"
#include "include/abi/fcntl.h"
#include "include/abi/ioctl.h"
#include "include/abi/stat.h"
#include "kernel/sigio.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/lock.h"
#include "syscalls/sysdef.h"

/* What F_SETFL can change. */
#define SETFL_MASK                                                             \
	(LX_O_APPEND | LX_O_NONBLOCK | LX_O_DIRECT | LX_O_NOATIME | LX_O_ASYNC)

static uint64_t
fd_limit(const struct task *t)
{
	return rlimit_get(t, LX_RLIMIT_NOFILE);
}

sysret_t
sys_dup(struct task *t, int oldfd)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get_path(t->files, oldfd, &f);

	return err ? err : fd_install(t->files, f, 0, false, fd_limit(t));
}

static sysret_t
replace(struct task *t, int oldfd, int newfd, bool cloexec)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (newfd < 0 || (uint64_t)newfd >= fd_limit(t))
		return -EBADF;
	err = fd_get_path(t->files, oldfd, &f);
	if (!err)
		err = fd_replace(t->files, newfd, f, cloexec, fd_limit(t));
	return err ? err : newfd;
}

sysret_t
sys_dup2(struct task *t, int oldfd, int newfd)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (oldfd != newfd)
		return replace(t, oldfd, newfd, false);
	err = fd_get_path(t->files, oldfd, &f);
	return err ? err : newfd;
}

sysret_t
sys_dup3(struct task *t, int oldfd, int newfd, uint32_t flags)
{
	if ((flags & ~(uint32_t)LX_O_CLOEXEC) || oldfd == newfd)
		return -EINVAL;
	return replace(t, oldfd, newfd, flags & LX_O_CLOEXEC);
}

/* Linux: whatever flush says, the descriptor is gone, so never restart. */
sysret_t
sys_close(struct task *t, int fd)
{
	int err = fd_close(t->files, fd);

	return err == -ERESTARTSYS || err == -ERESTARTNOINTR ? -EINTR : err;
}

sysret_t
sys_close_range(struct task *t, uint32_t first, uint32_t last, uint32_t flags)
{
	struct fdtable *own;
	int err;

	if (flags & ~(uint32_t)(LX_CLOSE_RANGE_UNSHARE |
				LX_CLOSE_RANGE_CLOEXEC) ||
	    first > last)
		return -EINVAL;
	if ((flags & LX_CLOSE_RANGE_UNSHARE) && fdtable_is_shared(t->files)) {
		err = fdtable_copy(t->files, &own);
		if (err)
			return err;
		fdtable_put(t->files);
		t->files = own;
	}
	return fd_close_range(t->files, first, last,
			      flags & LX_CLOSE_RANGE_CLOEXEC);
}

static int
set_flags(struct task *t, struct file *f, int fd, uint32_t flags)
{
	int err;

	if ((flags & LX_O_NOATIME) && !(f->flags & LX_O_NOATIME) && f->inode &&
	    !inode_owned(f->inode, &t->cred))
		return -EPERM;
	if (f->inode && f->inode->is_append_only && !(flags & LX_O_APPEND))
		return -EPERM;
	flags = (flags & SETFL_MASK) | (f->flags & ~(uint32_t)SETFL_MASK);
	if (f->ops->set_flags) {
		err = f->ops->set_flags(f, flags);
		if (err)
			return err;
	}
	err = sigio_listen(f, fd, flags & LX_O_ASYNC);
	if (!err)
		f->flags = flags;
	return err;
}

static int
owner_ex(struct task *t, struct file *f, uaddr_t arg, bool set)
{
	struct lx_f_owner_ex ex = {0};

	if (set) {
		if (get_user(t->mm, &ex, arg))
			return -EFAULT;
		if (ex.type < LX_F_OWNER_TID || ex.type > LX_F_OWNER_PGRP)
			return -EINVAL;
		if (ex.pid < 0)
			return -EINVAL;
		return sigio_set_owner(
			t, f, ex.type == LX_F_OWNER_PGRP ? -ex.pid : ex.pid,
			ex.type == LX_F_OWNER_TID);
	}
	ex.type = f->owner < 0	       ? LX_F_OWNER_PGRP
		  : f->owner_is_thread ? LX_F_OWNER_TID
				       : LX_F_OWNER_PID;
	ex.pid = f->owner < 0 ? -f->owner : f->owner;
	return put_user(t->mm, arg, &ex);
}

static sysret_t
fcntl_owner(struct task *t, struct file *f, int cmd, uint64_t arg)
{
	int32_t who = (int32_t)arg;

	switch (cmd) {
	case LX_F_SETOWN:
		if (who == INT32_MIN)
			return -EINVAL;
		return sigio_set_owner(t, f, who, false);
	case LX_F_GETOWN:
		return f->owner;
	case LX_F_SETSIG:
		if (arg > LX_NSIG)
			return -EINVAL;
		f->owner_sig = (int32_t)arg;
		return 0;
	case LX_F_GETSIG:
		return f->owner_sig;
	default:
		return owner_ex(t, f, uaddr(arg), cmd == LX_F_SETOWN_EX);
	}
}

/* What O_PATH descriptors may do too. */
static bool
is_for_path(int cmd)
{
	return cmd == LX_F_DUPFD || cmd == LX_F_DUPFD_CLOEXEC ||
	       cmd == LX_F_GETFD || cmd == LX_F_SETFD || cmd == LX_F_GETFL ||
	       cmd == LX_F_DUPFD_QUERY;
}

static sysret_t
dupfd_query(struct task *t, const struct file *f, int other)
{
	AUTO_PUT(file) g = NULL;
	int err = fd_get_path(t->files, other, &g);

	return err ? err : f == g;
}

static sysret_t
fcntl_file(struct task *t, struct file *f, int fd, int cmd, uint64_t arg)
{
	switch (cmd) {
	case LX_F_DUPFD:
	case LX_F_DUPFD_CLOEXEC:
		if ((int)arg < 0)
			return -EINVAL;
		return fd_install(t->files, f, (int)arg,
				  cmd == LX_F_DUPFD_CLOEXEC, fd_limit(t));
	case LX_F_DUPFD_QUERY:
		return dupfd_query(t, f, (int)arg);
	case LX_F_GETFD:
		return fd_get_cloexec(t->files, fd);
	case LX_F_SETFD:
		return fd_set_cloexec(t->files, fd, arg & LX_FD_CLOEXEC);
	case LX_F_GETFL:
		return f->flags;
	case LX_F_SETFL:
		return set_flags(t, f, fd, (uint32_t)arg);
	case LX_F_SETPIPE_SZ:
		return pipe_set_size(
			f, (uint32_t)arg,
			cred_capable(&t->cred, LX_CAP_SYS_RESOURCE));
	case LX_F_GETPIPE_SZ:
		return pipe_size(f);
	case LX_F_ADD_SEALS:
		return memfd_add_seals(f, (uint32_t)arg);
	case LX_F_GET_SEALS:
		return memfd_seals(f);
	case LX_F_GETLEASE:
		return LX_F_UNLCK;
	default:
		return -EINVAL;
	}
}

sysret_t
sys_fcntl(struct task *t, int fd, int cmd, uint64_t arg)
{
	AUTO_PUT(file) f = NULL;
	int err = is_for_path(cmd) ? fd_get_path(t->files, fd, &f)
				   : fd_get(t->files, fd, &f);

	if (err)
		return err;
	switch (cmd) {
	case LX_F_GETLK:
	case LX_F_SETLK:
	case LX_F_SETLKW:
	case LX_F_OFD_GETLK:
	case LX_F_OFD_SETLK:
	case LX_F_OFD_SETLKW:
		return fcntl_lock(t, f, fd, cmd, uaddr(arg));
	case LX_F_SETOWN:
	case LX_F_GETOWN:
	case LX_F_SETSIG:
	case LX_F_GETSIG:
	case LX_F_SETOWN_EX:
	case LX_F_GETOWN_EX:
		return fcntl_owner(t, f, cmd, arg);
	default:
		return fcntl_file(t, f, fd, cmd, arg);
	}
}

/* FIONBIO, FIOASYNC: a flag by a guest integer. */
static int
ioctl_flag(struct task *t, struct file *f, int fd, uaddr_t arg, uint32_t flag)
{
	int32_t on;

	if (get_user(t->mm, &on, arg))
		return -EFAULT;
	return set_flags(t, f, fd, on ? f->flags | flag : f->flags & ~flag);
}

/* What regular files answer. */
static sysret_t
ioctl_regular(struct task *t, struct file *f, uint32_t cmd, uaddr_t arg)
{
	int64_t size = (int64_t)f->inode->pages.size;
	int32_t left = (int32_t)(size - (int64_t)f->pos);
	int32_t blksize = PAGE_SIZE;

	switch (cmd) {
	case LX_FIONREAD:
		return put_user(t->mm, arg, &left);
	case LX_FIGETBSZ:
		return put_user(t->mm, arg, &blksize);
	case LX_FIOQSIZE:
		return put_user(t->mm, arg, &size);
	default:
		return -ENOTTY;
	}
}

sysret_t
sys_ioctl(struct task *t, int fd, uint32_t cmd, uint64_t arg)
{
	AUTO_PUT(file) f = NULL;
	sysret_t ret = fd_get(t->files, fd, &f);

	if (ret)
		return ret;
	switch (cmd) {
	case LX_FIOCLEX:
		return fd_set_cloexec(t->files, fd, true);
	case LX_FIONCLEX:
		return fd_set_cloexec(t->files, fd, false);
	case LX_FIONBIO:
		return ioctl_flag(t, f, fd, uaddr(arg), LX_O_NONBLOCK);
	case LX_FIOASYNC:
		return ioctl_flag(t, f, fd, uaddr(arg), LX_O_ASYNC);
	}
	ret = f->ops->ioctl ? f->ops->ioctl(f, t->mm, cmd, arg) : -ENOTTY;
	if (ret == -ENOTTY && f->inode && LX_S_ISREG(f->inode->mode))
		ret = ioctl_regular(t, f, cmd, uaddr(arg));
	return ret;
}
