/* SPDX-License-Identifier: MIT */
/* syscalls/time.c - clocks and sleeping. */
#include "base/time.h"

#include "include/abi/capability.h"
#include "include/abi/time.h"
#include "kernel/block.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "kernel/vdso.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define CLOCK_RES_NS	1
#define CLOCK_COARSE_NS 4000000
#define SEC_MAX		(TIME_NEVER / NSEC_PER_SEC / 2)

/* Clock ids below zero name a process's or thread's CPU clock:
 * clock_getcpuclockid(3). */
#define CPUCLOCK_PID(id)       (~((id) >> 3))
#define CPUCLOCK_WHICH(id)     ((id)&3)
#define CPUCLOCK_IS_THREAD(id) ((id)&4)
enum { CPUCLOCK_PROF, CPUCLOCK_VIRT, CPUCLOCK_SCHED };

static uint64_t
pick_cpu(int which, uint64_t utime, uint64_t stime)
{
	return which == CPUCLOCK_VIRT ? utime : utime + stime;
}

static int
cpu_clock(struct task *t, int id, uint64_t *out)
{
	int pid = CPUCLOCK_PID(id);
	uint64_t u, s;

	if (CPUCLOCK_WHICH(id) > CPUCLOCK_SCHED)
		return -EINVAL;
	if (CPUCLOCK_IS_THREAD(id)) {
		struct task *o = pid ? task_find(pid) : t;

		if (!o || o->proc != t->proc)
			return -EINVAL;
		task_cpu_ns(o, &u, &s);
	} else {
		struct process *p = pid ? process_find(pid) : t->proc;

		if (!p)
			return -EINVAL;
		process_cpu_ns(p, &u, &s);
	}
	*out = pick_cpu(CPUCLOCK_WHICH(id), u, s);
	return 0;
}

static int
read_clock(struct task *t, int id, uint64_t *out)
{
	uint64_t u, s;

	if (id < 0)
		return cpu_clock(t, id, out);
	switch (id) {
	case LX_CLOCK_REALTIME:
	case LX_CLOCK_REALTIME_COARSE:
	case LX_CLOCK_REALTIME_ALARM:
	case LX_CLOCK_TAI:
		*out = clock_realtime_ns();
		return 0;
	case LX_CLOCK_MONOTONIC:
	case LX_CLOCK_MONOTONIC_RAW:
	case LX_CLOCK_MONOTONIC_COARSE:
	case LX_CLOCK_BOOTTIME:
	case LX_CLOCK_BOOTTIME_ALARM:
		*out = clock_monotonic_ns();
		return 0;
	case LX_CLOCK_PROCESS_CPUTIME_ID:
		process_cpu_ns(t->proc, &u, &s);
		*out = u + s;
		return 0;
	case LX_CLOCK_THREAD_CPUTIME_ID:
		task_cpu_ns(t, &u, &s);
		*out = u + s;
		return 0;
	}
	return -EINVAL;
}

static struct lx_timespec
timespec_of(uint64_t ns)
{
	return (struct lx_timespec){(int64_t)(ns / NSEC_PER_SEC),
				    (int64_t)(ns % NSEC_PER_SEC)};
}

