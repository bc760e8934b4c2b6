/* SPDX-License-Identifier: MIT */
/* syscalls/epoll.c - epoll_create(2), epoll_ctl(2), epoll_wait(2). */
#include "fs/epoll.h"

#include "base/slab.h"
#include "base/time.h"
#include "fs/fdtable.h"
#include "kernel/block.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/pollset.h"
#include "syscalls/sysdef.h"

#define EVENTS_FEW   64
#define EVENTS_MANY  4096
#define EVENTS_LIMIT (INT32_MAX / (int)sizeof(struct lx_epoll_event))

/* epoll_create1(2). */
sysret_t
sys_epoll_create1(struct task *t, uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (flags & ~(uint32_t)LX_EPOLL_CLOEXEC)
		return -EINVAL;
	err = epoll_new(&f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, flags & LX_EPOLL_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

/* epoll_create(2).  The size means nothing, but must be positive. */
sysret_t
sys_epoll_create(struct task *t, int size)
{
	return size > 0 ? sys_epoll_create1(t, 0) : -EINVAL;
}

/* epoll_ctl(2). */
sysret_t
sys_epoll_ctl(struct task *t, int epfd, int op, int fd, uaddr_t event)
{
	AUTO_PUT(file) ep = NULL;
	AUTO_PUT(file) f = NULL;
	struct lx_epoll_event ev = {0};
	int err = 0;

	if (op != LX_EPOLL_CTL_DEL)
		err = get_user(t->mm, &ev, event);
	if (!err)
		err = fd_get(t->files, epfd, &ep);
	if (!err)
		err = fd_get(t->files, fd, &f);
	return err ? err : epoll_ctl_op(ep, op, fd, f, &ev);
}

/* Sleep until something is ready.  Returns: how many are in @ev; 0 when the
 * time is over; -EINTR. */
static int
ep_sleep(struct task *t, struct file *ep, struct lx_epoll_event *ev, int max,
	 uint64_t deadline_ns)
{
	struct waiter w;
	int n, err = 0;

	n = epoll_collect(ep, ev, max);
	if (n || !deadline_ns)
		return n;
	task_waiter_init(&w, t);
	w.exclusive = true;
	waitq_listen(epoll_waitq(ep), &w, WAIT_IN);
	while (!n && !err) {
		err = task_block_until(t, &w, deadline_ns);
		n = epoll_collect(ep, ev, max);
	}
	waitq_leave(epoll_waitq(ep), &w);
	/* The wake-up may have been meant for us alone. */
	epoll_wake_next(ep);
	if (n || err == -ETIMEDOUT)
		return n;
	return -EINTR;
}

static sysret_t
ep_wait(struct task *t, struct file *ep, uaddr_t events, int maxevents,
	uint64_t deadline_ns)
{
	struct lx_epoll_event few[EVENTS_FEW], *ev = few;
	int max = MIN(maxevents, EVENTS_MANY);
	int n;

	if (max > EVENTS_FEW) {
		ev = kmalloc((size_t)max * sizeof(*ev));
		if (!ev)
			return -ENOMEM;
	}
	n = ep_sleep(t, ep, ev, max, deadline_ns);
	if (n > 0 && copy_out(t->mm, events, ev, (size_t)n * sizeof(*ev)))
		n = -EFAULT;
	if (ev != few)
		kfree(ev);
	return n;
}

static sysret_t
epoll_wait_fd(struct task *t, int epfd, uaddr_t events, int maxevents,
	      uint64_t deadline_ns)
{
	AUTO_PUT(file) ep = NULL;
	int err;

	if (maxevents <= 0 || maxevents > EVENTS_LIMIT)
		return -EINVAL;
	err = fd_get(t->files, epfd, &ep);
	if (err)
		return err;
	if (!file_is_epoll(ep))
		return -EINVAL;
	return ep_wait(t, ep, events, maxevents, deadline_ns);
}

static uint64_t
deadline_ms(int timeout)
{
	if (timeout < 0)
		return TIME_NEVER;
	if (!timeout)
		return 0;
	return clock_monotonic_ns() + (uint64_t)timeout * 1000000;
}

/* epoll_wait(2).  Never restarted: -EINTR whatever SA_RESTART says. */
sysret_t
sys_epoll_wait(struct task *t, int epfd, uaddr_t events, int maxevents,
	       int timeout)
{
	return epoll_wait_fd(t, epfd, events, maxevents, deadline_ms(timeout));
}

/* epoll_pwait(2). */
sysret_t
sys_epoll_pwait(struct task *t, int epfd, uaddr_t events, int maxevents,
		int timeout, uaddr_t sigmask, uint64_t sigsetsize)
{
	sysret_t r = sigmask_begin(t, sigmask, sigsetsize);

	if (r)
		return r;
	r = epoll_wait_fd(t, epfd, events, maxevents, deadline_ms(timeout));
	sigmask_end(t, sigmask, r == -EINTR);
	return r;
}

/* epoll_pwait2(2). */
sysret_t
sys_epoll_pwait2(struct task *t, int epfd, uaddr_t events, int maxevents,
		 uaddr_t timeout, uaddr_t sigmask, uint64_t sigsetsize)
{
	uint64_t deadline;
	sysret_t r = deadline_after_user(t, timeout, &deadline);

	if (!r)
		r = sigmask_begin(t, sigmask, sigsetsize);
	if (r)
		return r;
	r = epoll_wait_fd(t, epfd, events, maxevents, deadline);
	sigmask_end(t, sigmask, r == -EINTR);
	return r;
}
