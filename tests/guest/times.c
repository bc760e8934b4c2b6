/* SPDX-License-Identifier: MIT */
/* times(2), getrusage(2). */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/times.h>

static void
burn(long ms)
{
	struct timespec t;
	long until;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	until = t.tv_sec * 1000 + t.tv_nsec / 1000000 + ms;
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	while (t.tv_sec * 1000 + t.tv_nsec / 1000000 < until);
}

static long
cpu_ms(int who)
{
	struct rusage ru;

	OK(getrusage(who, &ru));
	return (ru.ru_utime.tv_sec + ru.ru_stime.tv_sec) * 1000 +
	       (ru.ru_utime.tv_usec + ru.ru_stime.tv_usec) / 1000;
}

static void *
thread(void *arg)
{
	burn(400);
	CHECK(cpu_ms(RUSAGE_THREAD) >= 350);
	return NULL;
}

static void
usage(void)
{
	struct rusage ru;
	long before = cpu_ms(RUSAGE_SELF);
	pthread_t t;

	burn(60);
	CHECK(cpu_ms(RUSAGE_SELF) - before >= 50);
	IS(0, pthread_create(&t, NULL, thread, NULL));
	IS(0, pthread_join(t, NULL));
	CHECK(cpu_ms(RUSAGE_SELF) - before >= 400);
	CHECK(cpu_ms(RUSAGE_THREAD) - before < 350); /* without the thread's */
	memset(MMAP(16 << 20, RW, MAP_PRIVATE), 1, 16 << 20);
	OK(getrusage(RUSAGE_SELF, &ru));
	CHECK(ru.ru_maxrss >= 8 << 10 && ru.ru_minflt > 0);
	FAILS(EINVAL, getrusage(7, &ru));
	FAILS(EFAULT, syscall(SYS_getrusage, RUSAGE_SELF, unmapped_page()));
}

/* Children count when waited for, theirs included. */
static void
children(void)
{
	struct tms t;
	clock_t a = OK(times(&t)), b;

	IS(0, t.tms_cutime + t.tms_cstime);
	IS(0, cpu_ms(RUSAGE_CHILDREN));
	EXITS(0, {
		burn(60);
		EXITS(0, burn(60));
	});
	CHECK(cpu_ms(RUSAGE_CHILDREN) >= 100);
	b = OK(times(&t));
	CHECK(t.tms_cutime + t.tms_cstime >= 9);
	CHECK(b - a >= 9); /* clock ticks: hundredths of a second */
	OK(times(NULL));
	FAILS(EFAULT, syscall(SYS_times, unmapped_page()));
}

int
main(void)
{
	children();
	usage();
	return 0;
}
