/* SPDX-License-Identifier: MIT */
/* syscalls/timer.c - interval timers, POSIX timers, timerfd, signalfd. */
#include "base/time.h"
#include "fs/fdtable.h"
#include "include/abi/capability.h"
#include "include/abi/fcntl.h"
#include "include/abi/poll.h"
#include "include/abi/resource.h"
#include "include/abi/time.h"
#include "kernel/itimer.h"
#include "kernel/posix_timer.h"
#include "kernel/task.h"
#include "kernel/timerfd.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define SEC_MAX (TIME_NEVER / NSEC_PER_SEC / 4)

/* --- getitimer(2): microseconds --- */

static int
from_timeval(const struct lx_timeval *tv, uint64_t *ns)
{
	if (tv->tv_sec < 0 || tv->tv_usec < 0 || tv->tv_usec >= 1000000)
		return -EINVAL;
	*ns = MIN((uint64_t)tv->tv_sec, SEC_MAX) * NSEC_PER_SEC +
	      (uint64_t)tv->tv_usec * 1000;
	return 0;
}

static struct lx_timeval
to_timeval(uint64_t ns)
{
	ns += 999; /* what is left of a timer never reads as nothing */
	return (struct lx_timeval){(int64_t)(ns / NSEC_PER_SEC),
				   (int64_t)(ns % NSEC_PER_SEC / 1000)};
}

static int
put_itimer(struct task *t, uaddr_t at, const struct itimer_value *v)
{
	struct lx_itimerval out = {
		.it_interval = to_timeval(v->interval_ns),
		.it_value = to_timeval(v->value_ns),
	};

	return put_user(t->mm, at, &out);
}

sysret_t
sys_getitimer(struct task *t, int which, uaddr_t value)
{
	struct itimer_value v;

	if (which < 0 || which >= ITIMER_COUNT)
		return -EINVAL;
	itimer_get(t, which, &v);
	return put_itimer(t, value, &v);
}

sysret_t
sys_setitimer(struct task *t, int which, uaddr_t value, uaddr_t ovalue)
{
	struct lx_itimerval in = {{0}, {0}};
	struct itimer_value v, old;
	int err;

	/* Linux: a NULL value is a zero one. */
	if (!uaddr_is_null(value) && get_user(t->mm, &in, value))
		return -EFAULT;
	err = from_timeval(&in.it_value, &v.value_ns);
	if (!err)
		err = from_timeval(&in.it_interval, &v.interval_ns);
	if (err || which < 0 || which >= ITIMER_COUNT)
		return -EINVAL;
	itimer_set(t, which, &v, &old);
	return uaddr_is_null(ovalue) ? 0 : put_itimer(t, ovalue, &old);
}

sysret_t
sys_alarm(struct task *t, uint32_t seconds)
{
	struct itimer_value v = {0, seconds * NSEC_PER_SEC}, old;
	uint64_t left;

	itimer_set(t, LX_ITIMER_REAL, &v, &old);
	left = old.value_ns;
	/* alarm(2): rounded, but a pending alarm is never 0. */
	if (left && left < NSEC_PER_SEC)
		return 1;
	return (sysret_t)((left + NSEC_PER_SEC / 2) / NSEC_PER_SEC);
}

/* --- timer_settime(2): nanoseconds --- */

