/* SPDX-License-Identifier: MIT */
/* kernel/posix_timer.c - interval timers of a process. */
#include "base/time.h"
#include "include/abi/time.h"
#include "kernel/internal.h"
#include "kernel/signal.h"

static void
itimer_real_fires(struct ktimer *tm)
{
	struct process *p =
		CONTAINER_OF(tm, struct process, itimer[LX_ITIMER_REAL].timer);
	uint64_t interval = p->itimer[LX_ITIMER_REAL].interval_ns;

	(void)!signal_process(p, LX_SIGALRM, NULL);
	if (interval)
		ktimer_set(tm, tm->deadline_ns + interval);
}

void
process_timers_init(struct process *p)
{
	ktimer_init(&p->itimer[LX_ITIMER_REAL].timer, itimer_real_fires);
	list_init(&p->posix_timers);
}

void
process_timers_fini(struct process *p)
{
	ktimer_cancel(&p->itimer[LX_ITIMER_REAL].timer);
}

void
posix_timers_delete_all(struct process *p)
{
	(void)p;
}

void
posix_timer_dequeued(struct sigqueue *q, struct lx_siginfo *info)
{
	(void)q, (void)info;
}

void
cpu_timers_tick(struct task *t)
{
	(void)t;
}
