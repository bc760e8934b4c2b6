/* SPDX-License-Identifier: MIT */
/*
 * syscalls/pollset.h - waiting for several files at once; what poll(2) and
 * select(2) share.
 */
#ifndef SYSCALLS_POLLSET_H
#define SYSCALLS_POLLSET_H

#include "base/waitq.h"
#include "include/abi/time.h"
#include "include/annotate.h"
#include "include/types.h"

struct file;
struct task;

struct poll_entry {
	struct file *f;	 /* counted; NULL: nothing to poll, @ready stands */
	uint32_t events; /* LX_POLL* asked for */
	uint32_t ready;	 /* what holds, of those and ERR, HUP */
	struct waiter w;
};

struct pollset {
	uint32_t n;
	struct poll_entry *e; /* few, or heap */
	struct poll_entry few[16];
};

/* pollset_init - room for @n entries, empty; pollset_fini puts the files. */
MUST_CHECK int pollset_init(struct pollset *ps, uint32_t n);
void pollset_fini(struct pollset *ps);

/*
 * pollset_wait - sleep until an entry is ready or @deadline_ns has come (0:
 * don't sleep).  Returns: how many entries are ready; -ERESTARTNOHAND for a
 * signal.
 */
MUST_CHECK int pollset_wait(struct task *t, struct pollset *ps,
			    uint64_t deadline_ns);

/* poll_widen, poll_interest - between WAIT_* and the names poll(2) has more
 * than one of (POLLRDNORM, POLLWRNORM). */
uint32_t poll_widen(uint32_t ready);
uint32_t poll_interest(uint32_t events);

/* deadline_after - now + @ts, TIME_NEVER if that is past all counting; 0 for a
 * zero @ts. -EINVAL if @ts is not a valid duration. */
MUST_CHECK int deadline_after(const struct lx_timespec *ts, uint64_t *out);
MUST_CHECK int deadline_after_user(struct task *t, uaddr_t ts, uint64_t *out);

/* time_left - from now to @deadline_ns, not negative. */
struct lx_timespec time_left(uint64_t deadline_ns);

/* sigmask_begin - ppoll's and its kin's temporary mask, if @mask is given.
 * -EINVAL for a wrong size, -EFAULT. */
MUST_CHECK int sigmask_begin(struct task *t, uaddr_t mask, uint64_t size);
void sigmask_end(struct task *t, uaddr_t mask, bool interrupted);

#endif /* SYSCALLS_POLLSET_H */
