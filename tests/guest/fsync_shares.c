/* SPDX-License-Identifier: MIT */
/* fsync(2) in a loop leaves its CPU to others that may run only there, and is
 * charged no more time than passes. */
#include "tests/guest/check.h"

#include <sys/resource.h>

#define WAKES 100

static int64_t
us(struct timeval tv)
{
	return tv.tv_sec * 1000000 + tv.tv_usec;
}

static int64_t
now_us(void)
{
	struct timeval tv;

	OK(gettimeofday(&tv, NULL));
	return us(tv);
}

static int64_t
used_us(void)
{
	struct rusage ru;

	OK(getrusage(RUSAGE_SELF, &ru));
	return us(ru.ru_utime) + us(ru.ru_stime);
}

static void
pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	OK(sched_setaffinity(0, sizeof set, &set));
}

int
main(void)
{
	volatile int *wakes =
		MAPPED(mmap(NULL, 4096, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	int64_t began = now_us(), used = used_us();
	pid_t pid;

	pin();
	pid = OK(fork());
	if (!pid) {
		for (; *wakes < WAKES; ++*wakes)
			OK(usleep(200));
		_exit(0);
	}
	while (*wakes < WAKES && now_us() - began < 20000000) {
		IS(1, pwrite(fd, "x", 1, 0));
		OK(fsync(fd));
	}
	IS(WAKES, *wakes);
	REAPS(0, pid);
	CHECK(used_us() - used <= now_us() - began + 20000);
	return 0;
}
