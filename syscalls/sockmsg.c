/* SPDX-License-Identifier: MIT */
/*
 * syscalls/sockmsg.c - sendmsg(2), recvmsg(2) and kin: message headers,
 * control messages, waiting.
 */
#include "base/cred.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/fdtable.h"
#include "include/abi/capability.h"
#include "include/abi/fcntl.h"
#include "include/abi/uio.h"
#include "kernel/block.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/pollset.h"
#include "syscalls/sock.h"
#include "syscalls/sysdef.h"

#define CONTROL_MAX 131072u /* Linux: net.core.optmem_max */

/* One message under way: the header and what it points to. */
struct msg {
	struct file *f; /* counted by the caller */
	struct sock *sk;
	struct lx_msghdr h;
	struct uio u;
	struct sock_addr addr;
	struct walk walk;
	struct sock_msg m;
};

static bool
is_nonblock(const struct msg *g)
{
	return g->m.flags & LX_MSG_DONTWAIT || g->f->flags & LX_O_NONBLOCK;
}

/* Send or receive, waiting as the flags allow.  Returns: bytes or -errno. */
static sysret_t
msg_run(struct task *t, struct msg *g, bool is_send)
{
	int (*step)(struct sock *, struct sock_msg *) =
		is_send ? g->sk->ops->send : g->sk->ops->recv;
	uint64_t deadline = sock_deadline(is_send ? g->sk->sndtimeo_ns
						  : g->sk->rcvtimeo_ns);
	int err;

	while ((err = step(g->sk, &g->m)) == -EAGAIN && !is_nonblock(g)) {
		err = sock_block(t, &g->m.wait, deadline);
		if (err)
			break;
	}
	sock_wait_done(&g->m.wait);
	return g->u.moved ? (sysret_t)g->u.moved : err;
}

static sysret_t
send_run(struct task *t, struct msg *g)
{
	sysret_t r = msg_run(t, g, true);

	if (r == -EPIPE && g->sk->type == LX_SOCK_STREAM &&
	    !(g->m.flags & LX_MSG_NOSIGNAL))
		task_signal(t, LX_SIGPIPE);
	scm_free(g->m.fds);
	g->m.fds = NULL;
	return r;
}

static int
msg_init(struct task *t, struct msg *g, int fd, uint32_t flags)
{
	*g = (struct msg){.m = {.u = &g->u, .flags = flags}};
	walk_init(&g->walk, t, 0);
	g->m.walk = &g->walk;
	g->m.cred = sock_me();
	return sock_get(t, fd, &g->f, &g->sk);
}

/* --- control messages of a sender --- */

static int
take_rights(struct task *t, const char *data, size_t len, struct sock_msg *m)
{
	uint32_t n = (uint32_t)(len / sizeof(int32_t));
	struct scm_fds *fds = m->fds;

	if (!n)
		return 0;
	if (n > LX_SCM_MAX_FD || (fds && fds->n + n > LX_SCM_MAX_FD))
		return -EINVAL;
	if (!fds) {
		fds = KNEW(struct scm_fds);
		if (!fds)
			return -ENOMEM;
		m->fds = fds;
	}
	for (uint32_t i = 0; i < n; i++) {
		int32_t fd;
		int err;

		memcpy(&fd, data + i * sizeof(fd), sizeof(fd));
		err = fd_get_path(t->files, fd, &fds->f[fds->n]);
		if (err)
			return err;
		fds->n++;
	}
	return 0;
}

/* unix(7): one's own ids, unless privileged. */
static int
take_cred(struct task *t, const char *data, size_t len, struct sock_msg *m)
{
	const struct cred *c = &t->cred;
	struct lx_ucred u;

	if (len != sizeof(u))
		return -EINVAL;
	memcpy(&u, data, sizeof(u));
	if (u.pid != t->proc->pid && !cred_capable(c, LX_CAP_SYS_ADMIN))
		return -EPERM;
	if (u.uid != c->uid && u.uid != c->euid && u.uid != c->suid &&
	    !cred_capable(c, LX_CAP_SETUID))
		return -EPERM;
	if (u.gid != c->gid && u.gid != c->egid && u.gid != c->sgid &&
	    !cred_capable(c, LX_CAP_SETGID))
		return -EPERM;
	if (!task_find(u.pid))
		return -ESRCH;
	m->cred = u;
	return 0;
}

