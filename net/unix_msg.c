/* SPDX-License-Identifier: MIT */
/*
 * net/unix_msg.c - AF_UNIX: sending and receiving.
 *
 * A message lies in the receiver's queue and is charged to its sender, who
 * waits when too much of his is under way.  Copying to and from the guest may
 * sleep: a sender looks at the other side again afterwards, readers take turns
 * (rlock).
 */
#include "base/slab.h"
#include "base/str.h"
#include "net/internal_unix.h"

#define STREAM_CHUNK 32768u

void
unix_msg_free(struct unix_msg *msg)
{
	struct unix_sock *from = msg->from;

	from->wmem -= msg->charge;
	if (unix_writable(from) && !from->is_dead)
		waitq_wake(&from->sk.wq, WAIT_OUT);
	unix_put(from);
	if (msg->fds) {
		unix_fds_gone(msg->fds);
		scm_free(msg->fds);
	}
	kfree(msg);
}

/* Out of @us's queue, and if @us was full, senders may go on. */
static void
dequeue(struct unix_sock *us, struct unix_msg *msg)
{
	bool was_full = unix_rq_full(us);
	struct unix_sock *c;

	list_del(&msg->link);
	us->nrq--;
	us->rq_bytes -= msg->len - msg->off;
	if (us->sk.type != LX_SOCK_DGRAM || !was_full)
		return;
	waitq_wake(&us->space_wq, WAIT_OUT);
	LIST_EACH(c, &us->clients, client) {
		waitq_wake(&c->sk.wq, WAIT_OUT);
	}
}

void
unix_purge(struct unix_sock *us)
{
	while (!list_empty(&us->rq)) {
		struct unix_msg *m = LIST_FIRST(&us->rq, struct unix_msg, link);

		dequeue(us, m);
		unix_msg_free(m);
	}
}

/* --- sending --- */

static void
enqueue(struct unix_sock *to, struct unix_msg *msg, struct sock_msg *m)
{
	if (m->fds) {
		msg->fds = m->fds;
		m->fds = NULL;
		unix_fds_sent(msg->fds);
	}
	list_append(&to->rq, &msg->link);
	to->nrq++;
	to->rq_bytes += msg->len;
	waitq_wake(&to->sk.wq, WAIT_IN);
}

/* A message of up to @len bytes of @m's. */
static int
msg_new(struct unix_sock *us, struct sock_msg *m, uint64_t len,
	struct unix_msg **out)
{
	struct unix_msg *msg = kmalloc(sizeof(*msg) + len);
	int64_t n = 0;

	if (!msg)
		return -ENOMEM;
	memset(msg, 0, sizeof(*msg));
	if (len)
		n = uio_copy_unlocked(m->u, msg->data, len);
	if (n < 0) {
		kfree(msg);
		return (int)n;
	}
	list_init(&msg->link);
	msg->len = (uint64_t)n;
	msg->cred = m->cred;
	msg->from = unix_get(us);
	msg->charge = msg->len + UNIX_OVERHEAD;
	us->wmem += msg->charge;
	*out = msg;
	return 0;
}

static int
wait_own(struct unix_sock *us, struct sock_msg *m)
{
	m->wait.wq = &us->sk.wq;
	m->wait.events = WAIT_OUT;
	return -EAGAIN;
}

static bool
is_broken(const struct unix_sock *us, const struct unix_sock *to)
{
	return us->wr_shut || to->is_dead || to->rd_shut;
}

static int
send_piece(struct unix_sock *us, struct unix_sock *to, struct sock_msg *m)
{
	uint64_t max = MIN((uint64_t)STREAM_CHUNK, us->sk.sndbuf / 2ull);
	struct unix_msg *msg;
	int err;

	if (is_broken(us, to))
		return -EPIPE;
	if (us->wmem >= us->sk.sndbuf)
		return wait_own(us, m);
	err = msg_new(us, m, MIN(m->u->left, max), &msg);
	if (err)
		return err;
	if (is_broken(us, to)) {
		uio_rewind(m->u, msg->len);
		unix_msg_free(msg);
		return -EPIPE;
	}
	enqueue(to, msg, m);
	return 0;
}

