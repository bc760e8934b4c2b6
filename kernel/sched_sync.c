/* SPDX-License-Identifier: MIT */
/*
 * kernel/sched_sync.c - who wakes another and then sleeps; see
 * kernel/internal.h.
 *
 * Of two tasks that talk to each other one at a time runs.  On two vCPUs each
 * message wakes another core, and both are in use, so that nobody can look for
 * a trap from an idle one (tracer/seccomp/spin.c).  So a task that tends to
 * sleep soon after it woke another keeps that one for its own vCPU, and idle
 * ones sleep on.
 *
 * One that does not sleep then must not make the other wait: an idle vCPU is
 * woken after all when guest code is entered for the second time, or the
 * machine does it when guest code runs on for some microseconds
 * (thread_run.spare).
 *
 * Where the kernel runs in guest processes a vCPU is given to a sleeper's host
 * thread directly, wherever that was: nothing is gained by waiting.
 */
#include "kernel/internal.h"
#include "kernel/sched.h"

#define SOON	  2 /* times guest code may be entered */
#define SYNCS_MIN 2 /* to be trusted */
#define SYNCS_MAX 8
#define SYNCS_BAD (-6)

bool
sync_keeps(struct vcpu *v)
{
	struct task *t = v->cur;

	if (!t || v->is_away || t->thread < 0 || t->run.carrier)
		return false;
	v->woke = SOON;
	if (t->syncs < SYNCS_MIN || v->keeps)
		return false;
	v->keeps = true;
	return true;
}

static void
distrust(struct vcpu *v, struct task *t)
{
	v->woke = 0;
	t->syncs = SYNCS_BAD;
	sched_unkeep(v);
}

void
sync_stops(struct vcpu *v, struct task *t, bool sleeps)
{
	if (v->keeps && !sleeps)
		distrust(v, t);
	if (v->woke && sleeps)
		t->syncs = MIN(t->syncs + 1, SYNCS_MAX);
	v->woke = 0;
	v->keeps = false; /* it is the next to run */
}

uint32_t
sync_enter(struct vcpu *v, struct task *t)
{
	if (!v->woke)
		return 0;
	if (--v->woke)
		return v->keeps ? sched_spare(v) : 0;
	t->syncs = MAX(t->syncs - 1, SYNCS_BAD);
	if (v->keeps)
		distrust(v, t);
	return 0;
}

void
sync_left(struct vcpu *v, struct task *t, bool took_long)
{
	if (took_long)
		distrust(v, t);
}
