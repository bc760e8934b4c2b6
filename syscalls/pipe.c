/* SPDX-License-Identifier: MIT */
/*
 * syscalls/pipe.c - pipe(2) and the calls that move bytes between
 * descriptors: splice(2), tee(2), vmsplice(2), sendfile(2),
 * copy_file_range(2).
 */
#include "fs/pipe.h"

#include "fs/fdtable.h"
#include "fs/inode.h"
#include "fs/splice.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"
#include "kernel/block.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/uio.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define PIPE2_FLAGS (uint32_t)(LX_O_CLOEXEC | LX_O_NONBLOCK | LX_O_DIRECT)
#define SPLICE_FLAGS                                                           \
	(uint32_t)(LX_SPLICE_F_MOVE | LX_SPLICE_F_NONBLOCK |                   \
		   LX_SPLICE_F_MORE | LX_SPLICE_F_GIFT)

static int
install_pair(struct task *t, struct file *a, struct file *b, bool cloexec,
	     int32_t fd[2])
{
	uint64_t limit = rlimit_get(t, LX_RLIMIT_NOFILE);

	fd[0] = fd_install(t->files, a, 0, cloexec, limit);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = fd_install(t->files, b, 0, cloexec, limit);
	if (fd[1] >= 0)
		return 0;
	(void)!fd_close(t->files, fd[0]);
	return fd[1];
}

/* pipe2(2). */
sysret_t
sys_pipe2(struct task *t, uaddr_t fds, uint32_t flags)
{
	AUTO_PUT(file) rd = NULL;
	AUTO_PUT(file) wr = NULL;
	int32_t fd[2];
	int err;

	if (flags & ~PIPE2_FLAGS)
		return -EINVAL;
	err = pipe_new(&t->cred, flags, &rd, &wr);
	if (!err)
		err = install_pair(t, rd, wr, flags & LX_O_CLOEXEC, fd);
	if (err)
		return err;
	if (!put_user(t->mm, fds, &fd))
		return 0;
	(void)!fd_close(t->files, fd[0]);
	(void)!fd_close(t->files, fd[1]);
	return -EFAULT;
}

/* pipe(2). */
sysret_t
sys_pipe(struct task *t, uaddr_t fds)
{
	return sys_pipe2(t, fds, 0);
}

/* Sleep until the file that a step stalled on may have changed. */
static int
splice_wait(struct task *t, const struct splice *s)
{
	struct waiter w;
	int err;

	task_waiter_listen(&w, t, s->wait_on->wq, s->wait_for);
	err = task_block(t, &w);
	waitq_leave(s->wait_on->wq, &w);
	return err;
}

typedef int splice_step(struct splice *s);

/* Repeat @step until something was moved, or cannot be. */
static sysret_t
splice_run(struct task *t, struct splice *s, splice_step *step, bool nonblock)
{
	int err;

	for (;;) {
		s->wait_on = NULL;
		err = step(s);
		if (err != -EAGAIN || nonblock ||
		    s->wait_on->flags & LX_O_NONBLOCK)
			break;
		err = splice_wait(t, s);
		if (err)
			break;
	}
	if (err == -EPIPE)
		task_signal(t, LX_SIGPIPE);
	return s->moved ? (sysret_t)s->moved : err;
}

/* The two ends, with the rights that every call here wants of them. */
static int
splice_files(struct task *t, int fd_in, int fd_out, struct splice *s)
{
	int err = fd_get(t->files, fd_in, &s->in);

	if (!err)
		err = fd_get(t->files, fd_out, &s->out);
	if (!err && (!file_may_read(s->in) || !file_may_write(s->out)))
		err = -EBADF;
	return err;
}

static int
offset_in(struct task *t, uaddr_t at, uint64_t *pos, uint64_t **out)
{
	if (uaddr_is_null(at))
		return 0;
	if (get_user(t->mm, pos, at))
		return -EFAULT;
	if ((int64_t)*pos < 0)
		return -EINVAL;
	*out = pos;
	return 0;
}

static sysret_t
offset_out(struct task *t, uaddr_t at, const uint64_t *pos, sysret_t r)
{
	if (pos && r >= 0 && put_user(t->mm, at, pos))
		return -EFAULT;
	return r;
}

/* splice(2): a pipe has no offset, another file must be able to seek to it. */
static int
check_offset(const struct file *f, uaddr_t off)
{
	if (uaddr_is_null(off))
		return 0;
	if (file_is_pipe(f))
		return -ESPIPE;
	return f->ops->seek ? 0 : -EINVAL;
}

