/* SPDX-License-Identifier: MIT */
/* syscalls/time.c - clocks and sleeping. */
#include "base/time.h"

#include "include/abi/capability.h"
#include "include/abi/time.h"
#include "kernel/block.h"
#include "kernel/cpu_timer.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "kernel/vdso.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define CLOCK_RES_NS	1
#define CLOCK_COARSE_NS 4000000
#define SEC_MAX		(TIME_NEVER / NSEC_PER_SEC / 2)

static struct lx_timezone timezone; /* what settimeofday(2) said */

static int
read_clock(struct task *t, int id, uint64_t *out)
{
	struct cpu_clock cc;
	int err;

	if (cpu_clock_is(id)) {
		err = cpu_clock_find(t, id, &cc);
		if (!err)
			*out = cpu_clock_read(&cc);
		return err;
	}
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
	return uaddr_is_null(tz) ? 0 : put_user(t->mm, tz, &timezone);
}

sysret_t
sys_settimeofday(struct task *t, uaddr_t tv, uaddr_t tz)
{
	struct lx_timeval v;
	struct lx_timezone z;

	if (!uaddr_is_null(tv)) {
		if (get_user(t->mm, &v, tv))
			return -EFAULT;
		if (v.tv_sec < 0 || (uint64_t)v.tv_sec >= SEC_MAX ||
		    v.tv_usec < 0 || v.tv_usec >= 1000000)
			return -EINVAL;
	}
	if (!uaddr_is_null(tz) && get_user(t->mm, &z, tz))
		return -EFAULT;
	if (!cred_capable(&t->cred, LX_CAP_SYS_TIME))
		return -EPERM;
	if (!uaddr_is_null(tz)) {
		if (z.tz_minuteswest > 15 * 60 || z.tz_minuteswest < -15 * 60)
			return -EINVAL;
		timezone = z;
	}
	if (!uaddr_is_null(tv))
		clock_set_realtime((uint64_t)v.tv_sec * NSEC_PER_SEC +
				   (uint64_t)v.tv_usec * 1000);
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

/* arg[0]: as sleep_until()'s; arg[1]: the clock, which the caller still sees
 * under that number. */
static sysret_t
sleep_cpu_until(struct task *t, struct restart_block *rb)
{
	struct lx_timespec ts;
	struct cpu_clock cc;
	uint64_t now;
	int err = cpu_clock_find(t, (int)rb->arg[1], &cc);

	if (!err)
		err = cpu_clock_sleep(t, &cc, rb->deadline_ns);
	if (err != -ERESTARTSYS)
		return err;
	err = cpu_clock_find(t, (int)rb->arg[1], &cc);
	now = err ? 0 : cpu_clock_read(&cc);
	ts = timespec_of(rb->deadline_ns - MIN(now, rb->deadline_ns));
	if (rb->arg[0] && put_user(t->mm, uaddr(rb->arg[0]), &ts))
		return -EFAULT;
	t->restart = *rb;
	return -ERESTART_RESTARTBLOCK;
}

static sysret_t
sleep_on_cpu(struct task *t, int clock, uint64_t ns, bool is_absolute,
	     uaddr_t rem)
{
	struct restart_block rb = {
		.fn = sleep_cpu_until,
		.deadline_ns = ns,
		.arg = {is_absolute ? 0 : rem.v, (uint64_t)clock},
	};
	struct cpu_clock cc;
	sysret_t ret;
	int err = cpu_clock_find(t, clock, &cc);

	if (err)
		return err;
	/* Linux: nobody wakes up by time that it alone could spend. */
	if (cc.thread && cc.thread->task == t)
		return -EINVAL;
	if (!is_absolute)
		rb.deadline_ns += cpu_clock_read(&cc);
	ret = sleep_cpu_until(t, &rb);
	return is_absolute && ret == -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND
							    : ret;
}

sysret_t
sys_clock_nanosleep(struct task *t, int clock, uint32_t flags, uaddr_t req,
		    uaddr_t rem)
{
	uint64_t ns, now;
	int err;

	if (clock == LX_CLOCK_THREAD_CPUTIME_ID ||
	    clock == LX_CLOCK_REALTIME_COARSE ||
	    clock == LX_CLOCK_MONOTONIC_COARSE ||
	    clock == LX_CLOCK_MONOTONIC_RAW)
		return -EOPNOTSUPP;
	err = read_clock(t, clock, &now);
	if (!err)
		err = timespec_in(t, req, &ns);
	if (err)
		return err;
	if (cpu_clock_is(clock))
		return sleep_on_cpu(t, clock, ns, flags & LX_TIMER_ABSTIME,
				    rem);
	if (flags & LX_TIMER_ABSTIME)
		return sleep_absolute(t, clock, ns);
	return sleep_for(t, ns, rem);
}
