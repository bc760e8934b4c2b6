/* SPDX-License-Identifier: MIT */
/*
 * net/unix.c - AF_UNIX: the life of a socket and of a connection.
 *
 * A stream or seqpacket connection is a pair of sockets that are each other's
 * peer.  connect(2) makes the other end itself and queues it at the listener;
 * accept(2) only gives it a file.
 */
#include "net/unix.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/inode.h"
#include "net/internal_unix.h"

struct list unix_all = LIST_INIT(unix_all);

struct unix_sock *
unix_get(struct unix_sock *us)
{
	us->refs++;
	return us;
}

void
unix_put(struct unix_sock *us)
{
	if (!us)
		return;
	kassert(us->refs);
	if (--us->refs)
		return;
	kassert(list_empty(&us->rq) && list_empty(&us->pending));
	list_del(&us->all);
	kfree(us);
}

static void
unix_wait_done(struct sock *sk)
{
	unix_put(unix_of(sk));
}

static struct unix_sock *
unix_alloc(int type)
{
	struct unix_sock *us = KNEW(struct unix_sock);

	if (!us)
		return NULL;
	sock_setup(&us->sk, &unix_ops, LX_AF_UNIX, type, 0);
	us->refs = 1;
	list_init(&us->clients);
	list_init(&us->client);
	list_init(&us->rq);
	list_init(&us->pending);
	list_init(&us->in_pending);
	list_init(&us->in_flight);
	waitq_init(&us->space_wq);
	mutex_init(&us->rlock);
	us->cred = sock_me();
	list_append(&unix_all, &us->all);
	return us;
}

int
unix_make(int type, int protocol, struct sock **out)
{
	struct unix_sock *us;

	if (protocol && protocol != LX_AF_UNIX)
		return -EPROTONOSUPPORT;
	/* Linux: believed to be BSD's. */
	if (type == LX_SOCK_RAW)
		type = LX_SOCK_DGRAM;
	if (type != LX_SOCK_STREAM && type != LX_SOCK_DGRAM &&
	    type != LX_SOCK_SEQPACKET)
		return -ESOCKTNOSUPPORT;
	us = unix_alloc(type);
	if (!us)
		return -ENOMEM;
	*out = &us->sk;
	return 0;
}

void
unix_set_peer(struct unix_sock *us, struct unix_sock *peer)
{
	struct unix_sock *old = us->peer;

	list_del(&us->client);
	us->peer = peer ? unix_get(peer) : NULL;
	if (peer && unix_is_dgram(us))
		list_append(&peer->clients, &us->client);
	unix_put(old);
}

static void
join(struct unix_sock *a, struct unix_sock *b)
{
	unix_set_peer(a, b);
	unix_set_peer(b, a);
	if (unix_is_dgram(a))
		return;
	a->is_connected = b->is_connected = true;
}

static int
unix_pair(struct sock *x, struct sock *y)
{
	struct unix_sock *a = unix_of(x), *b = unix_of(y);

	join(a, b);
	a->peercred = b->peercred = sock_me();
	a->has_peercred = b->has_peercred = true;
	return 0;
}

/* --- the end --- */

static void unix_close(struct unix_sock *us, bool is_embryo);

/* The other end of a connection hears of it: what it had not been read is
 * lost, and that is an error. */
static void
tell_peer(struct unix_sock *us, bool is_embryo)
{
	struct unix_sock *peer = us->peer;

	if (!peer || unix_is_dgram(us))
		return;
	peer->rd_shut = peer->wr_shut = true;
	if (!list_empty(&us->rq) || is_embryo)
		peer->sk.err = ECONNRESET;
	waitq_wake_all(&peer->sk.wq,
		       WAIT_IN | WAIT_OUT | WAIT_HUP | WAIT_RDHUP | WAIT_ERR);
}

static void
tell_clients(struct unix_sock *us)
{
	struct unix_sock *c;

	LIST_EACH(c, &us->clients, client) {
		waitq_wake_all(&c->sk.wq, WAIT_OUT);
	}
	waitq_wake_all(&us->space_wq, WAIT_OUT);
}

static void
refuse_pending(struct unix_sock *us)
{
	while (!list_empty(&us->pending)) {
		struct unix_sock *e =
			LIST_FIRST(&us->pending, struct unix_sock, in_pending);

		list_del(&e->in_pending);
		us->npending--;
		unix_close(e, true);
	}
}

