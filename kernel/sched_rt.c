/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched_rt.c - real-time tasks: what they may take of a vCPU.
 *
 * They run before all others, for sched_rt_runtime_us of each
 * sched_rt_period_us; then whoever else is ready comes first until the period
 * ends.  With nobody else to run they go on: what is kept is a share for those
 * that wait.  sched(7), "Limiting the CPU usage of real-time and deadline
 * processes".
 */
#include "kernel/internal.h"
#include "kernel/sched.h"

int sched_rt_period_us = 1000000;
int sched_rt_runtime_us = 950000;

static void
period_over(struct ktimer *tm)
{
	struct vcpu *v = CONTAINER_OF(tm, struct vcpu, rt.timer);

	v->rt.is_over = false;
	sched_recheck(v);
}

void
sched_rt_init(struct vcpu *v)
{
	ktimer_init(&v->rt.timer, period_over);
}

void
sched_rt_charge(struct vcpu *v, uint64_t now_ns, uint64_t used_ns)
{
	uint64_t period_ns = (uint64_t)sched_rt_period_us * 1000;

	if (v->rt.is_over || sched_rt_runtime_us < 0)
		return;
	if (now_ns >= v->rt.end_ns) {
		v->rt.end_ns = now_ns + period_ns;
		v->rt.used_ns = 0;
		return;
	}
	v->rt.used_ns += used_ns;
	if (v->rt.used_ns < (uint64_t)sched_rt_runtime_us * 1000 ||
	    sched_rt_runtime_us >= sched_rt_period_us)
		return;
	v->rt.is_over = true;
	ktimer_set(&v->rt.timer, v->rt.end_ns);
}
