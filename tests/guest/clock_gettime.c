/* SPDX-License-Identifier: MIT */
/* clock_gettime(2), clock_getres(2), gettimeofday(2), time(2). */
#include "tests/guest/check.h"

#include <pthread.h>

static int64_t
ns(int clock)
{
	struct timespec t;

	OK(clock_gettime(clock, &t));
	CHECK(t.tv_nsec >= 0 && t.tv_nsec < 1000000000);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static int64_t
raw_ns(int clock)
{
	struct timespec t;

	OK(syscall(SYS_clock_gettime, clock, &t));
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void
moves_on(void)
{
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME,
			CLOCK_MONOTONIC_RAW, CLOCK_TAI};

	for (int i = 0; i < 5; i++) {
		int64_t first = ns(clocks[i]), last = first, t;

		for (int j = 0; j < 2000; j++) {
			/* By the library (vDSO) and by system call. */
			t = j % 2 ? ns(clocks[i]) : raw_ns(clocks[i]);
			CHECK(t >= last);
			last = t;
		}
		sleep_ms(20);
		t = ns(clocks[i]);
		CHECK(t - first >= 19000000 && t - first < 10000000000);
	}
}

static void
agree(void)
{
	struct timeval tv;
	int64_t before = ns(CLOCK_REALTIME), after;
	time_t t = time(NULL), raw = syscall(SYS_time, NULL), stored;

	OK(gettimeofday(&tv, NULL));
	IS(t, time(&stored) == stored ? t : -1);
	after = ns(CLOCK_REALTIME);
	CHECK(tv.tv_sec * 1000000ll + tv.tv_usec >= before / 1000);
	CHECK(tv.tv_sec * 1000000ll + tv.tv_usec <= after / 1000);
	CHECK(t >= before / 1000000000 - 1 && t <= after / 1000000000);
	CHECK(raw >= t && raw <= t + 5);
	CHECK(t > 1700000000); /* the year is not 1970 */
	/* The coarse ones lag, but not by much. */
	CHECK(ns(CLOCK_MONOTONIC) - ns(CLOCK_MONOTONIC_COARSE) < 2000000000);
	CHECK(ns(CLOCK_REALTIME_COARSE) <= ns(CLOCK_REALTIME));
	CHECK(ns(CLOCK_BOOTTIME) >= ns(CLOCK_MONOTONIC) - 1000000);
}

#define BURNT 300000000 /* ns; more than a busy host takes away */

static void *
burn(void *arg)
{
	int64_t until = ns(CLOCK_THREAD_CPUTIME_ID) + BURNT;

	while (ns(CLOCK_THREAD_CPUTIME_ID) < until)
		;
	return NULL;
}

static void
cpu_time(void)
{
	int64_t process = ns(CLOCK_PROCESS_CPUTIME_ID);
	int64_t thread = ns(CLOCK_THREAD_CPUTIME_ID), t;
	pthread_t other;
	clockid_t clock;

	IS(0, pthread_create(&other, NULL, burn, NULL));
	IS(0, pthread_join(other, NULL));
	CHECK(ns(CLOCK_PROCESS_CPUTIME_ID) - process >= BURNT);
	CHECK(ns(CLOCK_THREAD_CPUTIME_ID) - thread < BURNT / 2);
	t = ns(CLOCK_THREAD_CPUTIME_ID);
	sleep_ms(300);
	CHECK(ns(CLOCK_THREAD_CPUTIME_ID) - t < 150000000); /* asleep */
	IS(0, clock_getcpuclockid(0, &clock));
	CHECK(ns(clock) >= process + BURNT);
	IS(0, clock_getcpuclockid(getppid(), &clock));
	CHECK(ns(clock) >= 0);
}

static void
refuses(void)
{
	struct timespec t;

	FAILS(EINVAL, clock_gettime(99, &t));
	FAILS(EINVAL, syscall(SYS_clock_gettime, 99, &t));
	FAILS(EFAULT, syscall(SYS_clock_gettime, 0, unmapped_page()));
	FAILS(EFAULT, syscall(SYS_gettimeofday, unmapped_page(), NULL));
	FAILS(EFAULT, syscall(SYS_time, unmapped_page()));
	OK(syscall(SYS_gettimeofday, NULL, NULL));
}

static void
resolution(void)
{
	struct timespec t;

	OK(clock_getres(CLOCK_MONOTONIC, &t));
	CHECK(t.tv_sec == 0 && t.tv_nsec >= 1 && t.tv_nsec <= 10000000);
	OK(clock_getres(CLOCK_REALTIME_COARSE, &t));
	CHECK(t.tv_sec == 0 && t.tv_nsec >= 1000000);
	OK(clock_getres(CLOCK_PROCESS_CPUTIME_ID, &t));
	OK(syscall(SYS_clock_getres, CLOCK_MONOTONIC, NULL));
	FAILS(EINVAL, clock_getres(99, &t));
	FAILS(EFAULT, syscall(SYS_clock_getres, 0, unmapped_page()));
}

int
main(void)
{
	moves_on();
	agree();
	cpu_time();
	refuses();
	resolution();
	return 0;
}
