/* SPDX-License-Identifier: MIT */
/* setitimer(2), getitimer(2), alarm(2). */
#include "tests/guest/check.h"

static void
real(void)
{
	struct itimerval it = {{0, 20000}, {0, 50000}}, old, got;
	long begin = now_ms();

	catch_signal(SIGALRM, 0);
	OK(setitimer(ITIMER_REAL, &it, NULL));
	OK(getitimer(ITIMER_REAL, &got));
	CHECK(got.it_value.tv_sec == 0 && got.it_value.tv_usec > 0 &&
	      got.it_value.tv_usec <= 50000);
	IS(20000, got.it_interval.tv_usec);
	while (caught[SIGALRM] < 3)
		pause();
	CHECK(now_ms() - begin >= 89);
	it = (struct itimerval){{0, 0}, {0, 0}};
	OK(setitimer(ITIMER_REAL, &it, &old));
	IS(20000, old.it_interval.tv_usec);
	CHECK(old.it_value.tv_sec == 0 && old.it_value.tv_usec <= 20000);
	OK(getitimer(ITIMER_REAL, &got));
	IS(0, got.it_value.tv_sec + got.it_value.tv_usec);
	IS(0, got.it_interval.tv_usec);

	/* Once. */
	caught[SIGALRM] = 0;
	it.it_value.tv_usec = 10000;
	OK(setitimer(ITIMER_REAL, &it, NULL));
	sleep_ms(60);
	IS(1, caught[SIGALRM]);
}

/* One that repeats goes on when its signal is taken. */
static void
waits_for_its_signal(void)
{
	struct itimerval it = {{0, 1000}, {0, 1000}}, got;
	struct timespec now = {0, 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(setitimer(ITIMER_REAL, &it, NULL));
	sleep_ms(20);
	OK(getitimer(ITIMER_REAL, &got));
	IS(0, got.it_value.tv_sec + got.it_value.tv_usec);
	IS(1000, got.it_interval.tv_usec);
	IS(SIGALRM, sigtimedwait(&set, NULL, &now));
	IS(SIGALRM, sigwaitinfo(&set, NULL));
	it.it_value.tv_usec = 0;
	OK(setitimer(ITIMER_REAL, &it, NULL));
	OK(getitimer(ITIMER_REAL, &got));
	IS(0, got.it_interval.tv_usec);
	(void)!sigtimedwait(&set, NULL, &now);
	OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
}

/* These count only while the process computes. */
static void
of_cpu_time(int which, int sig)
{
	struct itimerval it = {{0, 20000}, {0, 20000}}, none = {{0, 0}, {0, 0}};
	struct timespec a, b;

	catch_signal(sig, 0);
	OK(setitimer(which, &it, NULL));
	sleep_ms(60);
	CHECK(caught[sig] <= 1);
	caught[sig] = 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
	while (caught[sig] < 3)
		;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
	OK(setitimer(which, &none, &it));
	CHECK((b.tv_sec - a.tv_sec) * 1000 +
		      (b.tv_nsec - a.tv_nsec) / 1000000 >=
	      25);
	IS(20000, it.it_interval.tv_usec);
}

/* However often they are to fire, work goes on. */
static void
often(int which, int sig)
{
	struct itimerval it = {{0, 5}, {0, 5}}, none = {{0, 0}, {0, 0}};

	caught[sig] = 0;
	OK(setitimer(which, &it, NULL));
	for (int i = 0; i < 2000 || caught[sig] < 3; i++)
		OK(getppid());
	OK(getitimer(which, &it));
	CHECK(it.it_value.tv_usec > 0);
	OK(setitimer(which, &none, NULL));
}

static void
alarms(void)
{
	struct itimerval it = {{0, 0}, {2, 600000}};

	IS(0, alarm(100));
	IS(100, alarm(50));
	OK(setitimer(ITIMER_REAL, &it, NULL)); /* one and the same */
	IS(3, alarm(0));		       /* rounded */
	IS(0, alarm(0));
	it.it_value.tv_usec = 100;
	it.it_value.tv_sec = 0;
	OK(setitimer(ITIMER_REAL, &it, NULL));
	CHECK(alarm(0) <= 1); /* never 0 while it runs */
	EXITS(0, IS(0, alarm(0)));
	DIES(SIGALRM, {
		alarm(1);
		signal(SIGALRM, SIG_DFL);
		pause();
	});
}

static void
refuses(void)
{
	struct itimerval bad = {{0, 0}, {0, 1000000}}, neg = {{0, 0}, {-1, 0}};
	struct itimerval it = {{0, 0}, {100, 0}};

	FAILS(EINVAL, setitimer(3, &it, NULL));
	FAILS(EINVAL, getitimer(3, &it));
	FAILS(EINVAL, setitimer(ITIMER_REAL, &bad, NULL));
	FAILS(EINVAL, setitimer(ITIMER_REAL, &neg, NULL));
	FAILS(EFAULT, syscall(SYS_setitimer, 0, unmapped_page(), NULL));
	FAILS(EFAULT, syscall(SYS_getitimer, 0, unmapped_page()));
	/* Set, though the old value could not be stored. */
	FAILS(EFAULT, syscall(SYS_setitimer, 0, &it, unmapped_page()));
	CHECK(alarm(0) >= 99);
	/* Linux: no new value clears it. */
	alarm(100);
	OK(syscall(SYS_setitimer, ITIMER_REAL, NULL, NULL));
	IS(0, alarm(0));
}

int
main(void)
{
	real();
	waits_for_its_signal();
	of_cpu_time(ITIMER_VIRTUAL, SIGVTALRM);
	of_cpu_time(ITIMER_PROF, SIGPROF);
	often(ITIMER_VIRTUAL, SIGVTALRM);
	often(ITIMER_PROF, SIGPROF);
	catch_signal(SIGALRM, 0);
	alarms();
	refuses();
	return 0;
}