static splice_step *
splice_kind(const struct splice *s)
{
	bool from = file_is_pipe(s->in), to = file_is_pipe(s->out);

	if (from && to)
		return splice_pipes;
	if (from)
		return splice_from_pipe;
	return to ? splice_to_pipe : NULL;
}

static bool
same_pipe(const struct splice *s)
{
	return file_is_pipe(s->in) && file_is_pipe(s->out) &&
	       s->in->priv == s->out->priv;
}

static bool
pipe_nonblock(const struct file *f)
{
	return file_is_pipe(f) && f->flags & LX_O_NONBLOCK;
}

static sysret_t
splice_do(struct task *t, struct splice *s, uaddr_t off_in, uaddr_t off_out,
	  uint32_t flags)
{
	splice_step *step = splice_kind(s);
	uint64_t in_pos, out_pos;
	sysret_t r;
	int err;

	err = check_offset(s->in, off_in);
	if (!err)
		err = check_offset(s->out, off_out);
	if (!err && (!step || same_pipe(s)))
		err = -EINVAL;
	if (!err && !file_is_pipe(s->out) && s->out->flags & LX_O_APPEND)
		err = -EINVAL;
	if (!err)
		err = offset_in(t, off_in, &in_pos, &s->in_pos);
	if (!err)
		err = offset_in(t, off_out, &out_pos, &s->out_pos);
	if (err)
		return err;
	s->cred = &t->cred;
	s->fsize_limit = rlimit_get(t, LX_RLIMIT_FSIZE);
	r = splice_run(t, s, step,
		       flags & LX_SPLICE_F_NONBLOCK || pipe_nonblock(s->in) ||
			       pipe_nonblock(s->out));
	r = offset_out(t, off_in, s->in_pos, r);
	return offset_out(t, off_out, s->out_pos, r);
}

/* splice(2). */
sysret_t
sys_splice(struct task *t, int fd_in, uaddr_t off_in, int fd_out,
	   uaddr_t off_out, uint64_t len, uint32_t flags)
{
	struct splice s = {.left = MIN(len, UIO_MAX_RW)};
	sysret_t r;

	if (!len)
		return 0;
	if (flags & ~SPLICE_FLAGS)
		return -EINVAL;
	r = splice_files(t, fd_in, fd_out, &s);
	if (!r)
		r = splice_do(t, &s, off_in, off_out, flags);
	file_put(s.in);
	file_put(s.out);
	return r;
}

/* tee(2). */
sysret_t
sys_tee(struct task *t, int fd_in, int fd_out, uint64_t len, uint32_t flags)
{
	struct splice s = {.left = MIN(len, UIO_MAX_RW)};
	sysret_t r;

	if (flags & ~SPLICE_FLAGS)
		return -EINVAL;
	if (!len)
		return 0;
	r = splice_files(t, fd_in, fd_out, &s);
	if (!r && (splice_kind(&s) != splice_pipes || same_pipe(&s)))
		r = -EINVAL;
	if (!r)
		r = splice_run(t, &s, splice_tee,
			       flags & LX_SPLICE_F_NONBLOCK ||
				       pipe_nonblock(s.in) ||
				       pipe_nonblock(s.out));
	file_put(s.in);
	file_put(s.out);
	return r;
}

/* vmsplice(2) waits for the first byte only. */
static sysret_t
vmsplice_run(struct task *t, struct file *f, struct uio *u, bool nonblock)
{
	bool to_pipe = u->dir == UIO_FROM_GUEST;
	struct splice s = {
		.wait_on = f,
		.wait_for = to_pipe ? WAIT_OUT : WAIT_IN,
	};
	int err;

	for (;;) {
		err = to_pipe ? file_write(f, u) : file_read(f, u);
		if (err != -EAGAIN || u->moved || nonblock)
			break;
		err = splice_wait(t, &s);
		if (err)
			break;
	}
	if (err == -EPIPE)
		task_signal(t, LX_SIGPIPE);
	return u->moved ? (sysret_t)u->moved : err;
}

/* vmsplice(2): copies; pages are never shared with the caller. */
sysret_t
sys_vmsplice(struct task *t, int fd, uaddr_t iov, uint64_t nr_segs,
	     uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	struct uio u;
	sysret_t r;
	int err;

	if (flags & ~SPLICE_FLAGS)
		return -EINVAL;
	err = fd_get(t->files, fd, &f);
	if (err)
		return err;
	if (!file_is_pipe(f))
		return -EBADF;
	err = uio_init_iov(&u, t->mm,
			   file_may_write(f) ? UIO_FROM_GUEST : UIO_TO_GUEST,
			   iov, nr_segs);
	if (err)
		return err;
	r = vmsplice_run(t, f, &u,
			 flags & LX_SPLICE_F_NONBLOCK || pipe_nonblock(f));
	uio_fini(&u);
	return r;
}