static int
send_stream(struct unix_sock *us, struct sock_msg *m)
{
	struct unix_sock *to = us->peer;
	int err = 0;

	if (m->addr)
		return us->is_connected ? -EISCONN : -EOPNOTSUPP;
	if (!to)
		return -ENOTCONN;
	if (us->wr_shut)
		return -EPIPE;
	unix_get(to);
	while (!err && m->u->left)
		err = send_piece(us, to, m);
	unix_put(to);
	return err;
}

/* Can @us send a datagram to @to now? */
static int
may_send(struct unix_sock *us, struct unix_sock *to, struct sock_msg *m)
{
	if (us->wr_shut)
		return -EPIPE;
	if (to->is_dead) {
		if (us->peer != to)
			return -ECONNREFUSED;
		if (!unix_is_dgram(us))
			return -EPIPE;
		unix_set_peer(us, NULL);
		return -ECONNREFUSED;
	}
	if (unix_is_dgram(us) && to->peer && to->peer != us)
		return -EPERM;
	if (to->rd_shut)
		return -EPIPE;
	if (us->wmem >= us->sk.sndbuf)
		return wait_own(us, m);
	if (to != us && to->peer != us && unix_rq_full(to)) {
		m->wait.wq = &to->space_wq;
		m->wait.events = WAIT_OUT;
		m->wait.ref = &unix_get(to)->sk;
		return -EAGAIN;
	}
	return 0;
}

static int
send_whole_to(struct unix_sock *us, struct unix_sock *to, struct sock_msg *m)
{
	uint64_t len = m->u->left;
	struct unix_msg *msg;
	int err = may_send(us, to, m);

	if (!err)
		err = msg_new(us, m, len, &msg);
	if (err)
		return err;
	err = msg->len < len ? -EFAULT : 0;
	/* Copying slept: things may have changed. */
	if (!err)
		err = may_send(us, to, m);
	if (err) {
		uio_rewind(m->u, msg->len);
		unix_msg_free(msg);
		return err;
	}
	enqueue(to, msg, m);
	return 0;
}

static int
destination(struct unix_sock *us, struct sock_msg *m, struct unix_sock **out)
{
	int err;

	if (!unix_is_dgram(us) || !m->addr) {
		if (!us->peer)
			return -ENOTCONN;
		*out = unix_get(us->peer);
		return 0;
	}
	err = unix_check_addr(m->addr);
	return err ? err : unix_find(m->walk, m->addr, us->sk.type, out);
}

static int
send_whole(struct unix_sock *us, struct sock_msg *m)
{
	struct unix_sock *to;
	int err;

	if (us->sk.passcred && !us->addr.len && unix_is_dgram(us)) {
		err = unix_autobind(us);
		if (err)
			return err;
	}
	err = destination(us, m, &to);
	if (err)
		return err;
	if (m->u->left > us->sk.sndbuf - 32)
		err = -EMSGSIZE;
	else
		err = send_whole_to(us, to, m);
	unix_put(to);
	return err;
}

int
unix_send(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *us = unix_of(sk);

	if (m->flags & LX_MSG_OOB)
		return -EOPNOTSUPP;
	return sk->type == LX_SOCK_STREAM ? send_stream(us, m)
					  : send_whole(us, m);
}

/* --- receiving --- */

/* The files of @msg are the reader's; a peek gets references of its own. */
static int
take_fds(struct unix_msg *msg, struct sock_msg *m, bool peek)
{
	struct scm_fds *copy;

	if (!msg->fds)
		return 0;
	if (!peek) {
		m->fds = msg->fds;
		msg->fds = NULL;
		unix_fds_gone(m->fds);
		return 0;
	}
	copy = kmalloc(sizeof(*copy));
	if (!copy)
		return -ENOMEM;
	*copy = *msg->fds;
	for (uint32_t i = 0; i < copy->n; i++)
		file_get(copy->f[i]);
	m->fds = copy;
	return 0;
}

static void
take_cred(struct unix_sock *us, const struct unix_msg *msg, struct sock_msg *m)
{
	m->cred = msg->cred;
	m->has_cred = us->sk.passcred;
}

static bool
same_cred(const struct lx_ucred *a, const struct lx_ucred *b)
{
	return a->pid == b->pid && a->uid == b->uid && a->gid == b->gid;
}