static int
take_cmsg(struct task *t, const struct lx_cmsghdr *c, const char *data,
	  struct sock_msg *m)
{
	size_t len = c->cmsg_len - sizeof(*c);

	if (c->cmsg_level != LX_SOL_SOCKET)
		return 0;
	if (c->cmsg_type == LX_SCM_RIGHTS)
		return take_rights(t, data, len, m);
	if (c->cmsg_type == LX_SCM_CREDENTIALS)
		return take_cred(t, data, len, m);
	return -EINVAL;
}

static int
parse_control(struct task *t, const char *buf, size_t len, struct sock_msg *m)
{
	size_t at = 0;

	while (at + sizeof(struct lx_cmsghdr) <= len) {
		struct lx_cmsghdr c;
		int err;

		memcpy(&c, buf + at, sizeof(c));
		if (c.cmsg_len < sizeof(c) || c.cmsg_len > len - at)
			return -EINVAL;
		err = take_cmsg(t, &c, buf + at + sizeof(c), m);
		if (err)
			return err;
		at += LX_CMSG_ALIGN(c.cmsg_len);
	}
	return 0;
}

static int
control_in(struct task *t, struct msg *g)
{
	size_t len = g->h.msg_controllen;
	char *buf;
	int err;

	if (!len || uaddr_is_null(g->h.msg_control))
		return 0;
	if (len > CONTROL_MAX)
		return -ENOBUFS;
	buf = kmalloc(len);
	if (!buf)
		return -ENOMEM;
	err = copy_in(t->mm, buf, g->h.msg_control, len);
	if (!err)
		err = parse_control(t, buf, len, &g->m);
	kfree(buf);
	if (err) {
		scm_free(g->m.fds);
		g->m.fds = NULL;
	}
	return err;
}

/* --- sending --- */

static int
header_in(struct task *t, struct msg *g, uaddr_t msg, enum uio_dir dir)
{
	int err = get_user(t->mm, &g->h, msg);

	if (err)
		return err;
	if (uaddr_is_null(g->h.msg_name))
		g->h.msg_namelen = 0;
	if (g->h.msg_namelen < 0)
		return -EINVAL;
	g->h.msg_namelen = MIN(g->h.msg_namelen, (int32_t)sizeof(g->addr.raw));
	if (g->h.msg_iovlen > UIO_IOV_MAX)
		return -EMSGSIZE;
	return uio_init_iov(&g->u, t->mm, dir, g->h.msg_iov, g->h.msg_iovlen);
}

static sysret_t
send_header(struct task *t, struct msg *g, uaddr_t msg)
{
	sysret_t r = header_in(t, g, msg, UIO_FROM_GUEST);

	if (r)
		return r;
	if (g->h.msg_namelen) {
		g->m.addr = &g->addr;
		r = addr_in(t, g->h.msg_name, g->h.msg_namelen, &g->addr);
	}
	if (!r)
		r = control_in(t, g);
	if (!r)
		r = send_run(t, g);
	uio_fini(&g->u);
	return r;
}

/* sendmsg(2). */
sysret_t
sys_sendmsg(struct task *t, int fd, uaddr_t msg, uint32_t flags)
{
	struct msg g;
	sysret_t r = msg_init(t, &g, fd, flags);

	if (!r)
		r = send_header(t, &g, msg);
	file_put(g.f);
	return r;
}

/* sendmmsg(2): the first failure ends it, and counts if it is the first
 * message's. */
sysret_t
sys_sendmmsg(struct task *t, int fd, uaddr_t vec, uint32_t vlen, uint32_t flags)
{
	sysret_t r = 0;
	uint32_t n;

	vlen = MIN(vlen, (uint32_t)UIO_IOV_MAX);
	for (n = 0; n < vlen; n++) {
		uaddr_t at = uaddr_add(vec, n * sizeof(struct lx_mmsghdr));
		uint32_t len;

		r = sys_sendmsg(t, fd, at, flags);
		if (r < 0)
			break;
		len = (uint32_t)r;
		if (put_user(
			    t->mm,
			    uaddr_add(at, offsetof(struct lx_mmsghdr, msg_len)),
			    &len)) {
			r = -EFAULT;
			break;
		}
	}
	return n ? (sysret_t)n : r;
}

