/* SPDX-License-Identifier: MIT */
/*
 * kernel/itimer.c - interval timers of a process.
 *
 * ITIMER_REAL is a kernel timer; one that repeats is set anew when its signal
 * is taken (Linux, too: getitimer(2) says 0 until then), so that a short
 * interval costs no more than the process can follow.  ITIMER_VIRTUAL,
 * ITIMER_PROF, RLIMIT_CPU and the timers of kernel/cpu_timer.h run against
 * CPU time: whenever time is charged to a task they are compared, and while
 * one is armed a kernel timer at its earliest possible end makes sure that
 * time is charged then, be it that guest code never traps. itimer[].value_ns
 * of those two is the CPU time at which they fire; 0: off; not_before_ns:
 * CPU_TICK_NS after they did last.
 */
#include "kernel/itimer.h"

#include "base/time.h"
#include "include/abi/resource.h"
#include "include/abi/time.h"
#include "kernel/cpu_timer.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"

static void
real_fires(struct ktimer *tm)
{
	struct process *p =
		CONTAINER_OF(tm, struct process, itimer[LX_ITIMER_REAL].timer);

	(void)!signal_process(p, LX_SIGALRM, NULL);
}

void
itimer_taken(struct process *p)
{
	struct ktimer *tm = &p->itimer[LX_ITIMER_REAL].timer;
	uint64_t interval = p->itimer[LX_ITIMER_REAL].interval_ns;
	uint64_t now;

	if (!interval || ktimer_armed(tm))
		return;
	/* Late ones are not made up for: there was but one signal. */
	now = clock_monotonic_ns();
	if (tm->deadline_ns + interval <= now)
		tm->deadline_ns +=
			(now - tm->deadline_ns) / interval * interval;
	ktimer_set(tm, tm->deadline_ns + interval);
}

static uint64_t
cpu_used(const struct process *p, int which)
{
	uint64_t u, s;

	process_cpu_ns(p, &u, &s);
	return which == LX_ITIMER_VIRTUAL ? u : u + s;
}

/* The CPU time at which @which fires; it is armed. */
static uint64_t
fires_at(const struct process *p, int which)
{
	return MAX(p->itimer[which].value_ns, p->itimer[which].not_before_ns);
}

/* The earliest time any CPU timer can end: all vCPUs run for it. */
static void
watch(struct process *p)
{
	uint64_t left = cpu_timers_left(p);
	uint64_t limit = p->rlim[LX_RLIMIT_CPU].rlim_cur;

	for (int i = LX_ITIMER_VIRTUAL; i <= LX_ITIMER_PROF; i++) {
		uint64_t used = cpu_used(p, i), at = fires_at(p, i);

		if (p->itimer[i].value_ns)
			left = MIN(left, at > used ? at - used : 0);
	}
	if (limit != LX_RLIM_INFINITY && limit < UINT64_MAX / NSEC_PER_SEC) {
		uint64_t used = cpu_used(p, LX_ITIMER_PROF);
		uint64_t at = MAX(limit * NSEC_PER_SEC, p->xcpu_next_ns);

		left = MIN(left, at > used ? at - used : 0);
	}
	if (left == UINT64_MAX)
		ktimer_cancel(&p->cpu_watch);
	else
		ktimer_set(&p->cpu_watch,
			   clock_monotonic_ns() + left / vcpu_count + 100000);
}

static void
check_itimer(struct process *p, int which, int sig)
{
	uint64_t used, interval = p->itimer[which].interval_ns;

	if (!p->itimer[which].value_ns)
		return;
	used = cpu_used(p, which);
	if (used < fires_at(p, which))
		return;
	p->itimer[which].value_ns = interval ? used + interval : 0;
	p->itimer[which].not_before_ns = used + CPU_TICK_NS;
	(void)!signal_process(p, sig, NULL);
}

/* getrlimit(2), RLIMIT_CPU: SIGXCPU each second past the soft limit, SIGKILL
 * at the hard one. */