static int
nothing_to_read(struct unix_sock *us, struct sock_msg *m)
{
	int err = sock_take_error(&us->sk);

	if (err)
		return err;
	if (us->rd_shut)
		return 0;
	m->wait.wq = &us->sk.wq;
	m->wait.events = WAIT_IN | WAIT_RDHUP;
	return -EAGAIN;
}

/*
 * One message's part in a stream read.  Returns: 1 to go on with the next, 0
 * to stop, -errno.
 */
static int
read_piece(struct unix_sock *us, struct unix_msg *msg, struct sock_msg *m,
	   bool is_first)
{
	bool peek = m->flags & LX_MSG_PEEK;
	uint64_t want = MIN(msg->len - msg->off, m->u->left);
	bool had_fds = msg->fds != NULL;
	int64_t n;
	int err;

	/* Bytes of different senders don't mix, if the reader cares. */
	if (!is_first && us->sk.passcred && !same_cred(&m->cred, &msg->cred))
		return 0;
	n = uio_copy_unlocked(m->u, msg->data + msg->off, want);
	if (n < 0)
		return (int)n;
	if (is_first)
		take_cred(us, msg, m);
	if (had_fds) {
		err = take_fds(msg, m, peek);
		if (err)
			return err;
	}
	if (!peek) {
		us->rq_bytes -= (uint64_t)n;
		msg->off += (uint64_t)n;
		if (msg->off == msg->len) {
			dequeue(us, msg);
			unix_msg_free(msg);
		}
	}
	/* What came with files ends the read. */
	return (uint64_t)n == want && !had_fds;
}

static int
recv_stream(struct unix_sock *us, struct sock_msg *m)
{
	uint64_t target = m->flags & LX_MSG_WAITALL
				  ? m->u->moved + m->u->left
				  : MIN((uint64_t)us->sk.rcvlowat,
					m->u->moved + m->u->left);
	struct list *at = us->rq.next;
	int go = 1;

	if (!us->is_connected)
		return -EINVAL;
	/* A call that waits for more comes again with some read already. */
	while (go > 0 && m->u->left) {
		struct unix_msg *msg = LIST_ENTRY(at, struct unix_msg, link);

		if (at == &us->rq) {
			if (m->u->moved && m->u->moved >= target)
				break;
			return nothing_to_read(us, m);
		}
		at = at->next;
		go = read_piece(us, msg, m, !m->u->moved);
	}
	return go < 0 ? go : 0;
}

static int
recv_whole(struct unix_sock *us, struct sock_msg *m)
{
	bool peek = m->flags & LX_MSG_PEEK;
	struct unix_msg *msg;
	uint64_t want;
	int64_t n = 0;
	int err;

	if (us->sk.type == LX_SOCK_SEQPACKET && !us->is_connected)
		return -ENOTCONN;
	if (list_empty(&us->rq))
		return nothing_to_read(us, m);
	msg = LIST_FIRST(&us->rq, struct unix_msg, link);
	want = MIN(msg->len, m->u->left);
	if (want)
		n = uio_copy_unlocked(m->u, msg->data, want);
	/* Linux: a datagram that can't be delivered is gone. */
	err = n < 0 || (uint64_t)n < want ? -EFAULT : take_fds(msg, m, peek);
	m->full_len = msg->len;
	if (msg->len > want)
		m->out_flags |= LX_MSG_TRUNC;
	if (us->sk.type == LX_SOCK_SEQPACKET)
		m->out_flags |= LX_MSG_EOR;
	take_cred(us, msg, m);
	if (m->addr && msg->from->addr.len)
		*m->addr = msg->from->addr;
	if (!peek) {
		dequeue(us, msg);
		unix_msg_free(msg);
	}
	return err;
}

int
unix_recv(struct sock *sk, struct sock_msg *m)
{
	struct unix_sock *us = unix_of(sk);
	int err;

	if (m->flags & LX_MSG_OOB)
		return -EOPNOTSUPP;
	if (m->addr)
		m->addr->len = 0;
	mutex_lock(&us->rlock);
	err = sk->type == LX_SOCK_STREAM ? recv_stream(us, m)
					 : recv_whole(us, m);
	mutex_unlock(&us->rlock);
	return err;
}
