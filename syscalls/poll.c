/* SPDX-License-Identifier: MIT */
/* syscalls/poll.c - poll(2), ppoll(2), select(2), pselect6(2). */
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/fdtable.h"
#include "fs/file.h"
#include "include/abi/poll.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/pollset.h"
#include "syscalls/sysdef.h"

/* Linux: what select(2) calls readable, writable and exceptional. */
#define SEL_IN                                                                 \
	(LX_POLLRDNORM | LX_POLLRDBAND | LX_POLLIN | LX_POLLHUP | LX_POLLERR)
#define SEL_OUT (LX_POLLWRBAND | LX_POLLWRNORM | LX_POLLOUT | LX_POLLERR)
#define SEL_EX	LX_POLLPRI

#define WORD_BITS 64

static int
poll_fill(struct task *t, struct pollset *ps, uaddr_t fds)
{
	for (uint32_t i = 0; i < ps->n; i++) {
		struct poll_entry *e = &ps->e[i];
		struct lx_pollfd p;
		int err = get_user(t->mm, &p, uaddr_add(fds, i * sizeof(p)));

		if (err)
			return err;
		if (p.fd < 0)
			continue;
		e->events = (uint16_t)p.events;
		if (fd_get(t->files, p.fd, &e->f))
			e->ready = LX_POLLNVAL;
	}
	return 0;
}

/* Only the results go back: another thread may be changing the rest. */
static int
poll_give(struct task *t, const struct pollset *ps, uaddr_t fds)
{
	for (uint32_t i = 0; i < ps->n; i++) {
		int16_t revents = (int16_t)ps->e[i].ready;
		uint64_t at = i * sizeof(struct lx_pollfd) +
			      offsetof(struct lx_pollfd, revents);

		if (put_user(t->mm, uaddr_add(fds, at), &revents))
			return -EFAULT;
	}
	return 0;
}

/* Returns: the count, or -ERESTARTNOHAND and other errors. */
static sysret_t
poll_run(struct task *t, uaddr_t fds, uint32_t nfds, uint64_t deadline_ns)
{
	struct pollset ps;
	int count, err;

	if (nfds > rlimit_get(t, LX_RLIMIT_NOFILE))
		return -EINVAL;
	err = pollset_init(&ps, nfds);
	if (err)
		return err;
	count = poll_fill(t, &ps, fds);
	if (!count)
		count = pollset_wait(t, &ps, deadline_ns);
	if (count >= 0 && poll_give(t, &ps, fds))
		count = -EFAULT;
	pollset_fini(&ps);
	return count;
}

static sysret_t poll_restartable(struct task *t, uaddr_t fds, uint32_t nfds,
				 uint64_t deadline_ns);

static sysret_t
poll_restart(struct task *t, struct restart_block *rb)
{
	return poll_restartable(t, uaddr(rb->arg[0]), (uint32_t)rb->arg[1],
				rb->deadline_ns);
}

/* After a signal without handler the call goes on, with the deadline it had. */
static sysret_t
poll_restartable(struct task *t, uaddr_t fds, uint32_t nfds,
		 uint64_t deadline_ns)
{
	sysret_t r = poll_run(t, fds, nfds, deadline_ns);

	if (r != -ERESTARTNOHAND)
		return r;
	t->restart.fn = poll_restart;
	t->restart.deadline_ns = deadline_ns;
	t->restart.arg[0] = fds.v;
	t->restart.arg[1] = nfds;
	return -ERESTART_RESTARTBLOCK;
}

/* poll(2).  @timeout: milliseconds; negative: for ever. */
sysret_t
sys_poll(struct task *t, uaddr_t fds, uint32_t nfds, int timeout)
{
	uint64_t deadline = 0;

	if (timeout < 0)
		deadline = TIME_NEVER;
	else if (timeout > 0)
		deadline = clock_monotonic_ns() + (uint64_t)timeout * 1000000;
	return poll_restartable(t, fds, nfds, deadline);
}