/* sendto(2). */
sysret_t
sys_sendto(struct task *t, int fd, uaddr_t buf, uint64_t len, uint32_t flags,
	   uaddr_t addr, int addrlen)
{
	struct msg g;
	sysret_t r = msg_init(t, &g, fd, flags);

	if (!r)
		r = uio_init(&g.u, t->mm, UIO_FROM_GUEST, buf, len);
	if (!r && !uaddr_is_null(addr)) {
		g.m.addr = &g.addr;
		r = addr_in(t, addr, addrlen, &g.addr);
	}
	if (!r)
		r = send_run(t, &g);
	file_put(g.f);
	return r;
}

/* --- control messages to a receiver --- */

/* Where the next goes, and how much room is left. */
struct control {
	uaddr_t at;
	uint64_t left;
	uint32_t flags; /* LX_MSG_CTRUNC */
};

/* cmsg(3): what does not fit is cut. */
static int
put_cmsg(struct task *t, struct control *c, int type, const void *data,
	 size_t len)
{
	struct lx_cmsghdr h = {
		.cmsg_len = LX_CMSG_LEN(len),
		.cmsg_level = LX_SOL_SOCKET,
		.cmsg_type = type,
	};
	uint64_t space;

	if (c->left < sizeof(h)) {
		c->flags |= LX_MSG_CTRUNC;
		return 0;
	}
	if (h.cmsg_len > c->left) {
		c->flags |= LX_MSG_CTRUNC;
		h.cmsg_len = c->left;
	}
	if (put_user(t->mm, c->at, &h) ||
	    copy_out(t->mm, uaddr_add(c->at, sizeof(h)), data,
		     h.cmsg_len - sizeof(h)))
		return -EFAULT;
	space = MIN(LX_CMSG_SPACE(len), c->left);
	c->at = uaddr_add(c->at, space);
	c->left -= space;
	return 0;
}

/* Numbers for the files, as many as there is room for. */
static int
put_rights(struct task *t, struct control *c, struct scm_fds *fds, bool cloexec)
{
	int32_t fd[LX_SCM_MAX_FD];
	uint64_t room = 0;
	uint32_t n = 0;

	if (c->left > sizeof(struct lx_cmsghdr))
		room = (c->left - sizeof(struct lx_cmsghdr)) / sizeof(fd[0]);
	while (n < fds->n && n < room) {
		fd[n] = fd_install(t->files, fds->f[n], 0, cloexec,
				   rlimit_get(t, LX_RLIMIT_NOFILE));
		if (fd[n] < 0)
			break;
		n++;
	}
	if (n < fds->n)
		c->flags |= LX_MSG_CTRUNC;
	return n ? put_cmsg(t, c, LX_SCM_RIGHTS, fd, n * sizeof(fd[0])) : 0;
}

static int
control_out(struct task *t, struct msg *g, struct control *c)
{
	int err = 0;

	if (uaddr_is_null(c->at))
		c->left = 0;
	if (g->m.has_cred)
		err = put_cmsg(t, c, LX_SCM_CREDENTIALS, &g->m.cred,
			       sizeof(g->m.cred));
	if (!err && g->m.fds)
		err = put_rights(t, c, g->m.fds,
				 g->m.flags & LX_MSG_CMSG_CLOEXEC);
	return err;
}

/* --- receiving --- */

static sysret_t
recv_run(struct task *t, struct msg *g)
{
	sysret_t r;

	g->m.addr = &g->addr;
	r = msg_run(t, g, false);
	if (r >= 0 && g->m.flags & LX_MSG_TRUNC &&
	    g->sk->type != LX_SOCK_STREAM)
		r = (sysret_t)g->m.full_len;
	return r;
}

#define HDR(field) offsetof(struct lx_msghdr, field)

