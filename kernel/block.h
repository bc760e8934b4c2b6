/* SPDX-License-Identifier: MIT */
/*
 * kernel/block.h - the only place a task sleeps.
 *
 * The pattern: listen, try, sleep, try again.
 *
 *	struct waiter w;
 *	task_waiter_init(&w, t, WAIT_IN);
 *	waitq_listen(wq, &w, WAIT_IN);
 *	while ((err = try()) == -EAGAIN && !(err = task_block(t, &w)))
 *		;
 *	waitq_leave(wq, &w);
 */
#ifndef KERNEL_BLOCK_H
#define KERNEL_BLOCK_H

#include "base/time.h"
#include "base/waitq.h"
#include "kernel/task.h"

/* task_waiter_init - make @w wake @t.  The first listen needs no separate
 * init: task_waiter_listen() does both. */
void task_waiter_init(struct waiter *w, struct task *t);

/* task_waiter_listen - init and listen on @wq for @events. */
void task_waiter_listen(struct waiter *w, struct task *t, struct waitq *wq,
			uint32_t events);

/*
 * task_block_until - as task_block(), with a deadline (monotonic; TIME_NEVER).
 * Returns: 0; -ERESTARTSYS for a signal; -ETIMEDOUT.
 */
MUST_CHECK int task_block_until(struct task *t, struct waiter *w,
				uint64_t deadline_ns);

/*
 * task_sleep - sleep until task_wake(), a signal or the deadline, whatever
 * woke it; @wchan names the reason for dumps and /proc/PID/wchan.
 * Returns: 0 when woken, -ERESTARTSYS, -ETIMEDOUT.
 */
MUST_CHECK int task_sleep(struct task *t, const char *wchan,
			  uint64_t deadline_ns);

/* task_sleep_killable - as above; only fatal signals interrupt it. */
MUST_CHECK int task_sleep_killable(struct task *t, const char *wchan,
				   uint64_t deadline_ns);

/* task_wake - end @t's sleep, or the next one. */
void task_wake(struct task *t);

/* block_init - fill base/block.h's hooks. */
void block_init(void);

#endif /* KERNEL_BLOCK_H */
