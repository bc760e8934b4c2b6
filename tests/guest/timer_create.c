/* SPDX-License-Identifier: MIT */
/* timer_create(2), timer_settime(2), timer_gettime(2), timer_getoverrun(2),
 * timer_delete(2). */
#include "tests/guest/check.h"

#include <pthread.h>

static sigset_t set;
static volatile pid_t handled_by;

static long
raw_create(int clock, struct sigevent *ev, int *id)
{
	return syscall(SYS_timer_create, clock, ev, id);
}

static void
by_signal(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGRTMIN};
	struct itimerspec it = {{0, 10000000}, {0, 20000000}}, got;
	siginfo_t info;
	int id;

	ev.sigev_value.sival_int = 77;
	OK(raw_create(CLOCK_MONOTONIC, &ev, &id));
	OK(syscall(SYS_timer_gettime, id, &got));
	IS(0, got.it_value.tv_sec + got.it_value.tv_nsec);
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	OK(syscall(SYS_timer_gettime, id, &got));
	CHECK(got.it_value.tv_nsec > 0 && got.it_value.tv_nsec <= 20000000);
	IS(10000000, got.it_interval.tv_nsec);
	IS(SIGRTMIN, sigwaitinfo(&set, &info));
	IS(SI_TIMER, info.si_code);
	IS(77, info.si_value.sival_int);
	IS(id, info.si_timerid);
	/* One signal at most is queued; the rest is counted. */
	sleep_ms(80);
	IS(SIGRTMIN, sigwaitinfo(&set, &info));
	CHECK(info.si_overrun >= 4);
	IS(info.si_overrun, syscall(SYS_timer_getoverrun, id));
	it = (struct itimerspec){{0, 0}, {0, 0}};
	OK(syscall(SYS_timer_settime, id, 0, &it, &got));
	IS(10000000, got.it_interval.tv_nsec);
	OK(syscall(SYS_timer_delete, id));
	FAILS(EINVAL, syscall(SYS_timer_delete, id));
	FAILS(EINVAL, syscall(SYS_timer_gettime, id, &got));
	FAILS(EINVAL, syscall(SYS_timer_settime, id, 0, &it, NULL));
	FAILS(EINVAL, syscall(SYS_timer_getoverrun, id));
	while (sigtimedwait(&set, NULL, &(struct timespec){0, 0}) > 0)
		;
}

static void
absolute_and_past(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGRTMIN};
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};
	struct itimerspec it = {{0, 0}, {1, 0}};

	for (int i = 0; i < 3; i++) {
		int id;

		OK(raw_create(clocks[i], &ev, &id));
		OK(syscall(SYS_timer_settime, id, TIMER_ABSTIME, &it, NULL));
		IS(SIGRTMIN, sigwaitinfo(&set, NULL)); /* long gone */
		OK(syscall(SYS_timer_delete, id));
	}
}

static void
polled(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_NONE};
	struct itimerspec it = {{0, 0}, {100, 0}}, got;
	int id;

	OK(raw_create(CLOCK_MONOTONIC, &ev, &id));
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	OK(syscall(SYS_timer_gettime, id, &got));
	CHECK(got.it_value.tv_sec == 99 || got.it_value.tv_sec == 100);
	OK(syscall(SYS_timer_delete, id));
}

static void
on_thread(int sig)
{
	handled_by = gettid();
}

static void *
target(void *tid)
{
	*(volatile pid_t *)tid = gettid();
	while (!handled_by)
		sleep_ms(1);
	return NULL;
}

static void
to_one_thread(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID,
			      .sigev_signo = SIGUSR1};
	struct itimerspec it = {{0, 0}, {0, 5000000}};
	volatile pid_t tid = 0;
	pthread_t t;
	int id;

	signal(SIGUSR1, on_thread);
	IS(0, pthread_create(&t, NULL, target, (void *)&tid));
	while (!tid)
		sleep_ms(1);
	ev._sigev_un._tid = tid;
	OK(raw_create(CLOCK_MONOTONIC, &ev, &id));
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	IS(0, pthread_join(t, NULL));
	IS(tid, handled_by);
	OK(syscall(SYS_timer_delete, id));
	ev._sigev_un._tid = getppid();
	FAILS(EINVAL, raw_create(CLOCK_MONOTONIC, &ev, &id));
}

