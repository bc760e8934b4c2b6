/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/spin.c - how long to look at a turn word before sleeping.
 *
 * Looking is worth it only while a core would idle otherwise (both sides of a
 * turn need one of their own) and only if the other side tends to be quick.
 * So there is none when the vCPUs at work could fill the host, and each thread
 * learns: a turn that came in time doubles its patience, one that did not
 * halves it, down to nothing; then it tries again now and then: on a host that
 * is busy with other work seldom, since a try there costs a time slice.
 *
 * A try is some turns long: before it, both sides share a core, where nobody
 * sees the other come; the first turn only parts them.
 *
 * Patience is a time, counted in pauses: these take from ten nanoseconds to a
 * hundred, as the host's processor likes.
 */
#include "arch/um/carrier.h"
#include "include/types.h"
#include "tracer/seccomp/internal.h"

#define SPIN_MAX_NS 25000  /* a trap and a futex wake-up cost about that */
#define CALL_MAX_NS 100000 /* of that the host makes a file in a third */
#define SPIN_MIN_NS 8000   /* a null call is there and back in less */
#define TRY_FIRST   128u   /* turns without looking before a try, ... */
#define TRY_LAST    16384u /* ... doubled by each that failed up to this */
#define PROBE	    128	   /* pauses to time, ... */
#define PROBES	    5	   /* the quickest of so many counts */

static unsigned spin_min, spin_max, call_max; /* pauses */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static atomic_uint working; /* vCPUs in thread_run() */

static int64_t
probe_ns(void)
{
	int64_t t0 = now_ns();

	for (unsigned i = 0; i < PROBE; i++)
		__builtin_ia32_pause();
	return now_ns() - t0;
}

static void
calibrate(void)
{
	int64_t best = INT64_MAX;

	for (unsigned i = 0; i < PROBES; i++) {
		int64_t ns = probe_ns();

		if (ns < best)
			best = ns;
	}
	if (best < 1)
		best = 1;
	spin_min = (unsigned)(SPIN_MIN_NS * PROBE / best + 1);
	spin_max = (unsigned)(SPIN_MAX_NS * PROBE / best + 1);
	call_max = (unsigned)(CALL_MAX_NS * PROBE / best + 1);
}

void
spin_enter(void)
{
	pthread_once(&once, calibrate);
	atomic_fetch_add_explicit(&working, 1, memory_order_relaxed);
}

void
spin_leave(void)
{
	atomic_fetch_sub_explicit(&working, 1, memory_order_relaxed);
}

/* With the kernel in guest processes: vCPUs that are there, and do not idle. */
static unsigned
count_out(void)
{
	unsigned n = 0;

	for (unsigned i = 0; i < tracer_env.ncpus; i++) {
		uint32_t owner = atomic_load_explicit(&vcpu_words(i)->owner,
						      memory_order_relaxed);

		n += owner && !(owner & (OWNER_VIV | OWNER_IDLE));
	}
	return n;
}

static bool
has_idle_core(void)
{
	unsigned n =
		tracer_backend->ops.in_guest && tracer_env.arena_fd >= 0
			? count_out() + 1 /* the one that asks */
			: atomic_load_explicit(&working, memory_order_relaxed);

	return tracer_env.host_cpus > 1 && 2 * n <= tracer_env.host_cpus;
}

/* Where the kernel runs in guest processes they wait for hypercalls only. */
static unsigned
longest(void)
{
	return tracer_backend->ops.in_guest ? call_max : spin_max;
}

unsigned
spin_count(struct spin *s)
{
	if (!has_idle_core())
		return 0;
	if (!s->count && ++s->skipped >= MAX(s->interval, TRY_FIRST)) {
		s->skipped = 0;
		s->interval = MIN(2 * MAX(s->interval, TRY_FIRST), TRY_LAST);
		s->count = longest();
	}
	return s->count;
}

void
spin_learn(struct spin *s, unsigned used, bool is_in_time)
{
	if (!used)
		return;
	if (is_in_time) {
		s->count = MIN(used * 2, longest());
		s->interval = TRY_FIRST;
		return;
	}
	s->count = used / 2 < spin_min ? 0 : used / 2;
}

void
spin_discourage(struct spin *s)
{
	s->count = s->count / 4 < spin_min ? 0 : s->count / 4;
}