/* Piece by piece until all is copied, the source ends or a signal comes; the
 * kernel lock is offered to others in between. */
static sysret_t
copy_run(struct task *t, struct splice *s)
{
	int err = 0;

	while (s->left && !err) {
		uint64_t before = s->moved;

		err = splice_copy(s);
		if (err == -EAGAIN && !(s->out->flags & LX_O_NONBLOCK))
			err = splice_wait(t, s);
		else if (!err && s->moved == before)
			break;
		sched_maybe();
		if (!err && s->moved && signal_is_pending(t))
			break;
	}
	splice_fini(s);
	if (err == -EPIPE)
		task_signal(t, LX_SIGPIPE);
	if (err == -EFBIG)
		task_signal(t, LX_SIGXFSZ);
	return s->moved ? (sysret_t)s->moved : err;
}

static sysret_t
sendfile_do(struct task *t, struct splice *s, uaddr_t offset)
{
	uint64_t pos;
	int err = 0;

	s->cred = &t->cred;
	s->fsize_limit = rlimit_get(t, LX_RLIMIT_FSIZE);
	if (!s->in->ops->seek)
		err = uaddr_is_null(offset) ? -EINVAL : -ESPIPE;
	if (!err)
		err = offset_in(t, offset, &pos, &s->in_pos);
	if (!err && s->in->inode && inode_is(s->in->inode, LX_S_IFDIR))
		err = -EINVAL;
	if (!err && s->out->flags & LX_O_APPEND)
		err = -EINVAL;
	if (err)
		return err;
	return offset_out(t, offset, s->in_pos, copy_run(t, s));
}

/* sendfile(2). */
sysret_t
sys_sendfile(struct task *t, int out_fd, int in_fd, uaddr_t offset,
	     uint64_t count)
{
	struct splice s = {.left = MIN(count, UIO_MAX_RW)};
	sysret_t r = splice_files(t, in_fd, out_fd, &s);

	if (!r && (int64_t)count < 0)
		r = -EINVAL;
	if (!r)
		r = sendfile_do(t, &s, offset);
	file_put(s.in);
	file_put(s.out);
	return r;
}

static int
range_files(const struct splice *s)
{
	const struct inode *in = s->in->inode, *out = s->out->inode;

	if (!in || !out)
		return -EINVAL;
	if (inode_is(in, LX_S_IFDIR) || inode_is(out, LX_S_IFDIR))
		return -EISDIR;
	if (!inode_is(in, LX_S_IFREG) || !inode_is(out, LX_S_IFREG))
		return -EINVAL;
	return s->out->flags & LX_O_APPEND ? -EBADF : 0;
}

/* Within one file the ranges must not overlap. */
static int
range_check(const struct splice *s)
{
	uint64_t in = s->in_pos ? *s->in_pos : s->in->pos;
	uint64_t out = s->out_pos ? *s->out_pos : s->out->pos;

	if (s->left > INT64_MAX - in || s->left > INT64_MAX - out)
		return -EOVERFLOW;
	if (s->in->inode == s->out->inode && in < out + s->left &&
	    out < in + s->left)
		return -EINVAL;
	return 0;
}

static sysret_t
range_do(struct task *t, struct splice *s, uaddr_t off_in, uaddr_t off_out)
{
	uint64_t in_pos, out_pos;
	sysret_t r;
	int err = range_files(s);

	s->cred = &t->cred;
	s->fsize_limit = rlimit_get(t, LX_RLIMIT_FSIZE);
	if (!err)
		err = offset_in(t, off_in, &in_pos, &s->in_pos);
	if (!err)
		err = offset_in(t, off_out, &out_pos, &s->out_pos);
	if (!err)
		err = range_check(s);
	if (err)
		return err;
	r = copy_run(t, s);
	r = offset_out(t, off_in, s->in_pos, r);
	return offset_out(t, off_out, s->out_pos, r);
}

/* copy_file_range(2). */
sysret_t
sys_copy_file_range(struct task *t, int fd_in, uaddr_t off_in, int fd_out,
		    uaddr_t off_out, uint64_t len, uint32_t flags)
{
	struct splice s = {.left = MIN(len, UIO_MAX_RW)};
	sysret_t r = splice_files(t, fd_in, fd_out, &s);

	if (!r && flags)
		r = -EINVAL;
	if (!r)
		r = range_do(t, &s, off_in, off_out);
	file_put(s.in);
	file_put(s.out);
	return r;
}
