/* SPDX-License-Identifier: MIT */
/* net/sock.c - sockets as files, and the options every family has. */
#include "net/sock.h"

#include "base/cred.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/anon.h"
#include "fs/inode.h"
#include "include/abi/fcntl.h"
#include "include/abi/ioctl.h"
#include "include/abi/stat.h"
#include "include/abi/time.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "net/unix.h"

static struct sock_family *families;

void
sock_family_register(struct sock_family *fam)
{
	fam->next = families;
	families = fam;
}

void
sock_init(void)
{
	unix_init();
}

struct lx_ucred
sock_me(void)
{
	const struct task *t = current_task();

	if (!t)
		return (struct lx_ucred){0, 0, 0};
	return (struct lx_ucred){t->proc->pid, t->cred.euid, t->cred.egid};
}

void
sock_wait_done(struct sock_wait *w)
{
	if (w->ref)
		w->ref->ops->wait_done(w->ref);
	w->ref = NULL;
}

/* --- as a file --- */

static int
sock_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct sock_msg m = {.u = u};
	struct sock *sk = f->priv;
	int err;

	(void)pos;
	err = sk->ops->recv(sk, &m);
	sock_wait_done(&m.wait);
	scm_free(m.fds);
	return err;
}

static int
sock_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct sock_msg m = {.u = u, .cred = sock_me()};
	struct sock *sk = f->priv;
	int err;

	(void)pos;
	err = sk->ops->send(sk, &m);
	sock_wait_done(&m.wait);
	return err;
}

static uint32_t
sock_poll(struct file *f)
{
	struct sock *sk = f->priv;

	return sk->ops->poll(sk);
}

static sysret_t
sock_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	struct sock *sk = f->priv;
	int64_t n;
	int32_t v;

	switch (cmd) {
	case LX_SIOCINQ:
	case LX_TIOCOUTQ:
		n = sk->ops->queued(sk, cmd == LX_TIOCOUTQ);
		if (n < 0)
			return n;
		v = (int32_t)n;
		return put_user(mm, uaddr(arg), &v);
	case LX_SIOCGPGRP:
		v = f->owner;
		return put_user(mm, uaddr(arg), &v);
	case LX_SIOCSPGRP:
		if (get_user(mm, &v, uaddr(arg)))
			return -EFAULT;
		f->owner = v;
		return 0;
	default:
		return -ENOTTY;
	}
}

static uint64_t
sock_timeout(struct file *f, bool is_write)
{
	const struct sock *sk = f->priv;

	return is_write ? sk->sndtimeo_ns : sk->rcvtimeo_ns;
}

static void
sock_release(struct file *f)
{
	struct sock *sk = f->priv;

	sk->file = NULL;
	sk->ops->release(sk);
}

static void
sock_show(struct file *f, struct strbuf *sb)
{
	struct sock *sk = f->priv;

	if (sk->ops->show_fdinfo)
		sk->ops->show_fdinfo(sk, sb);
}

static const struct file_ops sock_fops = {
	.kind = "socket",
	.read = sock_read,
	.write = sock_write,
	.poll = sock_poll,
	.ioctl = sock_ioctl,
	.timeout_ns = sock_timeout,
	.release = sock_release,
	.show_fdinfo = sock_show,
};

struct sock *
sock_of(struct file *f)
{
	return f->ops == &sock_fops ? f->priv : NULL;
}

void
sock_setup(struct sock *sk, const struct sock_ops *ops, int family, int type,
	   int protocol)
{
	sk->ops = ops;
	sk->family = family;
	sk->type = type;
	sk->protocol = protocol;
	sk->sndbuf = sk->rcvbuf = SOCK_BUF_DEFAULT;
	sk->rcvlowat = 1;
	sk->rcvtimeo_ns = sk->sndtimeo_ns = SOCK_TIME_NEVER;
	waitq_init(&sk->wq);
}

int
sock_attach(struct sock *sk, uint32_t flags, struct file **out)
{
	const struct task *t = current_task();
	AUTO_PUT(inode) i = NULL;
	int err;

	err = anon_inode_new(ANON_SOCKFS, LX_S_IFSOCK | 0777,
			     t ? t->cred.fsuid : 0, t ? t->cred.fsgid : 0, &i);
	if (!err)
		err = anon_file_on(i, &sock_fops, LX_O_RDWR | flags, "socket",
				   out);
	if (err) {
		sk->ops->release(sk);
		return err;
	}
	(*out)->priv = sk;
	(*out)->wq = &sk->wq;
	sk->file = *out;
	return 0;
}

int
sock_make(int family, int type, int protocol, uint32_t flags, struct file **out)
{
	const struct sock_family *fam = families;
	struct sock *sk;
	int err;

	while (fam && fam->family != family)
		fam = fam->next;
	if (!fam)
		return -EAFNOSUPPORT;
	if (type < 0 || type > LX_SOCK_PACKET)
		return -EINVAL;
	err = fam->make(type, protocol, &sk);
	return err ? err : sock_attach(sk, flags, out);
}

int
sock_take_error(struct sock *sk)
{
	int err = sk->err;

	sk->err = 0;
	return -err;
}
