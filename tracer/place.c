/* SPDX-License-Identifier: MIT */
/*
 * tracer/place.c - which host core a guest thread runs on.
 *
 * vCPU and guest thread take turns: on one core the second goes on where the
 * first sleeps, on two each turn waits for another core to wake or, on a busy
 * host, for its queue.  So a thread that traps often is kept on its vCPU's
 * core, unless both find a core to look at each other's turn word from
 * (tracer/seccomp/spin.c).  One that computes is let go.
 */
#include "tracer/internal.h"

#include <sched.h>

#define VOTES 6 /* turns in a row before a thread is moved */

static cpu_set_t allowed; /* by whoever started viv */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
learn_allowed(void)
{
	if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
		CPU_ZERO(&allowed);
}

static void
move(struct place *p, pid_t tid, int core)
{
	cpu_set_t set;

	pthread_once(&once, learn_allowed);
	p->core = core;
	p->votes = 0;
	if (core < 0) {
		if (CPU_COUNT(&allowed))
			(void)sched_setaffinity(tid, sizeof allowed, &allowed);
		return;
	}
	CPU_ZERO(&set);
	CPU_SET((unsigned)core, &set);
	(void)sched_setaffinity(tid, sizeof set, &set);
}

void
place_near(struct place *p, pid_t tid)
{
	int core = sched_getcpu();

	if (tracer_env.host_cpus < 2 || core == p->core || core < 0) {
		p->votes = 0;
		return;
	}
	if (++p->votes >= VOTES)
		move(p, tid, core);
}

void
place_free(struct place *p, pid_t tid)
{
	p->votes = 0;
	if (p->core >= 0)
		move(p, tid, -1);
}