/* Linux: ppoll and pselect tell the time left, if there was a timeout; a call
 * that can't do that is not restarted. */
static sysret_t
give_time_left(struct task *t, sysret_t r, uaddr_t at, uint64_t deadline_ns,
	       bool is_timeval)
{
	struct lx_timespec ts;

	if (uaddr_is_null(at) || !deadline_ns)
		return r;
	if (deadline_ns == TIME_NEVER)
		ts = (struct lx_timespec){.tv_sec = INT64_MAX / 2};
	else
		ts = time_left(deadline_ns);
	if (is_timeval)
		ts.tv_nsec /= 1000;
	if (put_user(t->mm, at, &ts) && r == -ERESTARTNOHAND)
		return -EINTR;
	return r;
}

/* ppoll(2). */
sysret_t
sys_ppoll(struct task *t, uaddr_t fds, uint32_t nfds, uaddr_t timeout,
	  uaddr_t sigmask, uint64_t sigsetsize)
{
	uint64_t deadline;
	sysret_t r;
	int err;

	err = deadline_after_user(t, timeout, &deadline);
	if (!err)
		err = sigmask_begin(t, sigmask, sigsetsize);
	if (err)
		return err;
	r = poll_run(t, fds, nfds, deadline);
	sigmask_end(t, sigmask, r == -ERESTARTNOHAND);
	return give_time_left(t, r, timeout, deadline, false);
}

/* The three sets of select(2), as bits; in and out. */
struct fd_sets {
	uint32_t nwords;
	lx_fd_word *heap;
	lx_fd_word *set[3];
	lx_fd_word few[3 * 16];
};

static const uint32_t sel_events[3] = {SEL_IN, SEL_OUT, SEL_EX};

static int
sets_get(struct task *t, struct fd_sets *s, int nfds, const uaddr_t at[3])
{
	size_t bytes;

	s->nwords = ((uint32_t)nfds + WORD_BITS - 1) / WORD_BITS;
	bytes = s->nwords * sizeof(lx_fd_word);
	s->heap = NULL;
	if (3 * s->nwords > ARRAY_LEN(s->few)) {
		s->heap = kmalloc(3 * bytes);
		if (!s->heap)
			return -ENOMEM;
	}
	for (int i = 0; i < 3; i++) {
		s->set[i] = (s->heap ? s->heap : s->few) + i * s->nwords;
		memset(s->set[i], 0, bytes);
		if (!uaddr_is_null(at[i]) &&
		    copy_in(t->mm, s->set[i], at[i], bytes))
			return -EFAULT;
	}
	return 0;
}

static int
sets_put(struct task *t, const struct fd_sets *s, const uaddr_t at[3])
{
	for (int i = 0; i < 3; i++)
		if (!uaddr_is_null(at[i]) &&
		    copy_out(t->mm, at[i], s->set[i],
			     s->nwords * sizeof(lx_fd_word)))
			return -EFAULT;
	return 0;
}

static uint32_t
sets_events(const struct fd_sets *s, int fd)
{
	uint32_t events = 0;

	for (int i = 0; i < 3; i++)
		if (s->set[i][fd / WORD_BITS] >> fd % WORD_BITS & 1)
			events |= sel_events[i];
	return events;
}

/* An entry for each number in any set.  -EBADF if one is not open. */
static int
select_fill(struct task *t, struct pollset *ps, const struct fd_sets *s,
	    int nfds)
{
	uint32_t n = 0;

	for (int fd = 0; fd < nfds; fd++) {
		uint32_t events = sets_events(s, fd);
		int err;

		if (!events)
			continue;
		err = fd_get(t->files, fd, &ps->e[n].f);
		if (err)
			return err;
		ps->e[n++].events = events;
	}
	return 0;
}

