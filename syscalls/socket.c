/* SPDX-License-Identifier: MIT */
/*
 * syscalls/socket.c - socket(2) and what is done to a socket but sending and
 * receiving (sockmsg.c).
 */
#include "base/cred.h"
#include "base/time.h"
#include "fs/fdtable.h"
#include "include/abi/capability.h"
#include "include/abi/fcntl.h"
#include "kernel/block.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sock.h"
#include "syscalls/sysdef.h"

#define SOCK_FLAGS (LX_SOCK_CLOEXEC | LX_SOCK_NONBLOCK)
#define OPT_MAX	   256

int
sock_get(struct task *t, int fd, struct file **f, struct sock **sk)
{
	int err = fd_get(t->files, fd, f);

	if (err)
		return err;
	*sk = sock_of(*f);
	return *sk ? 0 : -ENOTSOCK;
}

int
addr_in(struct task *t, uaddr_t at, int len, struct sock_addr *out)
{
	if (len < 0 || (size_t)len > sizeof(out->raw))
		return -EINVAL;
	*out = (struct sock_addr){.len = (uint32_t)len};
	return copy_in(t->mm, out->raw, at, (size_t)len);
}

int
addr_out(struct task *t, const struct sock_addr *a, uaddr_t at, uaddr_t lenp)
{
	int32_t room, len = (int32_t)a->len;

	if (get_user(t->mm, &room, lenp))
		return -EFAULT;
	if (room < 0)
		return -EINVAL;
	if (copy_out(t->mm, at, a->raw, (size_t)MIN(room, len)))
		return -EFAULT;
	return put_user(t->mm, lenp, &len);
}

uint64_t
sock_deadline(uint64_t timeout_ns)
{
	return timeout_ns == SOCK_TIME_NEVER
		       ? TIME_NEVER
		       : clock_monotonic_ns() + timeout_ns;
}

int
sock_block(struct task *t, struct sock_wait *w, uint64_t deadline_ns)
{
	struct waiter waiter;
	int err;

	task_waiter_listen(&waiter, t, w->wq, w->events);
	err = task_block_until(t, &waiter, deadline_ns);
	waitq_leave(w->wq, &waiter);
	sock_wait_done(w);
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	return err == -ERESTARTSYS && deadline_ns != TIME_NEVER ? -EINTR : err;
}

