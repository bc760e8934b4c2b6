/* SPDX-License-Identifier: MIT */
/*
 * syscalls/pollset.c - waiting for several files at once.
 *
 * The first look costs no listening: often something is ready, or the caller
 * won't wait.  Nothing sleeps between that look and the listening, so that no
 * event is lost.
 */
#include "syscalls/pollset.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/file.h"
#include "include/abi/poll.h"
#include "include/abi/signal.h"
#include "kernel/block.h"
#include "kernel/signal.h"
#include "kernel/task.h"
#include "mm/usercopy.h"

uint32_t
poll_widen(uint32_t ready)
{
	if (ready & WAIT_IN)
		ready |= LX_POLLRDNORM;
	if (ready & WAIT_OUT)
		ready |= LX_POLLWRNORM;
	return ready;
}

uint32_t
poll_interest(uint32_t events)
{
	if (events & LX_POLLRDNORM)
		events |= WAIT_IN;
	if (events & LX_POLLWRNORM)
		events |= WAIT_OUT;
	return (events & WAIT_ALL) | WAIT_ERR | WAIT_HUP;
}

int
pollset_init(struct pollset *ps, uint32_t n)
{
	ps->n = n;
	ps->e = ps->few;
	if (n <= ARRAY_LEN(ps->few)) {
		memset(ps->few, 0, n * sizeof(*ps->e));
		return 0;
	}
	ps->e = kzalloc(n * sizeof(*ps->e));
	return ps->e ? 0 : -ENOMEM;
}

void
pollset_fini(struct pollset *ps)
{
	for (uint32_t i = 0; i < ps->n; i++)
		file_put(ps->e[i].f);
	if (ps->e != ps->few)
		kfree(ps->e);
}

static int
pollset_look(struct pollset *ps)
{
	int count = 0;

	for (uint32_t i = 0; i < ps->n; i++) {
		struct poll_entry *e = &ps->e[i];

		if (e->f)
			e->ready = poll_widen(file_poll(e->f)) &
				   (e->events | LX_POLLERR | LX_POLLHUP);
		count += e->ready != 0;
	}
	return count;
}

static void
pollset_listen(struct task *t, struct pollset *ps)
{
	for (uint32_t i = 0; i < ps->n; i++) {
		struct poll_entry *e = &ps->e[i];

		if (e->f)
			task_waiter_listen(&e->w, t, e->f->wq,
					   poll_interest(e->events));
	}
}

static void
pollset_leave(struct pollset *ps)
{
	for (uint32_t i = 0; i < ps->n; i++)
		if (ps->e[i].f)
			waitq_leave(ps->e[i].f->wq, &ps->e[i].w);
}

int
pollset_wait(struct task *t, struct pollset *ps, uint64_t deadline_ns)
{
	int count = pollset_look(ps);
	int err = 0;

	if (count)
		return count;
	/* Linux: a pending signal counts even if the caller won't wait. */
	if (signal_is_pending(t))
		return -ERESTARTNOHAND;
	if (!deadline_ns)
		return 0;
	pollset_listen(t, ps);
	while (!count && !err) {
		err = task_sleep(t, "poll", deadline_ns);
		count = pollset_look(ps);
	}
	pollset_leave(ps);
	if (count || err == -ETIMEDOUT)
		return count;
	return -ERESTARTNOHAND;
}

int
deadline_after(const struct lx_timespec *ts, uint64_t *out)
{
	uint64_t now, sec = (uint64_t)ts->tv_sec;

	if (ts->tv_sec < 0 || ts->tv_nsec < 0 || ts->tv_nsec >= LX_NSEC_PER_SEC)
		return -EINVAL;
	if (!sec && !ts->tv_nsec) {
		*out = 0;
		return 0;
	}
	now = clock_monotonic_ns();
	if (sec > (INT64_MAX - now) / NSEC_PER_SEC - 1)
		*out = TIME_NEVER;
	else
		*out = now + sec * NSEC_PER_SEC + (uint64_t)ts->tv_nsec;
	return 0;
}

int
deadline_after_user(struct task *t, uaddr_t uts, uint64_t *out)
{
	struct lx_timespec ts;
	int err;

	*out = TIME_NEVER;
	if (uaddr_is_null(uts))
		return 0;
	err = get_user(t->mm, &ts, uts);
	return err ? err : deadline_after(&ts, out);
}

struct lx_timespec
time_left(uint64_t deadline_ns)
{
	uint64_t now = clock_monotonic_ns();
	uint64_t left = deadline_ns > now ? deadline_ns - now : 0;

	return (struct lx_timespec){
		.tv_sec = (int64_t)(left / NSEC_PER_SEC),
		.tv_nsec = (int64_t)(left % NSEC_PER_SEC),
	};
}

int
sigmask_begin(struct task *t, uaddr_t mask, uint64_t size)
{
	lx_sigset set;
	int err;

	if (uaddr_is_null(mask))
		return 0;
	if (size != sizeof(set))
		return -EINVAL;
	err = get_user(t->mm, &set, mask);
	if (err)
		return err;
	signal_set_temporary(t, set & ~SIG_KERNEL_ONLY);
	return 0;
}

void
sigmask_end(struct task *t, uaddr_t mask, bool interrupted)
{
	if (!uaddr_is_null(mask))
		signal_end_temporary(t, interrupted);
}