/* @ns saturates: Linux's KTIME_MAX. */
static int
timespec_in(struct task *t, uaddr_t at, uint64_t *ns)
{
	struct lx_timespec ts;

	if (get_user(t->mm, &ts, at))
		return -EFAULT;
	if (ts.tv_sec < 0 || (uint64_t)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*ns = (uint64_t)ts.tv_sec >= SEC_MAX
		      ? TIME_NEVER / 2
		      : (uint64_t)ts.tv_sec * NSEC_PER_SEC +
				(uint64_t)ts.tv_nsec;
	return 0;
}

sysret_t
sys_clock_gettime(struct task *t, int clock, uaddr_t tp)
{
	struct lx_timespec ts;
	uint64_t ns;
	int err = read_clock(t, clock, &ns);

	if (err)
		return err;
	ts = timespec_of(ns);
	return put_user(t->mm, tp, &ts);
}

sysret_t
sys_clock_getres(struct task *t, int clock, uaddr_t res)
{
	bool coarse = clock == LX_CLOCK_REALTIME_COARSE ||
		      clock == LX_CLOCK_MONOTONIC_COARSE;
	struct lx_timespec ts =
		timespec_of(coarse ? CLOCK_COARSE_NS : CLOCK_RES_NS);
	uint64_t ns;
	int err = read_clock(t, clock, &ns);

	if (err || uaddr_is_null(res))
		return err;
	return put_user(t->mm, res, &ts);
}

static void
set_realtime(uint64_t ns)
{
	clock_set_realtime(ns);
	vdso_realtime_was_set();
}

sysret_t
sys_clock_settime(struct task *t, int clock, uaddr_t tp)
{
	uint64_t ns;
	int err;

	if (clock != LX_CLOCK_REALTIME)
		return -EINVAL;
	err = timespec_in(t, tp, &ns);
	if (err)
		return err;
	if (!cred_capable(&t->cred, LX_CAP_SYS_TIME))
		return -EPERM;
	set_realtime(ns);
	return 0;
}

sysret_t
sys_gettimeofday(struct task *t, uaddr_t tv, uaddr_t tz)
{
	if (!uaddr_is_null(tv)) {
		uint64_t ns = clock_realtime_ns();
		struct lx_timeval v = {(int64_t)(ns / NSEC_PER_SEC),
				       (int64_t)(ns % NSEC_PER_SEC / 1000)};

		if (put_user(t->mm, tv, &v))
			return -EFAULT;
	}
	if (!uaddr_is_null(tz)) {
		struct lx_timezone z = {0};

		return put_user(t->mm, tz, &z);
	}
	return 0;
}

sysret_t
sys_settimeofday(struct task *t, uaddr_t tv, uaddr_t tz)
{
	struct lx_timeval v;
	struct lx_timezone z;

	if (!uaddr_is_null(tv)) {
		if (get_user(t->mm, &v, tv))
			return -EFAULT;
		if (v.tv_usec < 0 || v.tv_usec > 1000000)
			return -EINVAL;
	}
	if (!uaddr_is_null(tz) && get_user(t->mm, &z, tz))
		return -EFAULT;
	if (!cred_capable(&t->cred, LX_CAP_SYS_TIME))
		return -EPERM;
	if (!uaddr_is_null(tv)) {
		if (v.tv_sec < 0)
			return -EINVAL;
		set_realtime((uint64_t)v.tv_sec * NSEC_PER_SEC +
			     (uint64_t)v.tv_usec * 1000);
	}
	return 0;
}

sysret_t
sys_time(struct task *t, uaddr_t tloc)
{
	int64_t sec = (int64_t)(clock_realtime_ns() / NSEC_PER_SEC);

	if (!uaddr_is_null(tloc) && put_user(t->mm, tloc, &sec))
		return -EFAULT;
	return sec;
}

/* --- sleeping --- */

/* arg[0]: where the rest is reported, or 0. */
static sysret_t
sleep_until(struct task *t, struct restart_block *rb)
{
	struct lx_timespec ts;
	uint64_t now;
	int err;

	do {
		err = task_sleep(t, "nanosleep", rb->deadline_ns);
	} while (!err);
	if (err == -ETIMEDOUT)
		return 0;
	now = clock_monotonic_ns();
	if (now >= rb->deadline_ns)
		return 0;
	ts = timespec_of(rb->deadline_ns - now);
	if (rb->arg[0] && put_user(t->mm, uaddr(rb->arg[0]), &ts))
		return -EFAULT;
	t->restart = *rb;
	return -ERESTART_RESTARTBLOCK;
}

static sysret_t
sleep_for(struct task *t, uint64_t ns, uaddr_t rem)
{
	struct restart_block rb = {
		.fn = sleep_until,
		.deadline_ns = clock_monotonic_ns() + ns,
		.arg = {rem.v},
	};

	return sleep_until(t, &rb);
}

sysret_t
sys_nanosleep(struct task *t, uaddr_t req, uaddr_t rem)
{
	uint64_t ns;
	int err = timespec_in(t, req, &ns);

	return err ? err : sleep_for(t, ns, rem);
}

/* Absolute: the deadline does not move, so the call is simply made again. */
static sysret_t
sleep_absolute(struct task *t, int clock, uint64_t at)
{
	for (;;) {
		uint64_t now, deadline;
		int err = read_clock(t, clock, &now);

		if (err)
			return err;
		if (now >= at)
			return 0;
		deadline = clock_monotonic_ns() + (at - now);
		err = task_sleep(t, "nanosleep", deadline);
		if (err == -ERESTARTSYS)
			return -ERESTARTNOHAND;
	}
}

sysret_t
sys_clock_nanosleep(struct task *t, int clock, uint32_t flags, uaddr_t req,
		    uaddr_t rem)
{
	uint64_t ns, now;
	int err;

	if (clock == LX_CLOCK_THREAD_CPUTIME_ID)
		return -EINVAL;
	if (clock == LX_CLOCK_REALTIME_COARSE ||
	    clock == LX_CLOCK_MONOTONIC_COARSE ||
	    clock == LX_CLOCK_MONOTONIC_RAW)
		return -EOPNOTSUPP;
	err = read_clock(t, clock, &now);
	if (!err)
		err = timespec_in(t, req, &ns);
	if (err)
		return err;
	if (flags & LX_TIMER_ABSTIME)
		return sleep_absolute(t, clock, ns);
	if (clock < 0 || clock == LX_CLOCK_PROCESS_CPUTIME_ID)
		return sleep_absolute(t, clock, now + ns);
	return sleep_for(t, ns, rem);
}
