/* SPDX-License-Identifier: MIT */
/*
 * kernel/cpu_timer.h - the CPU time of processes and threads as clocks, and
 * timers on them: timer_create(2), clock_nanosleep(2).
 *
 * A timer hangs in the list of the process it measures while it is armed.  It
 * is compared whenever time is charged there (kernel/itimer.c).
 */
#ifndef KERNEL_CPU_TIMER_H
#define KERNEL_CPU_TIMER_H

#include "base/list.h"
#include "include/annotate.h"
#include "include/types.h"

struct pid;
struct process;
struct task;

/* Whose time, and which part of it. */
struct cpu_clock {
	struct process *proc;
	struct pid *thread; /* NULL: all threads of proc */
	bool is_user_only;
};

/* Linux looks at CPU timers once a tick (CONFIG_HZ=250).  So does nobody here,
 * but as there, a timer that repeats does so once a tick of CPU time at most:
 * between its signals a program comes to its own work. */
#define CPU_TICK_NS 4000000ull

struct cpu_timer {
	struct list link; /* process.cpu_timers; empty: not armed */
	struct cpu_clock clock;
	uint64_t at_ns;		/* of CPU time */
	uint64_t not_before_ns; /* a tick after it fired last */
	bool is_firing;
	void (*fn)(struct cpu_timer *ct, uint64_t now_ns);
};

/* cpu_clock_find - the clock that @id names to @t: one of the two constants or
 * clock_getcpuclockid(3)'s number.  Not counted: valid until the caller sleeps.
 * Returns: 0, -EINVAL. */
MUST_CHECK int cpu_clock_find(struct task *t, int id, struct cpu_clock *out);

/* cpu_clock_is - is @id a CPU clock's number? */
bool cpu_clock_is(int id);

/* cpu_clock_read - in ns; what has ended stands still. */
uint64_t cpu_clock_read(const struct cpu_clock *c);

/* cpu_timer_init - counts what @c names until cpu_timer_fini(). */
void cpu_timer_init(struct cpu_timer *ct, const struct cpu_clock *c,
		    void (*fn)(struct cpu_timer *ct, uint64_t now_ns));
void cpu_timer_fini(struct cpu_timer *ct);

/* cpu_timer_set - have @ct->fn called at @at_ns of its clock, once; from in
 * here, if that is now or past, unless @ct->fn is the caller.  cpu_timer_cancel
 * - idempotent. */
void cpu_timer_set(struct cpu_timer *ct, uint64_t at_ns);
void cpu_timer_cancel(struct cpu_timer *ct);

/* cpu_clock_sleep - until @c reads @at_ns.  Returns: 0, -ERESTARTSYS. */
MUST_CHECK int cpu_clock_sleep(struct task *t, const struct cpu_clock *c,
			       uint64_t at_ns);

/* --- for kernel/itimer.c --- */

/* cpu_timers_left - until the first of @p's ends; UINT64_MAX: there is none. */
uint64_t cpu_timers_left(const struct process *p);
/* cpu_timers_check - fire what is due. */
void cpu_timers_check(struct process *p);
/* cpu_timers_drop - @p has ended: none of its timers fires any more. */
void cpu_timers_drop(struct process *p);

#endif /* KERNEL_CPU_TIMER_H */