/* Drops the reference of the file or queue it was in. */
static void
unix_close(struct unix_sock *us, bool is_embryo)
{
	us->is_dead = true;
	us->rd_shut = us->wr_shut = true;
	unix_unbind(us);
	tell_peer(us, is_embryo);
	tell_clients(us);
	refuse_pending(us);
	unix_purge(us);
	unix_set_peer(us, NULL);
	unix_put(us);
}

static void
unix_release(struct sock *sk)
{
	unix_close(unix_of(sk), false);
	if (unix_inflight())
		unix_gc();
}

/* --- connections --- */

static int
unix_listen(struct sock *sk, int backlog)
{
	struct unix_sock *us = unix_of(sk);

	if (unix_is_dgram(us))
		return -EOPNOTSUPP;
	if (!us->addr.len || us->is_connected)
		return -EINVAL;
	us->backlog = MIN((uint32_t)backlog, (uint32_t)LX_SOMAXCONN);
	us->sk.is_listening = true;
	us->cred = sock_me();
	waitq_wake_all(&us->space_wq, WAIT_OUT);
	return 0;
}

static int
connect_dgram(struct unix_sock *us, const struct walk *w,
	      const struct sock_addr *addr)
{
	struct unix_sock *to;
	int err;

	if (addr->family == LX_AF_UNSPEC) {
		unix_set_peer(us, NULL);
		return 0;
	}
	err = unix_check_addr(addr);
	if (!err && us->sk.passcred && !us->addr.len)
		err = unix_autobind(us);
	if (!err)
		err = unix_find(w, addr, us->sk.type, &to);
	if (err)
		return err;
	if (to->peer && to->peer != us)
		err = -EPERM;
	else
		unix_set_peer(us, to);
	unix_put(to);
	return err;
}

/* May @us be connected to @to now? */
static int
may_connect(struct unix_sock *us, struct unix_sock *to, struct sock_wait *wait)
{
	if (us->is_connected)
		return -EISCONN;
	if (us->sk.is_listening)
		return -EINVAL;
	if (!to->sk.is_listening || to->rd_shut)
		return -ECONNREFUSED;
	if (to->npending > to->backlog) {
		wait->wq = &to->space_wq;
		wait->events = WAIT_OUT;
		wait->ref = &unix_get(to)->sk;
		return -EAGAIN;
	}
	return 0;
}

static int
connect_to(struct unix_sock *us, struct unix_sock *to)
{
	struct unix_sock *e = unix_alloc(us->sk.type);

	if (!e)
		return -ENOMEM;
	e->addr = to->addr;
	e->peercred = sock_me();
	us->peercred = to->cred;
	e->has_peercred = us->has_peercred = true;
	e->sk.passcred = to->sk.passcred;
	join(us, e);
	list_append(&to->pending, &e->in_pending);
	to->npending++;
	waitq_wake(&to->sk.wq, WAIT_IN);
	waitq_wake_all(&us->sk.wq, WAIT_OUT);
	return 0;
}

static int
unix_connect(struct sock *sk, const struct walk *w,
	     const struct sock_addr *addr, struct sock_wait *wait)
{
	struct unix_sock *us = unix_of(sk), *to;
	int err;

	if (unix_is_dgram(us))
		return connect_dgram(us, w, addr);
	err = unix_check_addr(addr);
	if (!err && us->sk.passcred && !us->addr.len)
		err = unix_autobind(us);
	if (!err)
		err = unix_find(w, addr, us->sk.type, &to);
	if (err)
		return err;
	err = may_connect(us, to, wait);
	if (!err)
		err = connect_to(us, to);
	unix_put(to);
	return err;
}

static int
unix_accept(struct sock *sk, struct sock **out)
{
	struct unix_sock *us = unix_of(sk), *e;

	if (unix_is_dgram(us))
		return -EOPNOTSUPP;
	if (!us->sk.is_listening || us->rd_shut)
		return -EINVAL;
	if (list_empty(&us->pending))
		return -EAGAIN;
	e = LIST_FIRST(&us->pending, struct unix_sock, in_pending);
	list_del(&e->in_pending);
	us->npending--;
	waitq_wake(&us->space_wq, WAIT_OUT);
	*out = &e->sk;
	return 0;
}