static void
by_default_it_is_sigalrm(void)
{
	struct itimerspec it = {{0, 0}, {0, 5000000}};
	int id;

	catch_signal(SIGALRM, 0);
	OK(raw_create(CLOCK_MONOTONIC, NULL, &id));
	EXITS(0, FAILS(EINVAL, syscall(SYS_timer_delete, id)));
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	while (!caught[SIGALRM])
		sleep_ms(1);
	OK(syscall(SYS_timer_delete, id));
}

static void
of_cpu_time(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR2};
	struct itimerspec it = {{0, 0}, {0, 20000000}};
	int id;

	catch_signal(SIGUSR2, 0);
	OK(raw_create(CLOCK_PROCESS_CPUTIME_ID, &ev, &id));
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	while (!caught[SIGUSR2])
		;
	OK(syscall(SYS_timer_delete, id));
}

/* On its own thread's clock, over and over; sleeping does not count. */
static void
of_thread_time(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR2};
	struct itimerspec it = {{0, 10000000}, {0, 10000000}};
	int id;

	catch_signal(SIGUSR2, 0);
	OK(raw_create(CLOCK_THREAD_CPUTIME_ID, &ev, &id));
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	sleep_ms(50);
	CHECK(caught[SIGUSR2] <= 1);
	while (caught[SIGUSR2] < 3)
		;
	OK(syscall(SYS_timer_gettime, id, &it));
	CHECK(it.it_value.tv_nsec > 0 && it.it_value.tv_nsec <= 10000000);
	IS(10000000, it.it_interval.tv_nsec);
	memset(&it, 0, sizeof it);
	OK(syscall(SYS_timer_settime, id, 0, &it, NULL));
	OK(syscall(SYS_timer_gettime, id, &it));
	IS(0, it.it_value.tv_nsec);
	OK(syscall(SYS_timer_delete, id));
	FAILS(EINVAL, raw_create(-8 * 0x3ffffff + 2, &ev, &id));
}

/* However often they are to fire, work goes on. */
static void
of_no_time(void)
{
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL,
			      .sigev_signo = SIGUSR2};
	struct itimerspec it = {{0, 1}, {0, 1}};
	int id[2];

	catch_signal(SIGUSR2, 0);
	for (int i = 0; i < 2; i++) {
		OK(raw_create(CLOCK_PROCESS_CPUTIME_ID, &ev, &id[i]));
		OK(syscall(SYS_timer_settime, id[i], 0, &it, NULL));
	}
	for (int i = 0; i < 2000 || caught[SIGUSR2] < 3; i++)
		OK(getppid());
	for (int i = 0; i < 2; i++)
		OK(syscall(SYS_timer_delete, id[i]));
}

static void
refuses(void)
{
	struct sigevent ev = {.sigev_notify = 99, .sigev_signo = SIGUSR1};
	struct itimerspec bad = {{0, 0}, {0, 1000000000}};
	int id;

	FAILS(EINVAL, raw_create(CLOCK_MONOTONIC, &ev, &id));
	ev.sigev_notify = SIGEV_SIGNAL;
	ev.sigev_signo = 65;
	FAILS(EINVAL, raw_create(CLOCK_MONOTONIC, &ev, &id));
	FAILS(EINVAL, raw_create(99, NULL, &id));
	FAILS(EFAULT, raw_create(CLOCK_MONOTONIC, unmapped_page(), &id));
	FAILS(EFAULT, raw_create(CLOCK_MONOTONIC, NULL, unmapped_page()));
	OK(raw_create(CLOCK_MONOTONIC, NULL, &id));
	FAILS(EINVAL, syscall(SYS_timer_settime, id, 0, &bad, NULL));
	FAILS(EINVAL, syscall(SYS_timer_settime, id, 0, NULL, NULL));
	FAILS(EFAULT, syscall(SYS_timer_settime, id, 0, unmapped_page(), NULL));
	FAILS(EFAULT, syscall(SYS_timer_gettime, id, unmapped_page()));
	OK(syscall(SYS_timer_delete, id));
	AS_NOBODY({
		IS(-1, raw_create(CLOCK_BOOTTIME_ALARM, NULL, &id));
		CHECK(errno == EPERM || errno == EOPNOTSUPP); /* no RTC */
	});
}

int
main(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	by_signal();
	absolute_and_past();
	polled();
	to_one_thread();
	by_default_it_is_sigalrm();
	of_cpu_time();
	of_thread_time();
	of_no_time();
	refuses();
	return 0;
}
