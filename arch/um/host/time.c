/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/time.c - clocks, the one timer, load.
 *
 * The kernel moves its timer often and mostly to later: the host's timer is
 * left alone then, and set again when it fires too early.
 */
#include "arch/um/host/host.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_GRACE_NS 10000000000ll /* for the kernel to shut down */
#define STATUS_TIMEOUT	 124

static struct {
	pthread_mutex_t lock;
	int fd;
	uint64_t wanted; /* by the kernel; 0: none */
	uint64_t armed;	 /* in the host; 0: not */
	struct watch watch;
} timer = {.lock = PTHREAD_MUTEX_INITIALIZER, .fd = -1};

static struct watch timeout;
static bool is_over;

int64_t
host_now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static int
arm(int fd, uint64_t ns)
{
	struct itimerspec its = {
		.it_value = {(time_t)(ns / 1000000000),
			     (long)(ns % 1000000000)},
	};

	return timerfd_settime(fd, TFD_TIMER_ABSTIME, &its, NULL) < 0 ? -errno
								      : 0;
}

static void
on_timer(struct watch *w, int revents)
{
	bool is_due = false;
	uint64_t n;

	(void)!read(w->fd, &n, sizeof n);
	pthread_mutex_lock(&timer.lock);
	timer.armed = 0;
	if (timer.wanted && timer.wanted <= (uint64_t)host_now_ns()) {
		timer.wanted = 0;
		is_due = true;
	} else if (timer.wanted && !arm(w->fd, timer.wanted)) {
		timer.armed = timer.wanted;
	}
	pthread_mutex_unlock(&timer.lock);
	loop_watch(w);
	if (is_due)
		event_raise(EVENT_TIMER, 0, 0);
}

static void
on_timeout(struct watch *w, int revents)
{
	uint64_t n;

	(void)!read(w->fd, &n, sizeof n);
	if (is_over)
		machine_stop(STATUS_TIMEOUT); /* it did not go by itself */
	is_over = true;
	event_raise(EVENT_SHUTDOWN, 0, 0);
	(void)arm(w->fd, (uint64_t)host_now_ns() + TIMEOUT_GRACE_NS);
	loop_watch(w);
}

static int
timeout_start(uint64_t ns)
{
	timeout.fd =
		timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timeout.fd < 0)
		return -errno;
	timeout.events = POLLIN;
	timeout.fn = on_timeout;
	int err = arm(timeout.fd, (uint64_t)host_now_ns() + ns);

	return err ? err : loop_watch(&timeout);
}

int
time_start(void)
{
	int err;

	timer.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (timer.fd < 0)
		return -errno;
	timer.watch = (struct watch){
		.fd = timer.fd, .events = POLLIN, .fn = on_timer};
	err = loop_watch(&timer.watch);
	if (!err && mach.cfg->timeout_ns)
		err = timeout_start(mach.cfg->timeout_ns);
	return err;
}

/* --- hypercalls --- */

int64_t
hc_TIMER_SET(const uint64_t *a)
{
	int err = 0;

	if (a[0] > INT64_MAX)
		return -EINVAL;
	pthread_mutex_lock(&timer.lock);
	timer.wanted = a[0];
	if (a[0] && (!timer.armed || a[0] < timer.armed)) {
		err = arm(timer.fd, a[0]);
		if (!err)
			timer.armed = a[0];
	}
	pthread_mutex_unlock(&timer.lock);
	return err;
}

int64_t
hc_CLOCK(const uint64_t *a)
{
	struct timespec ts;

	if (a[0] != HCLOCK_REALTIME && a[0] != HCLOCK_MONOTONIC &&
	    a[0] != HCLOCK_BOOTTIME)
		return -EINVAL;
	if (clock_gettime((clockid_t)a[0], &ts) < 0)
		return -errno;
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int64_t
hc_CPU_TIME(const uint64_t *a)
{
	struct timespec ts;
	clockid_t clock;

	if (a[0] >= mach.ncpus)
		return -EINVAL;
	if (!atomic_load(&mach.cpu[a[0]].is_started))
		return 0;
	if (pthread_getcpuclockid(mach.cpu[a[0]].thread, &clock) ||
	    clock_gettime(clock, &ts) < 0)
		return -EINVAL;
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

int64_t
hc_LOADAVG(const uint64_t *a)
{
	uint64_t *out = (uint64_t *)a[0];
	double load[3];

	if (a[0] % 8 || !arena_writable(a[0], 3 * sizeof *out))
		return -EFAULT;
	if (getloadavg(load, 3) != 3)
		return -ENOSYS;
	for (int i = 0; i < 3; i++)
		out[i] = (uint64_t)(load[i] * 65536);
	return 0;
}
