/* SPDX-License-Identifier: MIT */
/*
 * net/internal_unix.h - one AF_UNIX socket, and what its parts share.
 *
 * References: its file (or the queue it waits in to be accepted) has one, a
 * socket connected to it one, each message under way from it one, whoever
 * waits for it one.
 */
#ifndef NET_INTERNAL_UNIX_H
#define NET_INTERNAL_UNIX_H

#include "base/block.h"
#include "base/hash.h"
#include "base/list.h"
#include "net/sock.h"

struct inode;

#define UNIX_DGRAM_QLEN 10  /* Linux: net.unix.max_dgram_qlen */
#define UNIX_OVERHEAD	512 /* what a message costs its sender besides */

struct unix_sock {
	struct sock sk;
	uint32_t refs;
	struct list all;

	bool is_dead;	   /* closed */
	bool is_connected; /* stream, seqpacket */
	bool rd_shut, wr_shut;
	struct unix_sock *peer;	     /* counted; dgram: default destination */
	struct list clients, client; /* dgram: who has us as peer */

	/* Receiving. */
	struct mutex rlock; /* one reader at a time: copying may sleep */
	struct list rq;	    /* struct unix_msg */
	uint32_t nrq;
	uint64_t rq_bytes;
	struct waitq space_wq; /* room in rq, or among the pending */

	uint64_t wmem; /* of ours in others' queues */

	/* Listening: connections not yet accepted. */
	struct list pending, in_pending;
	uint32_t npending, backlog;

	/* Its name. */
	struct sock_addr addr; /* len 0: none */
	struct hash_node name; /* abstract */
	bool is_hashed;
	struct inode *inode; /* counted; its binding is us */

	struct lx_ucred cred, peercred;
	bool has_peercred;

	/* Being passed around itself; unix_gc.c. */
	uint32_t inflight;
	struct list in_flight;
	int64_t outside;
	bool is_garbage;
};

struct unix_msg {
	struct list link;
	struct unix_sock *from; /* counted; charged */
	uint64_t charge;
	uint64_t off, len;
	struct scm_fds *fds;
	struct lx_ucred cred;
	char data[];
};

static inline struct unix_sock *
unix_of(struct sock *sk)
{
	return CONTAINER_OF(sk, struct unix_sock, sk);
}

static inline bool
unix_is_dgram(const struct unix_sock *us)
{
	return us->sk.type == LX_SOCK_DGRAM;
}

static inline bool
unix_writable(const struct unix_sock *us)
{
	return us->wmem * 4 <= us->sk.sndbuf;
}

static inline bool
unix_rq_full(const struct unix_sock *us)
{
	return us->nrq > UNIX_DGRAM_QLEN;
}

/* --- unix.c --- */
extern struct list unix_all;
struct unix_sock *unix_get(struct unix_sock *us);
void unix_put(struct unix_sock *us);
MUST_CHECK int unix_make(int type, int protocol, struct sock **out);
extern const struct sock_ops unix_ops;

/* unix_set_peer - dgram: @peer (or NULL) is where sends go by default. */
void unix_set_peer(struct unix_sock *us, struct unix_sock *peer);

/* --- unix_name.c --- */
/* unix_find - the socket at @addr.  Refs: *@out is counted.  -ECONNREFUSED,
 * -EPROTOTYPE if its type is another, what a path's walk says. */
MUST_CHECK int unix_find(const struct walk *w, const struct sock_addr *addr,
			 int type, struct unix_sock **out);
MUST_CHECK int unix_check_addr(const struct sock_addr *addr);
int unix_bind(struct sock *sk, const struct walk *w,
	      const struct sock_addr *addr);
MUST_CHECK int unix_autobind(struct unix_sock *us);
void unix_unbind(struct unix_sock *us);
int unix_name(struct sock *sk, struct sock_addr *out, bool of_peer);
void unix_names_init(void);

/* --- unix_msg.c --- */
int unix_send(struct sock *sk, struct sock_msg *m);
int unix_recv(struct sock *sk, struct sock_msg *m);
void unix_msg_free(struct unix_msg *msg);
void unix_purge(struct unix_sock *us);

/* --- unix_gc.c --- */
/* unix_fds_sent, unix_fds_gone - @fds are in a queue; no longer. */
void unix_fds_sent(struct scm_fds *fds);
void unix_fds_gone(struct scm_fds *fds);
uint32_t unix_inflight(void);

/* unix_gc - free sockets that only each other's queues know. */
void unix_gc(void);

#endif /* NET_INTERNAL_UNIX_H */
