/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/spin.c - how long to look at a turn word before sleeping.
 *
 * Looking is worth it only while a core would idle otherwise (both sides of a
 * turn need one of their own) and only if the other side tends to be quick.
 * So there is none when the vCPUs at work could fill the host, and each thread
 * learns: a turn that came in time doubles its patience, one that did not
 * halves it, down to nothing; then it tries again now and then.
 */
#include "tracer/seccomp/internal.h"

#define SPIN_MAX  512 /* some 20 us of looking */
#define SPIN_MIN  64
#define TRY_EVERY 64 /* turns without looking */

static atomic_uint working; /* vCPUs in thread_run() */

void
spin_enter(void)
{
	atomic_fetch_add_explicit(&working, 1, memory_order_relaxed);
}

void
spin_leave(void)
{
	atomic_fetch_sub_explicit(&working, 1, memory_order_relaxed);
}

static bool
has_idle_core(void)
{
	unsigned n = atomic_load_explicit(&working, memory_order_relaxed);

	return tracer_env.host_cpus > 1 && 2 * n <= tracer_env.host_cpus;
}

unsigned
spin_count(struct spin *s)
{
	if (!has_idle_core())
		return 0;
	if (s->count)
		return s->count;
	if (++s->skipped < TRY_EVERY)
		return 0;
	s->skipped = 0;
	return SPIN_MIN;
}

void
spin_learn(struct spin *s, unsigned used, bool is_in_time)
{
	if (!used)
		return;
	if (is_in_time)
		s->count = used * 2 < SPIN_MAX ? used * 2 : SPIN_MAX;
	else
		s->count = used / 2 < SPIN_MIN ? 0 : used / 2;
}
