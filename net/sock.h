/* SPDX-License-Identifier: MIT */
/*
 * net/sock.h - sockets: what socket(2) makes, whatever the address family.
 *
 * A socket is a struct file whose priv is a struct sock; the family's ops do
 * the work.  As all files, they don't wait: -EAGAIN, and which queue to listen
 * on (struct sock_wait); syscalls/socket.c sleeps.
 */
#ifndef NET_SOCK_H
#define NET_SOCK_H

#include "base/waitq.h"
#include "fs/file.h"
#include "include/abi/socket.h"
#include "include/annotate.h"
#include "include/types.h"
#include "mm/uio.h"

struct sock;
struct walk;

#define SOCK_BUF_DEFAULT 212992u /* Linux: rmem_default, wmem_default */
#define SOCK_BUF_MIN	 4608u
#define SOCK_TIME_NEVER	 UINT64_MAX

/* An address as it comes and goes: len counts from the family on. */
struct sock_addr {
	uint32_t len;
	union {
		uint16_t family;
		struct lx_sockaddr_un un;
		char raw[128];
	};
};

/* Where to wait after -EAGAIN: a queue and events, and (counted by @ref's
 * owner, see sock_wait_done()) what keeps the queue alive. */
struct sock_wait {
	struct waitq *wq;
	uint32_t events;
	struct sock *ref;
};

/* Files under way in a message (SCM_RIGHTS); each counted. */
struct scm_fds {
	uint32_t n;
	struct file *f[LX_SCM_MAX_FD];
};

/* One send or receive. */
struct sock_msg {
	struct uio *u;
	uint32_t flags;		 /* LX_MSG_* asked for */
	uint32_t out_flags;	 /* LX_MSG_TRUNC, EOR to the receiver */
	const struct walk *walk; /* to look up @addr; send */
	struct sock_addr *addr;	 /* send: where to, or NULL; receive: filled if
				    not NULL, len 0: unknown */
	struct scm_fds *fds;	 /* send: taken over with the first bytes;
				    receive: the caller's from now on */
	struct lx_ucred cred;	 /* the sender's */
	bool has_cred;		 /* receive: the socket has SO_PASSCRED */
	uint64_t full_len;	 /* receive: of the whole datagram */
	struct sock_wait wait;	 /* with -EAGAIN */
};

struct sock_ops {
	int (*bind)(struct sock *sk, const struct walk *w,
		    const struct sock_addr *addr);
	/* -EAGAIN and *@wait: the other side can't take one now. */
	int (*connect)(struct sock *sk, const struct walk *w,
		       const struct sock_addr *addr, struct sock_wait *wait);
	int (*listen)(struct sock *sk, int backlog);
	/* The next connection, a socket without a file yet. */
	int (*accept)(struct sock *sk, struct sock **out);
	int (*pair)(struct sock *a, struct sock *b);
	int (*name)(struct sock *sk, struct sock_addr *out, bool of_peer);
	int (*send)(struct sock *sk, struct sock_msg *m);
	int (*recv)(struct sock *sk, struct sock_msg *m);
	int (*shutdown)(struct sock *sk, int how);
	uint32_t (*poll)(struct sock *sk);
	/* SIOCINQ, SIOCOUTQ. */
	int64_t (*queued)(struct sock *sk, bool out);
	/* Levels and options that are the family's: -ENOPROTOOPT. */
	int (*setopt)(struct sock *sk, int level, int name, const void *val,
		      uint32_t len);
	int (*getopt)(struct sock *sk, int level, int name, void *val,
		      uint32_t *len);
	void (*wait_done)(struct sock *sk);
	/* The file is gone. */
	void (*release)(struct sock *sk);
	void (*show_fdinfo)(struct sock *sk, struct strbuf *sb);
};

struct sock {
	const struct sock_ops *ops;
	struct file *file; /* not counted; NULL before accept(2), after close */
	int family, type, protocol;
	struct waitq wq;

	/* SOL_SOCKET. */
	uint32_t sndbuf, rcvbuf, rcvlowat, priority, mark;
	uint64_t rcvtimeo_ns, sndtimeo_ns;
	struct lx_linger linger;
	bool debug, reuseaddr, reuseport, keepalive, broadcast, dontroute,
		oobinline, passcred, timestamp;
	int err; /* SO_ERROR: > 0 */
	bool is_listening;
};

/* A family registers how to make its sockets: *@out has no file yet. */
struct sock_family {
	int family;
	int (*make)(int type, int protocol, struct sock **out);
	struct sock_family *next;
};
void sock_family_register(struct sock_family *fam);

/* sock_init - register what there is. */
void sock_init(void);

/* sock_make - socket(2) without a descriptor: -EAFNOSUPPORT,
 * -EPROTONOSUPPORT, -ESOCKTNOSUPPORT. @flags: LX_O_NONBLOCK. */
MUST_CHECK int sock_make(int family, int type, int protocol, uint32_t flags,
			 struct file **out);

/* sock_attach - a file for @sk.  On failure @sk is released. */
MUST_CHECK int sock_attach(struct sock *sk, uint32_t flags, struct file **out);

/* sock_setup - the generic part of a new socket. */
void sock_setup(struct sock *sk, const struct sock_ops *ops, int family,
		int type, int protocol);

/* sock_of - the socket behind @f, or NULL. */
struct sock *sock_of(struct file *f);

/* sock_setopt, sock_getopt - with kernel copies; @len of getopt is in and out.
 * @may_force: CAP_NET_ADMIN. */
MUST_CHECK int sock_setopt(struct sock *sk, int level, int name,
			   const void *val, uint32_t len, bool may_force);
MUST_CHECK int sock_getopt(struct sock *sk, int level, int name, void *val,
			   uint32_t *len);

/* sock_take_error - SO_ERROR: the pending error, cleared; negative. */
int sock_take_error(struct sock *sk);

/* sock_wait_done - the wait that @w was filled in for is over. */
void sock_wait_done(struct sock_wait *w);

/* sock_me - the running task as SCM_CREDENTIALS has it. */
struct lx_ucred sock_me(void);

/* scm_free - drop the files and @fds; deep chains of sockets in sockets are
 * worked off one by one.  NULL is allowed. */
void scm_free(struct scm_fds *fds);

/* unix_each - for /proc/net/unix: a line for every socket. */
struct unix_info {
	const void *id;
	uint32_t refs;
	int type;
	bool is_listening;
	uint32_t state; /* as /proc/net/unix: 1 unconnected, 3 connected */
	uint64_t ino;
	const struct sock_addr *addr; /* len 0: none */
};
void unix_each(void (*fn)(const struct unix_info *ui, void *arg), void *arg);

#endif /* NET_SOCK_H */
