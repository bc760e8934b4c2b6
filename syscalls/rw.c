/* SPDX-License-Identifier: MIT */
/*
 * syscalls/rw.c - read(2), write(2) and their kin.
 *
 * This file turns non-blocking file operations into blocking system calls.
 * What files can't do, knowing nothing of tasks, is done here: sleeping,
 * being interrupted, limits, SIGPIPE and SIGXFSZ.
 */
#include "fs/fdtable.h"
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "include/abi/misc.h"
#include "kernel/block.h"
#include "mm/uio.h"
#include "syscalls/sysdef.h"

/* One transfer: what, where, and how to wait for more. */
struct rw {
	struct file *f; /* counted */
	struct uio u;
	uint64_t pos;
	bool at_pos; /* use pos; else the file's own position */
	bool is_write;
};

static int
rw_step(struct rw *r)
{
	if (r->is_write)
		return r->at_pos ? file_pwrite(r->f, &r->u, r->pos)
				 : file_write(r->f, &r->u);
	return r->at_pos ? file_pread(r->f, &r->u, r->pos)
			 : file_read(r->f, &r->u);
}

static int
rw_wait(struct task *t, struct rw *r)
{
	uint32_t events = r->is_write ? WAIT_OUT : WAIT_IN;
	uint64_t limit = UINT64_MAX, deadline = TIME_NEVER;
	struct waiter w;
	int err;

	if (r->f->ops->timeout_ns)
		limit = r->f->ops->timeout_ns(r->f, r->is_write);
	if (limit != UINT64_MAX)
		deadline = clock_monotonic_ns() + limit;

	/* Listen before trying again, or a wakeup in between would be lost. */
	task_waiter_listen(&w, t, r->f->wq, events);
	while ((err = rw_step(r)) == -EAGAIN) {
		err = task_block_until(t, &w, deadline);
		if (err)
			break;
	}
	waitq_leave(r->f->wq, &w);
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	return err == -ERESTARTSYS && limit != UINT64_MAX ? -EINTR : err;
}

/*
 * Repeat the step until the request is complete, waiting as needed.
 * Sleeps: yes, unless the file is O_NONBLOCK.
 * Returns: bytes moved if any were, else 0 or -errno.  A signal yields the
 * count so far, or -ERESTARTSYS if that is 0, as Linux does.
 */
static sysret_t
rw_run(struct task *t, struct rw *r)
{
	uint64_t limit = rlimit_get(t, LX_RLIMIT_FSIZE);
	int err = 0;

	if (r->is_write)
		err = file_write_checks(r->f, &r->u,
					r->at_pos ? r->pos : r->f->pos,
					&t->cred, limit);
	if (err == -EFBIG)
		task_signal(t, LX_SIGXFSZ);
	if (!err)
		err = rw_step(r);
	if (err == -EAGAIN && !(r->f->flags & LX_O_NONBLOCK) &&
	    !(r->u.rwf & LX_RWF_NOWAIT))
		err = rw_wait(t, r);
	/* Linux: the signal comes even when part was written. */
	if (err == -EPIPE && r->is_write && !(r->u.rwf & LX_RWF_NOSIGNAL))
		task_signal(t, LX_SIGPIPE);

	if (r->is_write) {
		t->proc->syscw++;
		t->proc->wchar += r->u.moved;
	} else {
		t->proc->syscr++;
		t->proc->rchar += r->u.moved;
	}
	return r->u.moved ? (sysret_t)r->u.moved : err;
}

/* Refs: r->f until rw_end(). */
static int
rw_begin(struct task *t, struct rw *r, int fd, bool is_write)
{
	r->pos = 0;
	r->at_pos = false;
	r->is_write = is_write;
	return fd_get(t->files, fd, &r->f);
}

/* Linux: what the file is, and how it was opened, counts before the buffer. */
static int
rw_check(const struct rw *r)
{
	if (r->at_pos && !r->f->ops->seek)
		return -ESPIPE;
	if (r->is_write ? !file_may_write(r->f) : !file_may_read(r->f))
		return -EBADF;
	return 0;
}

static sysret_t
rw_one(struct task *t, int fd, uaddr_t buf, uint64_t count, const int64_t *pos,
       bool is_write)
{
	struct rw r;
	sysret_t ret = rw_begin(t, &r, fd, is_write);

	if (ret)
		return ret;
	if (pos) {
		r.at_pos = true;
		r.pos = (uint64_t)*pos;
	}
	ret = rw_check(&r);
	if (!ret)
		ret = uio_init(&r.u, t->mm,
			       is_write ? UIO_FROM_GUEST : UIO_TO_GUEST, buf,
			       count);
	if (!ret)
		ret = rw_run(t, &r);
	file_put(r.f);
	return ret;
}

