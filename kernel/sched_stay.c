/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched_stay.c - when host cores are left over: a task may wait in the
 * host itself, its vCPU with it, or another one be started.
 *
 * The end of such a wait is a switch: sched_resume() in sched.c.
 */
#include "kernel/internal.h"
#include "kernel/sched.h"

bool
sched_stay(const char *wchan)
{
	struct task *t = current_task();
	struct vcpu *v = this_vcpu();
	uint32_t i = 0;

	while (i < vcpu_count && !vcpus[i].is_idle)
		i++;
	if (i == vcpu_count)
		return false;
	sched_charge(t);
	sync_stops(v, t, false);
	t->nvcsw++;
	t->state = TASK_BLOCKED;
	t->wchan = wchan;
	v->is_away = true;
	v->idle_since_ns = t->started_ns;
	return true;
}

bool
sched_has_room(void)
{
	uint32_t busy = 1;

	for (uint32_t i = 0; i < vcpu_count; i++)
		busy += !vcpus[i].is_idle;
	return 2 * busy <= vcpu_count;
}