static int
from_timespec(const struct lx_timespec *ts, uint64_t *ns)
{
	if (ts->tv_sec < 0 || (uint64_t)ts->tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	*ns = MIN((uint64_t)ts->tv_sec, SEC_MAX) * NSEC_PER_SEC +
	      (uint64_t)ts->tv_nsec;
	return 0;
}

static int
get_spec(struct task *t, uaddr_t at, struct itimer_value *v)
{
	struct lx_itimerspec in;
	int err;

	if (get_user(t->mm, &in, at))
		return -EFAULT;
	err = from_timespec(&in.it_value, &v->value_ns);
	return err ? err : from_timespec(&in.it_interval, &v->interval_ns);
}

static struct lx_timespec
to_timespec(uint64_t ns)
{
	return (struct lx_timespec){(int64_t)(ns / NSEC_PER_SEC),
				    (int64_t)(ns % NSEC_PER_SEC)};
}

static int
put_spec(struct task *t, uaddr_t at, const struct itimer_value *v)
{
	struct lx_itimerspec out = {
		.it_interval = to_timespec(v->interval_ns),
		.it_value = to_timespec(v->value_ns),
	};

	return put_user(t->mm, at, &out);
}

sysret_t
sys_timer_create(struct task *t, int clock, uaddr_t event, uaddr_t timer)
{
	struct lx_sigevent ev;
	int id, err;

	if (!uaddr_is_null(event) && get_user(t->mm, &ev, event))
		return -EFAULT;
	id = posix_timer_create(t, clock, uaddr_is_null(event) ? NULL : &ev);
	if (id < 0)
		return id;
	err = put_user(t->mm, timer, &id);
	if (err)
		(void)!posix_timer_delete(t, id);
	return err;
}

sysret_t
sys_timer_settime(struct task *t, int timer, uint32_t flags, uaddr_t value,
		  uaddr_t ovalue)
{
	struct itimer_value v, old;
	int err;

	if (uaddr_is_null(value))
		return -EINVAL;
	err = get_spec(t, value, &v);
	if (!err)
		err = posix_timer_set(t, timer, flags & LX_TIMER_ABSTIME, &v,
				      &old);
	if (err || uaddr_is_null(ovalue))
		return err;
	return put_spec(t, ovalue, &old);
}

sysret_t
sys_timer_gettime(struct task *t, int timer, uaddr_t value)
{
	struct itimer_value v;
	int err = posix_timer_get(t, timer, &v);

	return err ? err : put_spec(t, value, &v);
}

sysret_t
sys_timer_getoverrun(struct task *t, int timer)
{
	return posix_timer_overrun(t, timer);
}

sysret_t
sys_timer_delete(struct task *t, int timer)
{
	return posix_timer_delete(t, timer);
}

/* --- timerfd_create(2) --- */

sysret_t
sys_timerfd_create(struct task *t, int clock, uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (flags & ~(uint32_t)(LX_TFD_CLOEXEC | LX_TFD_NONBLOCK))
		return -EINVAL;
	if (clock != LX_CLOCK_REALTIME && clock != LX_CLOCK_MONOTONIC &&
	    clock != LX_CLOCK_BOOTTIME && clock != LX_CLOCK_REALTIME_ALARM &&
	    clock != LX_CLOCK_BOOTTIME_ALARM)
		return -EINVAL;
	if (timer_clock_wakes(clock) &&
	    !cred_capable(&t->cred, LX_CAP_WAKE_ALARM))
		return -EPERM;
	err = timerfd_new(clock, flags & LX_TFD_NONBLOCK, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, flags & LX_TFD_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

sysret_t
sys_timerfd_settime(struct task *t, int fd, uint32_t flags, uaddr_t value,
		    uaddr_t ovalue)
{
	AUTO_PUT(file) f = NULL;
	struct itimer_value v, old;
	int err;

	err = get_spec(t, value, &v);
	if (err)
		return err;
	if (flags &
	    ~(uint32_t)(LX_TFD_TIMER_ABSTIME | LX_TFD_TIMER_CANCEL_ON_SET))
		return -EINVAL;
	err = fd_get(t->files, fd, &f);
	if (!err)
		err = timerfd_set(f, flags & LX_TFD_TIMER_ABSTIME, &v, &old);
	if (err || uaddr_is_null(ovalue))
		return err;
	return put_spec(t, ovalue, &old);
}

sysret_t
sys_timerfd_gettime(struct task *t, int fd, uaddr_t value)
{
	AUTO_PUT(file) f = NULL;
	struct itimer_value v;
	int err = fd_get(t->files, fd, &f);

	if (!err)
		err = timerfd_get(f, &v);
	return err ? err : put_spec(t, value, &v);
}

/* --- signalfd(2) --- */

sysret_t
sys_signalfd4(struct task *t, int fd, uaddr_t mask, uint64_t sigsetsize,
	      uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	uint64_t set;
	int err;

	if (sigsetsize != sizeof(set))
		return -EINVAL;
	if (get_user(t->mm, &set, mask))
		return -EFAULT;
	if (flags & ~(uint32_t)(LX_SFD_CLOEXEC | LX_SFD_NONBLOCK))
		return -EINVAL;
	if (fd != -1) {
		err = fd_get(t->files, fd, &f);
		if (!err)
			err = signalfd_set(f, set);
		return err ? err : fd;
	}
	err = signalfd_new(set, flags & LX_SFD_NONBLOCK, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, flags & LX_SFD_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}

sysret_t
sys_signalfd(struct task *t, int fd, uaddr_t mask, uint64_t sigsetsize)
{
	return sys_signalfd4(t, fd, mask, sigsetsize, 0);
}
