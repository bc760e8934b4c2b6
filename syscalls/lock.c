/* SPDX-License-Identifier: MIT */
/* syscalls/lock.c - flock(2), and fcntl(2)'s record locks: waiting for them. */
#include "fs/lock.h"

#include "fs/fdtable.h"
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "kernel/block.h"
#include "mm/usercopy.h"
#include "syscalls/lock.h"
#include "syscalls/sysdef.h"

static int
whence_base(const struct file *f, int whence, uint64_t *out)
{
	switch (whence) {
	case LX_SEEK_SET:
		*out = 0;
		return 0;
	case LX_SEEK_CUR:
		*out = f->pos;
		return 0;
	case LX_SEEK_END:
		*out = f->inode->pages.size;
		return 0;
	default:
		return -EINVAL;
	}
}

/* struct flock as a range.  fcntl(2): a negative length is in front. */
static int
range_of(const struct file *f, const struct lx_flock *fl,
	 struct lock_range *out)
{
	int64_t start, end;
	uint64_t base;
	int err = whence_base(f, fl->l_whence, &base);

	if (err)
		return err;
	if (__builtin_add_overflow((int64_t)base, fl->l_start, &start))
		return -EOVERFLOW;
	if (start < 0)
		return -EINVAL;
	out->start = (uint64_t)start;
	out->end = UINT64_MAX;
	if (fl->l_len > 0) {
		/* The last byte must have a number. */
		if (__builtin_add_overflow(start, fl->l_len - 1, &end))
			return -EOVERFLOW;
		if (end != INT64_MAX)
			out->end = (uint64_t)end + 1;
	} else if (fl->l_len < 0) {
		end = start + fl->l_len;
		if (end < 0)
			return -EINVAL;
		out->start = (uint64_t)end;
		out->end = (uint64_t)start;
	}
	switch (fl->l_type) {
	case LX_F_RDLCK:
		out->type = LOCK_READ;
		return 0;
	case LX_F_WRLCK:
		out->type = LOCK_WRITE;
		return 0;
	case LX_F_UNLCK:
		out->type = LOCK_NONE;
		return 0;
	default:
		return -EINVAL;
	}
}

static void
flock_of(const struct lock_range *r, struct lx_flock *fl)
{
	static const int16_t type[] = {
		[LOCK_READ] = LX_F_RDLCK,
		[LOCK_WRITE] = LX_F_WRLCK,
		[LOCK_NONE] = LX_F_UNLCK,
	};

	fl->l_type = type[r->type];
	if (r->type == LOCK_NONE)
		return;
	fl->l_whence = LX_SEEK_SET;
	fl->l_start = (int64_t)r->start;
	fl->l_len = r->end == UINT64_MAX ? 0 : (int64_t)(r->end - r->start);
	fl->l_pid = r->pid;
}

/* Try, and sleep until the lock is had. */
static int
wait_for(struct task *t, struct inode *i, const struct lock_range *want)
{
	struct lock_wait lw;
	struct waiter w;
	int err;

	task_waiter_listen(&w, t, &i->lock_wq, WAIT_IN);
	while ((err = lock_set(i, want)) == -EAGAIN) {
		err = lock_wait_begin(i, want, &lw);
		if (err)
			break;
		err = task_block(t, &w);
		lock_wait_end(&lw);
		if (err)
			break;
	}
	waitq_leave(&i->lock_wq, &w);
	return err;
}

static int
may_lock(const struct file *f, enum lock_type type)
{
	if (type == LOCK_READ && !file_may_read(f))
		return -EBADF;
	return type == LOCK_WRITE && !file_may_write(f) ? -EBADF : 0;
}

/* The descriptor may have been closed by another thread meanwhile: a lock
 * whose close is over would stay forever. */
static bool
is_still_open(struct task *t, const struct file *f, int fd)
{
	struct file *now;
	bool same;

	if (fd_get(t->files, fd, &now))
		return false;
	same = now == f;
	file_put(now);
	return same;
}

static int
do_setlk(struct task *t, struct file *f, int fd, struct lock_range *want,
	 bool wait)
{
	int err = may_lock(f, want->type);

	if (err)
		return err;
	err = wait ? wait_for(t, f->inode, want) : lock_set(f->inode, want);
	if (!err && want->pid >= 0 && !is_still_open(t, f, fd)) {
		lock_drop_owner(f->inode, want->owner);
		return -EBADF;
	}
	return err == -ENOMEM ? -ENOLCK : err;
}

sysret_t
fcntl_lock(struct task *t, struct file *f, int fd, int cmd, uaddr_t arg)
{
	bool is_ofd = cmd >= LX_F_OFD_GETLK && cmd <= LX_F_OFD_SETLKW;
	struct lock_range want = {.owner = t->files, .pid = t->proc->pid};
	struct lx_flock fl;
	int err;

	if (get_user(t->mm, &fl, arg))
		return -EFAULT;
	if (!f->inode)
		return -EINVAL;
	if (is_ofd) {
		if (fl.l_pid)
			return -EINVAL;
		want.owner = f;
		want.pid = -1;
	}
	err = range_of(f, &fl, &want);
	if (err)
		return err;
	if (cmd != LX_F_GETLK && cmd != LX_F_OFD_GETLK)
		return do_setlk(t, f, fd, &want,
				cmd == LX_F_SETLKW || cmd == LX_F_OFD_SETLKW);
	if (want.type == LOCK_NONE)
		return -EINVAL;
	lock_test(f->inode, &want);
	flock_of(&want, &fl);
	return put_user(t->mm, arg, &fl);
}

sysret_t
sys_flock(struct task *t, int fd, uint32_t op)
{
	AUTO_PUT(file) f = NULL;
	enum lock_type type;
	struct waiter w;
	int err;

	switch (op & ~(uint32_t)LX_LOCK_NB) {
	case LX_LOCK_SH:
		type = LOCK_READ;
		break;
	case LX_LOCK_EX:
		type = LOCK_WRITE;
		break;
	case LX_LOCK_UN:
		type = LOCK_NONE;
		break;
	default:
		return -EINVAL;
	}
	err = fd_get(t->files, fd, &f);
	if (err)
		return err;
	if (!f->inode)
		return -EINVAL;
	err = lock_flock(f, type);
	if (err != -EAGAIN || (op & LX_LOCK_NB))
		return err == -ENOMEM ? -ENOLCK : err;
	task_waiter_listen(&w, t, &f->inode->lock_wq, WAIT_IN);
	while ((err = lock_flock(f, type)) == -EAGAIN) {
		err = task_block(t, &w);
		if (err)
			break;
	}
	waitq_leave(&f->inode->lock_wq, &w);
	return err == -ENOMEM ? -ENOLCK : err;
}