/* What is ready replaces what was asked.  Returns: bits set in all. */
static int
select_result(const struct pollset *ps, struct fd_sets *s, int nfds)
{
	uint32_t n = 0;
	int bits = 0;

	for (int fd = 0; fd < nfds; fd++) {
		lx_fd_word bit = 1ull << fd % WORD_BITS;
		uint32_t ready;

		if (!sets_events(s, fd))
			continue;
		ready = ps->e[n++].ready;
		for (int i = 0; i < 3; i++) {
			lx_fd_word *w = &s->set[i][fd / WORD_BITS];

			if (!(*w & bit))
				continue;
			if (ready & sel_events[i])
				bits++;
			else
				*w &= ~bit;
		}
	}
	return bits;
}

static uint32_t
sets_count(const struct fd_sets *s)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->nwords; i++)
		n += (uint32_t)__builtin_popcountll(
			s->set[0][i] | s->set[1][i] | s->set[2][i]);
	return n;
}

/* Bits past @nfds in the last word are not the caller's business. */
static void
sets_trim(struct fd_sets *s, int nfds)
{
	if (nfds % WORD_BITS)
		for (int i = 0; i < 3; i++)
			s->set[i][s->nwords - 1] &=
				(1ull << nfds % WORD_BITS) - 1;
}

static sysret_t
select_wait(struct task *t, struct fd_sets *s, int nfds, uint64_t deadline_ns)
{
	struct pollset ps;
	int r;

	sets_trim(s, nfds);
	r = pollset_init(&ps, sets_count(s));
	if (r)
		return r;
	r = select_fill(t, &ps, s, nfds);
	if (!r)
		r = pollset_wait(t, &ps, deadline_ns);
	if (r >= 0)
		r = select_result(&ps, s, nfds);
	pollset_fini(&ps);
	return r;
}

static sysret_t
select_run(struct task *t, int nfds, const uaddr_t at[3], uint64_t deadline_ns)
{
	struct fd_sets s;
	sysret_t r;

	if (nfds < 0)
		return -EINVAL;
	/* Linux: numbers past the end of the table are not looked at. */
	nfds = MIN(nfds, fd_table_size(t->files));
	r = sets_get(t, &s, nfds, at);
	if (!r)
		r = select_wait(t, &s, nfds, deadline_ns);
	if (r >= 0 && sets_put(t, &s, at))
		r = -EFAULT;
	kfree(s.heap);
	return r;
}

/* select(2). */
sysret_t
sys_select(struct task *t, int nfds, uaddr_t readfds, uaddr_t writefds,
	   uaddr_t exceptfds, uaddr_t timeout)
{
	const uaddr_t at[3] = {readfds, writefds, exceptfds};
	uint64_t deadline = TIME_NEVER;
	struct lx_timeval tv;
	int err;

	if (!uaddr_is_null(timeout)) {
		struct lx_timespec ts;

		err = get_user(t->mm, &tv, timeout);
		if (err)
			return err;
		/* Linux: more than a second of microseconds is allowed. */
		ts.tv_sec = tv.tv_sec + tv.tv_usec / 1000000;
		ts.tv_nsec = tv.tv_usec % 1000000 * 1000;
		err = deadline_after(&ts, &deadline);
		if (err)
			return err;
	}
	return give_time_left(t, select_run(t, nfds, at, deadline), timeout,
			      deadline, true);
}

/* pselect6(2); @pack points at the signal mask and its size. */
sysret_t
sys_pselect6(struct task *t, int nfds, uaddr_t readfds, uaddr_t writefds,
	     uaddr_t exceptfds, uaddr_t timeout, uaddr_t pack)
{
	const uaddr_t at[3] = {readfds, writefds, exceptfds};
	struct lx_sigset_argpack arg = {0};
	uint64_t deadline;
	sysret_t r;
	int err = 0;

	if (!uaddr_is_null(pack))
		err = get_user(t->mm, &arg, pack);
	if (!err)
		err = deadline_after_user(t, timeout, &deadline);
	if (!err)
		err = sigmask_begin(t, uaddr(arg.p), arg.size);
	if (err)
		return err;
	r = select_run(t, nfds, at, deadline);
	sigmask_end(t, uaddr(arg.p), r == -ERESTARTNOHAND);
	return give_time_left(t, r, timeout, deadline, false);
}
