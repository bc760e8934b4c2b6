/* SPDX-License-Identifier: MIT */
/*
 * kernel/timer.h - one-shot kernel timers on the monotonic clock: a heap, and
 * one timer of the machine for its top.  Callbacks run under the kernel lock,
 * on whatever stack notices, and must not sleep.
 */
#ifndef KERNEL_TIMER_H
#define KERNEL_TIMER_H

#include "include/types.h"

struct ktimer {
	uint64_t deadline_ns; /* monotonic */
	uint32_t slot;	      /* in the heap, 1-based; 0: not armed */
	void (*fn)(struct ktimer *tm);
};

static inline void
ktimer_init(struct ktimer *tm, void (*fn)(struct ktimer *tm))
{
	tm->slot = 0;
	tm->fn = fn;
}

/* ktimer_set - (re)arm for @deadline_ns.  Never fails: a timer that cannot be
 * queued for lack of memory panics at init, where room is reserved. */
void ktimer_set(struct ktimer *tm, uint64_t deadline_ns);

/* ktimer_cancel - disarm; idempotent. */
void ktimer_cancel(struct ktimer *tm);

static inline bool
ktimer_armed(const struct ktimer *tm)
{
	return tm->slot != 0;
}

/* timers_run - fire what is due; arms the machine's timer for the rest. */
void timers_run(void);

#endif /* KERNEL_TIMER_H */