static int
unix_shutdown(struct sock *sk, int how)
{
	struct unix_sock *us = unix_of(sk), *peer = us->peer;
	bool rd = how != LX_SHUT_WR, wr = how != LX_SHUT_RD;

	us->rd_shut |= rd;
	us->wr_shut |= wr;
	waitq_wake_all(&us->sk.wq, WAIT_IN | WAIT_OUT | WAIT_HUP | WAIT_RDHUP);
	if (rd)
		waitq_wake_all(&us->space_wq, WAIT_OUT);
	if (!peer || unix_is_dgram(us))
		return 0;
	peer->rd_shut |= wr;
	peer->wr_shut |= rd;
	waitq_wake_all(&peer->sk.wq,
		       WAIT_IN | WAIT_OUT | WAIT_HUP | WAIT_RDHUP);
	return 0;
}

/* --- looking --- */

static bool
may_write(const struct unix_sock *us)
{
	const struct unix_sock *to = us->peer;

	if (!unix_writable(us))
		return false;
	/* Linux: a datagram socket waits for its peer's queue, too. */
	return !unix_is_dgram(us) || !to || to == us || to->peer == us ||
	       to->is_dead || !unix_rq_full(to);
}

static uint32_t
unix_poll(struct sock *sk)
{
	struct unix_sock *us = unix_of(sk);
	uint32_t ready = 0;

	if (sk->err)
		ready |= WAIT_ERR;
	if (us->rd_shut && us->wr_shut)
		ready |= WAIT_HUP;
	if (us->rd_shut)
		ready |= WAIT_RDHUP | WAIT_IN;
	if (!list_empty(&us->rq) || !list_empty(&us->pending))
		ready |= WAIT_IN;
	if (sk->is_listening)
		return ready;
	if (!unix_is_dgram(us) && !us->is_connected)
		ready |= WAIT_HUP;
	if (may_write(us))
		ready |= WAIT_OUT;
	return ready;
}

static int64_t
unix_queued(struct sock *sk, bool out)
{
	struct unix_sock *us = unix_of(sk);

	if (out)
		return (int64_t)us->wmem;
	if (sk->is_listening)
		return -EINVAL;
	if (sk->type == LX_SOCK_STREAM || list_empty(&us->rq))
		return (int64_t)us->rq_bytes;
	return (int64_t)LIST_FIRST(&us->rq, struct unix_msg, link)->len;
}

static int
unix_getopt(struct sock *sk, int level, int name, void *val, uint32_t *len)
{
	struct unix_sock *us = unix_of(sk);
	struct lx_ucred none = {0, UINT32_MAX, UINT32_MAX};

	if (level != LX_SOL_SOCKET)
		return -EOPNOTSUPP;
	if (name == LX_SO_PEERCRED) {
		*len = MIN(*len, (uint32_t)sizeof(none));
		memcpy(val, us->has_peercred ? &us->peercred : &none, *len);
		return 0;
	}
	return -ENOPROTOOPT;
}

static void
unix_show(struct sock *sk, struct strbuf *sb)
{
	struct unix_sock *us = unix_of(sk);
	struct unix_msg *m;
	uint32_t n = 0;

	LIST_EACH(m, &us->rq, link) {
		n += m->fds ? m->fds->n : 0;
	}
	strbuf_add(sb, "scm_fds: %u\n", n);
}

const struct sock_ops unix_ops = {
	.bind = unix_bind,
	.connect = unix_connect,
	.listen = unix_listen,
	.accept = unix_accept,
	.pair = unix_pair,
	.name = unix_name,
	.send = unix_send,
	.recv = unix_recv,
	.shutdown = unix_shutdown,
	.poll = unix_poll,
	.queued = unix_queued,
	.getopt = unix_getopt,
	.wait_done = unix_wait_done,
	.release = unix_release,
	.show_fdinfo = unix_show,
};

void
unix_each(void (*fn)(const struct unix_info *ui, void *arg), void *arg)
{
	struct unix_sock *us;

	LIST_EACH(us, &unix_all, all) {
		struct unix_info ui = {
			.id = us,
			.refs = us->refs,
			.type = us->sk.type,
			.is_listening = us->sk.is_listening,
			.state = us->is_connected ? 3 : 1,
			.ino = us->sk.file ? us->sk.file->inode->ino : 0,
			.addr = &us->addr,
		};

		fn(&ui, arg);
	}
}

void
unix_init(void)
{
	static struct sock_family family = {
		.family = LX_AF_UNIX,
		.make = unix_make,
	};

	unix_names_init();
	sock_family_register(&family);
}
