/* SPDX-License-Identifier: MIT */
/*
 * tracer/place.c - which host core a guest thread runs on.
 *
 * vCPU and guest thread take turns: on one core the second goes on where the
 * first sleeps, on two each turn waits for another core to wake or, on a busy
 * host, for its queue.  So a thread that traps often is kept on its vCPU's
 * core; where both find a core to look at each other's turn word from
 * (tracer/seccomp/spin.c), on any but that.  One that computes is let go.
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
move(struct place *p, pid_t tid, int core, bool is_apart)
{
	cpu_set_t set;

	pthread_once(&once, learn_allowed);
	p->core = core;
	p->is_apart = is_apart;
	p->votes = 0;
	if (core < 0 || is_apart) {
		set = allowed;
		if (core >= 0)
			CPU_CLR((unsigned)core, &set);
	} else {
		CPU_ZERO(&set);
		CPU_SET((unsigned)core, &set);
	}
	if (CPU_COUNT(&set))
		(void)sched_setaffinity(tid, sizeof set, &set);
}

static void
vote(struct place *p, pid_t tid, bool is_apart)
{
	int core = sched_getcpu();

	if (tracer_env.host_cpus < 2 || core < 0 ||
	    (core == p->core && is_apart == p->is_apart)) {
		p->votes = 0;
		return;
	}
	if (++p->votes >= VOTES)
		move(p, tid, core, is_apart);
}

void
place_near(struct place *p, pid_t tid)
{
	vote(p, tid, false);
}

void
place_apart(struct place *p, pid_t tid)
{
	/* On one core nobody sees the other come: no time for votes. */
	if (!p->is_apart)
		p->votes = VOTES;
	vote(p, tid, true);
}

void
place_free(struct place *p, pid_t tid)
{
	p->votes = 0;
	if (p->core >= 0)
		move(p, tid, -1, false);
}
