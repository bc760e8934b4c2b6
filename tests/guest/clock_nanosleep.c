/* SPDX-License-Identifier: MIT */
/* clock_nanosleep(2). */
#include "tests/guest/check.h"

static long
raw(int clock, int flags, const void *t, void *left)
{
	return syscall(SYS_clock_nanosleep, clock, flags, t, left);
}

static struct timespec
in_ms(int clock, long ms)
{
	struct timespec t;

	OK(clock_gettime(clock, &t));
	t.tv_nsec += ms * 1000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void
until_a_time(void)
{
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};

	for (int i = 0; i < 3; i++) {
		long begin = now_ms();
		struct timespec t = in_ms(clocks[i], 40), left = {7, 7};

		OK(raw(clocks[i], TIMER_ABSTIME, &t, &left));
		CHECK(now_ms() - begin >= 39);
		OK(raw(clocks[i], TIMER_ABSTIME, &t, &left)); /* past */
		t.tv_sec = 1;
		OK(raw(clocks[i], TIMER_ABSTIME, &t, &left));
		IS(7, left.tv_sec);
		t = (struct timespec){0, 20000000};
		begin = now_ms();
		OK(raw(clocks[i], 0, &t, NULL));
		CHECK(now_ms() - begin >= 19);
	}
}

static void
interrupted(void)
{
	struct timespec t = in_ms(CLOCK_MONOTONIC, 100000), left = {7, 7};

	ticks_start(SA_RESTART);
	FAILS(EINTR, raw(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, &left));
	IS(7, left.tv_sec); /* absolute: nothing is left over */
	t = (struct timespec){100, 0};
	FAILS(EINTR, raw(CLOCK_MONOTONIC, 0, &t, &left));
	IS(99, left.tv_sec);
	ticks_stop();
	IS(0,
	   clock_nanosleep(CLOCK_REALTIME, 0, &(struct timespec){0, 1}, NULL));
}

/* A process's own clock moves only while it computes. */
static void
of_cpu_time(void)
{
	struct timespec t = {0, 30000000};

	EXITS(0, {
		pid_t me = getpid();
		pid_t pid = OK(fork());

		if (!pid) {
			clockid_t clock;

			prctl(PR_SET_PDEATHSIG, SIGKILL);
			IS(0, clock_getcpuclockid(me, &clock));
			OK(raw(clock, 0, &t, NULL));
			_exit(5);
		}
		while (waitpid(pid, NULL, WNOHANG) == 0)
			; /* computes */
	});
	FAILS(EOPNOTSUPP, raw(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL));
}

static void
refuses(void)
{
	struct timespec t = {0, 1}, bad = {0, 1000000000}, neg = {-1, 0};

	FAILS(EINVAL, raw(99, 0, &t, NULL));
	FAILS(EINVAL, raw(CLOCK_MONOTONIC, 0, &bad, NULL));
	FAILS(EINVAL, raw(CLOCK_MONOTONIC, TIMER_ABSTIME, &neg, NULL));
	FAILS(EFAULT, raw(CLOCK_MONOTONIC, 0, unmapped_page(), NULL));
	FAILS(EOPNOTSUPP, raw(CLOCK_MONOTONIC_RAW, 0, &t, NULL));
	FAILS(EOPNOTSUPP, raw(CLOCK_REALTIME_COARSE, 0, &t, NULL));
	FAILS(EINVAL, raw(99, 0, unmapped_page(), NULL)); /* clock first */
}

int
main(void)
{
	until_a_time();
	interrupted();
	of_cpu_time();
	refuses();
	return 0;
}
