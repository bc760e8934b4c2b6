/* SPDX-License-Identifier: MIT */
/* syscalls/sock.h - what socket.c and sockmsg.c share. */
#ifndef SYSCALLS_SOCK_H
#define SYSCALLS_SOCK_H

#include "net/sock.h"

struct task;

/* sock_get - the socket behind @fd; @f (counted) keeps it. -EBADF, -ENOTSOCK.
 */
MUST_CHECK int sock_get(struct task *t, int fd, struct file **f,
			struct sock **sk);

/* addr_in - an address from the guest. -EINVAL for a length that can't be. */
MUST_CHECK int addr_in(struct task *t, uaddr_t at, int len,
		       struct sock_addr *out);

/* addr_out - as much of @a as fits where @lenp says, and its true length. */
MUST_CHECK int addr_out(struct task *t, const struct sock_addr *a, uaddr_t at,
			uaddr_t lenp);

/*
 * sock_block - sleep until what @w says may have changed, and end @w.
 * @deadline_ns: TIME_NEVER unless the socket has a timeout.
 * Returns: 0; -EAGAIN when the time is over; -ERESTARTSYS, or -EINTR if there
 * was a deadline.
 */
MUST_CHECK int sock_block(struct task *t, struct sock_wait *w,
			  uint64_t deadline_ns);

/* sock_deadline - now + @timeout_ns of a socket. */
uint64_t sock_deadline(uint64_t timeout_ns);

#endif /* SYSCALLS_SOCK_H */