/* What the header gets back. */
static int
header_out(struct task *t, struct msg *g, uaddr_t msg)
{
	struct control c = {.at = g->h.msg_control,
			    .left = g->h.msg_controllen};
	int32_t namelen = (int32_t)g->addr.len;
	uint64_t used;
	uint32_t flags;

	if (control_out(t, g, &c))
		return -EFAULT;
	used = uaddr_is_null(g->h.msg_control) ? 0
					       : g->h.msg_controllen - c.left;
	flags = g->m.out_flags | c.flags | (g->m.flags & LX_MSG_CMSG_CLOEXEC);
	if (!uaddr_is_null(g->h.msg_name)) {
		if (copy_out(t->mm, g->h.msg_name, g->addr.raw,
			     (size_t)MIN(namelen, g->h.msg_namelen)) ||
		    put_user(t->mm, uaddr_add(msg, HDR(msg_namelen)), &namelen))
			return -EFAULT;
	}
	if (put_user(t->mm, uaddr_add(msg, HDR(msg_flags)), &flags))
		return -EFAULT;
	return put_user(t->mm, uaddr_add(msg, HDR(msg_controllen)), &used);
}

static sysret_t
recv_header(struct task *t, struct msg *g, uaddr_t msg)
{
	sysret_t r = header_in(t, g, msg, UIO_TO_GUEST);

	if (r)
		return r;
	r = recv_run(t, g);
	if (r >= 0 && header_out(t, g, msg))
		r = -EFAULT;
	scm_free(g->m.fds);
	uio_fini(&g->u);
	return r;
}

/* recvmsg(2). */
sysret_t
sys_recvmsg(struct task *t, int fd, uaddr_t msg, uint32_t flags)
{
	struct msg g;
	sysret_t r = msg_init(t, &g, fd, flags);

	if (!r)
		r = recv_header(t, &g, msg);
	file_put(g.f);
	return r;
}

/* recvfrom(2).  Files that came with the bytes are closed. */
sysret_t
sys_recvfrom(struct task *t, int fd, uaddr_t buf, uint64_t len, uint32_t flags,
	     uaddr_t addr, uaddr_t addrlen)
{
	struct msg g;
	sysret_t r = msg_init(t, &g, fd, flags);

	if (!r)
		r = uio_init(&g.u, t->mm, UIO_TO_GUEST, buf, len);
	if (!r) {
		r = recv_run(t, &g);
		scm_free(g.m.fds);
	}
	if (r >= 0 && !uaddr_is_null(addr)) {
		int err = addr_out(t, &g.addr, addr, addrlen);

		r = err ? err : r;
	}
	file_put(g.f);
	return r;
}

/* Linux: an error after the first message is kept for the next call. */
static sysret_t
recv_many(struct task *t, int fd, uaddr_t vec, uint32_t vlen, uint32_t flags,
	  uint64_t deadline)
{
	sysret_t r = 0;
	uint32_t n;

	for (n = 0; n < vlen; n++) {
		uaddr_t at = uaddr_add(vec, n * sizeof(struct lx_mmsghdr));
		uint32_t len;

		r = sys_recvmsg(t, fd, at,
				flags & ~(uint32_t)LX_MSG_WAITFORONE);
		if (r < 0)
			break;
		len = (uint32_t)r;
		if (put_user(
			    t->mm,
			    uaddr_add(at, offsetof(struct lx_mmsghdr, msg_len)),
			    &len)) {
			r = -EFAULT;
			break;
		}
		if (flags & LX_MSG_WAITFORONE)
			flags |= LX_MSG_DONTWAIT;
		/* recvmmsg(2): the time is looked at after each message. */
		if (deadline != TIME_NEVER && clock_monotonic_ns() >= deadline)
			return n + 1;
	}
	return n ? (sysret_t)n : r;
}

/* recvmmsg(2). */
sysret_t
sys_recvmmsg(struct task *t, int fd, uaddr_t vec, uint32_t vlen, uint32_t flags,
	     uaddr_t timeout)
{
	uint64_t deadline;
	struct lx_timespec left;
	sysret_t r = deadline_after_user(t, timeout, &deadline);

	if (r)
		return r;
	r = recv_many(t, fd, vec, MIN(vlen, (uint32_t)UIO_IOV_MAX), flags,
		      deadline);
	if (r > 0 && !uaddr_is_null(timeout)) {
		left = time_left(deadline);
		if (put_user(t->mm, timeout, &left))
			return -EFAULT;
	}
	return r;
}