static int
sock_fd(struct task *t, struct file *f, uint32_t flags)
{
	return fd_install(t->files, f, 0, flags & LX_SOCK_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

static uint32_t
file_flags(uint32_t sock_flags)
{
	return sock_flags & LX_SOCK_NONBLOCK ? LX_O_NONBLOCK : 0;
}

/* socket(2). */
sysret_t
sys_socket(struct task *t, int domain, int type, int protocol)
{
	uint32_t flags = (uint32_t)type & ~(uint32_t)LX_SOCK_TYPE_MASK;
	AUTO_PUT(file) f = NULL;
	int err;

	if (flags & ~(uint32_t)SOCK_FLAGS)
		return -EINVAL;
	err = sock_make(domain, type & LX_SOCK_TYPE_MASK, protocol,
			file_flags(flags), &f);
	return err ? err : sock_fd(t, f, flags);
}

static sysret_t
give_pair(struct task *t, struct file *a, struct file *b, uint32_t flags,
	  uaddr_t fds)
{
	int32_t fd[2];

	fd[0] = sock_fd(t, a, flags);
	if (fd[0] < 0)
		return fd[0];
	fd[1] = sock_fd(t, b, flags);
	if (fd[1] >= 0 && !put_user(t->mm, fds, &fd))
		return 0;
	(void)!fd_close(t->files, fd[0]);
	if (fd[1] < 0)
		return fd[1];
	(void)!fd_close(t->files, fd[1]);
	return -EFAULT;
}

/* socketpair(2). */
sysret_t
sys_socketpair(struct task *t, int domain, int type, int protocol, uaddr_t fds)
{
	uint32_t flags = (uint32_t)type & ~(uint32_t)LX_SOCK_TYPE_MASK;
	AUTO_PUT(file) a = NULL;
	AUTO_PUT(file) b = NULL;
	struct sock *sk;
	int err;

	type &= LX_SOCK_TYPE_MASK;
	if (flags & ~(uint32_t)SOCK_FLAGS)
		return -EINVAL;
	err = sock_make(domain, type, protocol, file_flags(flags), &a);
	if (!err)
		err = sock_make(domain, type, protocol, file_flags(flags), &b);
	if (err)
		return err;
	sk = sock_of(a);
	if (!sk->ops->pair)
		return -EOPNOTSUPP;
	err = sk->ops->pair(sk, sock_of(b));
	return err ? err : give_pair(t, a, b, flags, fds);
}

/* bind(2). */
sysret_t
sys_bind(struct task *t, int fd, uaddr_t addr, int addrlen)
{
	AUTO_PUT(file) f = NULL;
	struct sock_addr a;
	struct sock *sk;
	struct walk w;
	int err = sock_get(t, fd, &f, &sk);

	if (!err)
		err = addr_in(t, addr, addrlen, &a);
	if (err)
		return err;
	walk_init(&w, t, 0);
	return sk->ops->bind(sk, &w, &a);
}

/* connect(2). */
sysret_t
sys_connect(struct task *t, int fd, uaddr_t addr, int addrlen)
{
	AUTO_PUT(file) f = NULL;
	struct sock_wait wait = {0};
	struct sock_addr a;
	uint64_t deadline;
	struct sock *sk;
	struct walk w;
	int err = sock_get(t, fd, &f, &sk);

	if (!err)
		err = addr_in(t, addr, addrlen, &a);
	if (err)
		return err;
	walk_init(&w, t, 0);
	deadline = sock_deadline(sk->sndtimeo_ns);
	while ((err = sk->ops->connect(sk, &w, &a, &wait)) == -EAGAIN) {
		if (f->flags & LX_O_NONBLOCK) {
			sock_wait_done(&wait);
			break;
		}
		err = sock_block(t, &wait, deadline);
		if (err)
			break;
	}
	return err;
}

/* listen(2). */
sysret_t
sys_listen(struct task *t, int fd, int backlog)
{
	AUTO_PUT(file) f = NULL;
	struct sock *sk;
	int err = sock_get(t, fd, &f, &sk);

	return err ? err : sk->ops->listen(sk, backlog);
}

static int
accept_wait(struct task *t, struct file *f, struct sock *sk, struct sock **out)
{
	uint64_t deadline = sock_deadline(sk->rcvtimeo_ns);
	int err;

	while ((err = sk->ops->accept(sk, out)) == -EAGAIN) {
		struct sock_wait w = {.wq = &sk->wq, .events = WAIT_IN};

		if (f->flags & LX_O_NONBLOCK)
			break;
		err = sock_block(t, &w, deadline);
		if (err)
			break;
	}
	return err;
}

static int
give_peer(struct task *t, struct file *conn, uaddr_t addr, uaddr_t addrlen)
{
	struct sock *sk = sock_of(conn);
	struct sock_addr a;
	int err;

	if (uaddr_is_null(addr))
		return 0;
	err = sk->ops->name(sk, &a, true);
	return err ? err : addr_out(t, &a, addr, addrlen);
}

/* accept4(2).  The number comes first: no connection is taken that there is
 * none for. */
sysret_t
sys_accept4(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen,
	    uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	AUTO_PUT(file) conn = NULL;
	struct sock *sk, *peer;
	int err, n;

	if (flags & ~(uint32_t)SOCK_FLAGS)
		return -EINVAL;
	err = sock_get(t, fd, &f, &sk);
	if (err)
		return err;
	n = fd_reserve(t->files, 0, flags & LX_SOCK_CLOEXEC,
		       rlimit_get(t, LX_RLIMIT_NOFILE));
	if (n < 0)
		return n;
	err = accept_wait(t, f, sk, &peer);
	if (!err)
		err = sock_attach(peer, file_flags(flags), &conn);
	if (!err)
		err = give_peer(t, conn, addr, addrlen);
	if (err) {
		fd_unreserve(t->files, n);
		return err;
	}
	fd_fill(t->files, n, conn);
	return n;
}

/* accept(2). */
sysret_t
sys_accept(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return sys_accept4(t, fd, addr, addrlen, 0);
}

static sysret_t
give_name(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen, bool of_peer)
{
	AUTO_PUT(file) f = NULL;
	struct sock_addr a;
	struct sock *sk;
	int err = sock_get(t, fd, &f, &sk);

	if (!err)
		err = sk->ops->name(sk, &a, of_peer);
	return err ? err : addr_out(t, &a, addr, addrlen);
}

/* getsockname(2). */
sysret_t
sys_getsockname(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return give_name(t, fd, addr, addrlen, false);
}

/* getpeername(2). */
sysret_t
sys_getpeername(struct task *t, int fd, uaddr_t addr, uaddr_t addrlen)
{
	return give_name(t, fd, addr, addrlen, true);
}

/* shutdown(2). */
sysret_t
sys_shutdown(struct task *t, int fd, int how)
{
	AUTO_PUT(file) f = NULL;
	struct sock *sk;
	int err = sock_get(t, fd, &f, &sk);

	if (!err && (how < LX_SHUT_RD || how > LX_SHUT_RDWR))
		err = -EINVAL;
	return err ? err : sk->ops->shutdown(sk, how);
}

/* setsockopt(2). */
sysret_t
sys_setsockopt(struct task *t, int fd, int level, int name, uaddr_t val,
	       int len)
{
	AUTO_PUT(file) f = NULL;
	char buf[OPT_MAX];
	struct sock *sk;
	int err;

	if (len < 0)
		return -EINVAL;
	err = sock_get(t, fd, &f, &sk);
	if (!err)
		err = copy_in(t->mm, buf, val, MIN((size_t)len, sizeof(buf)));
	if (err)
		return err;
	return sock_setopt(sk, level, name, buf,
			   (uint32_t)MIN((size_t)len, sizeof(buf)),
			   cred_capable(&t->cred, LX_CAP_NET_ADMIN));
}

/* getsockopt(2). */
sysret_t
sys_getsockopt(struct task *t, int fd, int level, int name, uaddr_t val,
	       uaddr_t len)
{
	AUTO_PUT(file) f = NULL;
	char buf[OPT_MAX];
	struct sock *sk;
	int32_t room;
	uint32_t n;
	int err = sock_get(t, fd, &f, &sk);

	if (!err)
		err = get_user(t->mm, &room, len);
	if (!err && room < 0)
		err = -EINVAL;
	if (err)
		return err;
	n = MIN((uint32_t)room, (uint32_t)sizeof(buf));
	err = sock_getopt(sk, level, name, buf, &n);
	if (!err)
		err = copy_out(t->mm, val, buf, n);
	return err ? err : put_user(t->mm, len, &n);
}
