/* SPDX-License-Identifier: MIT */
/* kernel/rseq.h - restartable sequences; rseq(2). */
#ifndef KERNEL_RSEQ_H
#define KERNEL_RSEQ_H

#include "include/types.h"

struct task;

/* rseq_set - rseq(2). */
sysret_t rseq_set(struct task *t, uaddr_t at, uint32_t len, uint32_t flags,
		  uint32_t sig);

/* rseq_moved - the area of @t tells nothing yet: registered, or forked. */
void rseq_moved(struct task *t);

/* rseq_signal - before a handler's frame is made: a critical section ends. */
void rseq_signal(struct task *t);

/* rseq_update - before @t goes back to guest code, if rseq_stale: it may have a
 * signal to take then, or not be the one to run any more.  Sleeps: for pages of
 * its own. */
void rseq_update(struct task *t);

#endif /* KERNEL_RSEQ_H */
