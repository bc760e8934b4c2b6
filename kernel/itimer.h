/* SPDX-License-Identifier: MIT */
/* kernel/itimer.h - interval timers of a process: setitimer(2), alarm(2), and
 * the checks against used CPU time. */
#ifndef KERNEL_ITIMER_H
#define KERNEL_ITIMER_H

#include "include/types.h"

struct task;

/* One timer's state, ns; value 0: not armed. */
struct itimer_value {
	uint64_t interval_ns, value_ns;
};

/* itimer_get, itimer_set - LX_ITIMER_* of @t's process. @old may be NULL. */
void itimer_get(struct task *t, int which, struct itimer_value *out);
void itimer_set(struct task *t, int which, const struct itimer_value *v,
		struct itimer_value *old);

/* itimer_taken - a SIGALRM of @p was. */
struct process;
void itimer_taken(struct process *p);

/* process_cpu_limit_changed - RLIMIT_CPU was set. */
void process_cpu_limit_changed(struct process *p);

#endif /* KERNEL_ITIMER_H */
