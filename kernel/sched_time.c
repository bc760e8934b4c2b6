/* SPDX-License-Identifier: MIT */
/* kernel/sched_time.c - what running costs a task; see kernel/internal.h. */
#include "base/time.h"
#include "kernel/internal.h"
#include "kernel/sched.h"

/* What a nanosecond costs at nice -20..19, in 1/1024: weights as sched(7)'s
 * factor of 1.25 a step. */
static const uint32_t nice_cost[40] = {
	12,   15,    18,    23,	   28,	  36,	 45,	56,    70,    87,
	110,  137,   171,   215,   268,	  336,	 419,	524,   655,   819,
	1024, 1280,  1600,  2000,  2500,  3125,	 3906,	4883,  6104,  7629,
	9537, 11921, 14901, 18626, 23283, 29104, 36380, 45475, 56843, 71054,
};

/* @ns * @part / @whole. */
static uint64_t
share_of(uint64_t ns, uint64_t part, uint64_t whole)
{
	while (whole >> 32) {
		part >>= 1;
		whole >>= 1;
	}
	if (!whole)
		return 0;
	return ns / whole * part + ns % whole * part / whole;
}

void
sched_uncharged(struct task *t)
{
	t->started_ns = clock_monotonic_ns();
	t->mode_tsc = __builtin_ia32_rdtsc();
	t->user_tsc = t->sys_tsc = 0;
}

void
sched_settle(struct task *t)
{
	struct vcpu *v = &vcpus[t->cpu];
	uint64_t before_ns = t->started_ns, used, user;

	sched_mode(t, __builtin_ia32_rdtsc(), t->in_guest);
	user = t->user_tsc;
	used = user + t->sys_tsc;
	sched_uncharged(t);
	user = share_of(t->started_ns - before_ns, user, used);
	used = t->started_ns - before_ns;
	t->utime_ns += user;
	v->busy_user_ns += user;
	t->stime_ns += used - user;
	v->busy_sys_ns += used - user;
	if (task_is_realtime(t))
		sched_rt_charge(v, t->started_ns, used);
	t->vruntime += used * nice_cost[t->nice + 20] / 1024;
}

void
sched_settle_all(void)
{
	for (uint32_t i = 0; i < vcpu_count; i++)
		if (vcpus[i].cur && !vcpus[i].is_away)
			sched_settle(vcpus[i].cur);
}

void
sched_charge(struct task *t)
{
	sched_settle(t);
	cpu_timers_tick(t);
}

uint64_t
sched_context_switches(void)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < vcpu_count; i++)
		n += vcpus[i].switches;
	return n;
}