sysret_t
sys_read(struct task *t, int fd, uaddr_t buf, uint64_t count)
{
	return rw_one(t, fd, buf, count, NULL, false);
}

sysret_t
sys_write(struct task *t, int fd, uaddr_t buf, uint64_t count)
{
	return rw_one(t, fd, buf, count, NULL, true);
}

sysret_t
sys_pread64(struct task *t, int fd, uaddr_t buf, uint64_t count, int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return rw_one(t, fd, buf, count, &offset, false);
}

sysret_t
sys_pwrite64(struct task *t, int fd, uaddr_t buf, uint64_t count,
	     int64_t offset)
{
	if (offset < 0)
		return -EINVAL;
	return rw_one(t, fd, buf, count, &offset, true);
}

/* Which flags of preadv2(2) make sense for @f. */
static int
check_rwf(const struct file *f, uint32_t flags, bool is_write)
{
	uint32_t known = LX_RWF_HIPRI | LX_RWF_DSYNC | LX_RWF_SYNC |
			 LX_RWF_NOWAIT | LX_RWF_DONTCACHE;

	if (is_write)
		known |= LX_RWF_APPEND | LX_RWF_NOAPPEND | LX_RWF_NOSIGNAL;
	if (flags & ~known)
		return -EOPNOTSUPP;
	if ((flags & LX_RWF_APPEND) && (flags & LX_RWF_NOAPPEND))
		return -EINVAL;
	/* Of a file on disk we can't tell whether a read would wait. */
	if ((flags & (LX_RWF_NOWAIT | LX_RWF_DONTCACHE)) && f->ops->pages &&
	    f->inode && f->inode->pages.ops)
		return -EOPNOTSUPP;
	return 0;
}

/* What the vector calls differ in. */
struct vec {
	uaddr_t iov;
	uint64_t iovcnt;
	bool is_write;
	bool at_pos;
	int64_t pos;
	uint32_t flags; /* LX_RWF_* */
};

static sysret_t
rw_vec(struct task *t, int fd, const struct vec *v)
{
	struct rw r;
	sysret_t ret;

	if (v->at_pos && v->pos < 0)
		return -EINVAL;
	ret = rw_begin(t, &r, fd, v->is_write);
	if (ret)
		return ret;
	r.at_pos = v->at_pos;
	r.pos = (uint64_t)v->pos;
	ret = rw_check(&r);
	if (!ret)
		ret = check_rwf(r.f, v->flags, v->is_write);
	if (!ret)
		ret = uio_init_iov(&r.u, t->mm,
				   v->is_write ? UIO_FROM_GUEST : UIO_TO_GUEST,
				   v->iov, v->iovcnt);
	if (!ret) {
		r.u.rwf = v->flags;
		ret = rw_run(t, &r);
		uio_fini(&r.u);
	}
	file_put(r.f);
	return ret;
}

sysret_t
sys_readv(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt)
{
	struct vec v = {.iov = iov, .iovcnt = iovcnt};

	return rw_vec(t, fd, &v);
}

sysret_t
sys_writev(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt)
{
	struct vec v = {.iov = iov, .iovcnt = iovcnt, .is_write = true};

	return rw_vec(t, fd, &v);
}

/* Linux: on 64-bit machines the low word is the whole offset. */
sysret_t
sys_preadv(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt, int64_t pos_l,
	   uint64_t pos_h)
{
	struct vec v = {iov, iovcnt, false, true, pos_l, 0};

	(void)pos_h;
	return rw_vec(t, fd, &v);
}

sysret_t
sys_pwritev(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt, int64_t pos_l,
	    uint64_t pos_h)
{
	struct vec v = {iov, iovcnt, true, true, pos_l, 0};

	(void)pos_h;
	return rw_vec(t, fd, &v);
}

/* An offset of -1: the file's own position. */
sysret_t
sys_preadv2(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt, int64_t pos_l,
	    uint64_t pos_h, uint32_t flags)
{
	struct vec v = {iov, iovcnt, false, pos_l != -1, pos_l, flags};

	(void)pos_h;
	return rw_vec(t, fd, &v);
}

sysret_t
sys_pwritev2(struct task *t, int fd, uaddr_t iov, uint64_t iovcnt,
	     int64_t pos_l, uint64_t pos_h, uint32_t flags)
{
	struct vec v = {iov, iovcnt, true, pos_l != -1, pos_l, flags};

	(void)pos_h;
	return rw_vec(t, fd, &v);
}

sysret_t
sys_lseek(struct task *t, int fd, int64_t offset, int whence)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get(t->files, fd, &f);

	return err ? err : file_seek(f, offset, whence);
}