static void
check_limit(struct process *p)
{
	const struct lx_rlimit *l = &p->rlim[LX_RLIMIT_CPU];
	uint64_t used;

	if (l->rlim_cur >= UINT64_MAX / NSEC_PER_SEC)
		return;
	used = cpu_used(p, LX_ITIMER_PROF);
	if (l->rlim_max < UINT64_MAX / NSEC_PER_SEC &&
	    used >= l->rlim_max * NSEC_PER_SEC) {
		(void)!signal_process(p, LX_SIGKILL, NULL);
		return;
	}
	if (used < MAX(l->rlim_cur * NSEC_PER_SEC, p->xcpu_next_ns))
		return;
	p->xcpu_next_ns = used + NSEC_PER_SEC;
	(void)!signal_process(p, LX_SIGXCPU, NULL);
}

bool
process_has_cpu_timers(const struct process *p)
{
	return p->itimer[LX_ITIMER_VIRTUAL].value_ns ||
	       p->itimer[LX_ITIMER_PROF].value_ns ||
	       !list_empty(&p->cpu_timers) ||
	       p->rlim[LX_RLIMIT_CPU].rlim_cur != LX_RLIM_INFINITY;
}

void
cpu_timers_tick(struct task *t)
{
	struct process *p = t->proc;

	if (__builtin_expect(!process_has_cpu_timers(p), 1) || p->is_zombie)
		return;
	check_itimer(p, LX_ITIMER_VIRTUAL, LX_SIGVTALRM);
	check_itimer(p, LX_ITIMER_PROF, LX_SIGPROF);
	check_limit(p);
	cpu_timers_check(p);
	if (!ktimer_armed(&p->cpu_watch))
		watch(p);
}

/* Have each running thread's time charged; the timers are checked there.  A
 * process that sleeps needs no watch: its next charge sets one. */
static void
watch_fires(struct ktimer *tm)
{
	struct process *p = CONTAINER_OF(tm, struct process, cpu_watch);
	bool is_running = false;
	struct task *t;

	if (p->is_zombie)
		return;
	LIST_EACH(t, &p->threads, in_process) {
		is_running |= sched_is_running(t);
		sched_kick(t);
	}
	/* Else: once a thread runs again, cpu_timers_tick() does. */
	if (is_running && p->leader && process_has_cpu_timers(p))
		watch(p);
}

void
process_watch_cpu(struct process *p)
{
	watch(p);
}

void
process_timers_init(struct process *p)
{
	ktimer_init(&p->itimer[LX_ITIMER_REAL].timer, real_fires);
	ktimer_init(&p->cpu_watch, watch_fires);
	list_init(&p->posix_timers);
	list_init(&p->cpu_timers);
}

void
process_timers_fini(struct process *p)
{
	ktimer_cancel(&p->itimer[LX_ITIMER_REAL].timer);
	ktimer_cancel(&p->cpu_watch);
	cpu_timers_drop(p);
}

void
process_cpu_limit_changed(struct process *p)
{
	p->xcpu_next_ns = 0;
	watch(p);
}

void
itimer_get(struct task *t, int which, struct itimer_value *out)
{
	struct process *p = t->proc;
	uint64_t now;

	out->interval_ns = p->itimer[which].interval_ns;
	out->value_ns = 0;
	if (which == LX_ITIMER_REAL) {
		const struct ktimer *tm = &p->itimer[which].timer;

		now = clock_monotonic_ns();
		if (ktimer_armed(tm))
			out->value_ns = tm->deadline_ns > now
						? tm->deadline_ns - now
						: 1;
		return;
	}
	now = cpu_used(p, which);
	if (p->itimer[which].value_ns)
		out->value_ns = p->itimer[which].value_ns > now
					? p->itimer[which].value_ns - now
					: CPU_TICK_NS; /* as Linux: soon */
}

void
itimer_set(struct task *t, int which, const struct itimer_value *v,
	   struct itimer_value *old)
{
	struct process *p = t->proc;

	if (old)
		itimer_get(t, which, old);
	p->itimer[which].interval_ns = v->interval_ns;
	if (which == LX_ITIMER_REAL) {
		if (!v->value_ns)
			p->itimer[which].interval_ns = 0;
		if (v->value_ns)
			ktimer_set(&p->itimer[which].timer,
				   clock_monotonic_ns() + v->value_ns);
		else
			ktimer_cancel(&p->itimer[which].timer);
		return;
	}
	p->itimer[which].value_ns =
		v->value_ns ? cpu_used(p, which) + v->value_ns : 0;
	watch(p);
}
