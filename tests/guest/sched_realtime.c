/* SPDX-License-Identifier: MIT */
/* sched(7): real-time tasks keep the processor from their lessers and equals,
 * not from all others for ever. */
#include "tests/guest/check.h"

static volatile struct {
	int started, stop, ran;
} * shared;

static void
become(pid_t pid, int policy, int priority)
{
	struct sched_param p = {priority};

	OK(sched_setscheduler(pid, policy, &p));
}

static void
spin(int ms)
{
	struct timespec t0, t;

	OK(clock_gettime(CLOCK_MONOTONIC, &t0));
	do {
		OK(clock_gettime(CLOCK_MONOTONIC, &t));
	} while ((t.tv_sec - t0.tv_sec) * 1000 +
			 (t.tv_nsec - t0.tv_nsec) / 1000000 <
		 ms);
}

/* Are all that inherit our one CPU there? */
static bool
is_one_cpu(void)
{
	unsigned int cpu;
	int status;

	for (int i = 0; i < 8; i++) {
		if (!check_fork()) {
			OK(syscall(SYS_getcpu, &cpu, NULL, NULL));
			_exit(cpu != 0);
		}
		OK(wait(&status));
		if (status)
			return false;
	}
	return true;
}

/* Who only computes at the highest priority leaves others a share. */
static void
leaves_a_share(int policy)
{
	pid_t child;

	memset((void *)shared, 0, sizeof(*shared));
	child = check_fork();
	if (!child) {
		alarm(30);
		become(0, policy, 99);
		shared->started = 1;
		while (!shared->stop)
			;
		exit(0);
	}
	while (!shared->started)
		OK(sched_yield());
	spin(10);
	shared->stop = 1;
	REAPS(0, child);
}

/* A ready one of the same priority waits until it is given way. */
static void
equals_wait(void)
{
	pid_t child;

	become(0, SCHED_FIFO, 10);
	shared->ran = 0;
	child = check_fork();
	if (!child) {
		shared->ran = 1;
		_exit(0);
	}
	spin(50);
	IS(0, shared->ran);
	OK(sched_yield());
	IS(1, shared->ran);
	REAPS(0, child);
	become(0, SCHED_OTHER, 0);
}

/* A new priority counts at once, for one that is ready, too. */
static void
changes_count(void)
{
	pid_t child;

	become(0, SCHED_FIFO, 10);
	shared->ran = 0;
	child = check_fork();
	if (!child) {
		shared->ran = 1;
		_exit(0);
	}
	become(child, SCHED_FIFO, 9);
	OK(sched_yield());
	IS(0, shared->ran);
	become(child, SCHED_FIFO, 11);
	IS(1, shared->ran);
	REAPS(0, child);
	shared->ran = 0;
	child = check_fork();
	if (!child) {
		shared->ran = 1;
		_exit(0);
	}
	become(0, SCHED_FIFO, 9);
	IS(1, shared->ran);
	REAPS(0, child);
	become(0, SCHED_OTHER, 0);
}

static void
limits(void)
{
	int period = open("/proc/sys/kernel/sched_rt_period_us", O_RDONLY);
	int runtime = open("/proc/sys/kernel/sched_rt_runtime_us", O_RDWR);
	char text[32] = "", more[32];

	if (period < 0 || runtime < 0) {
		CHECK(errno == EROFS || errno == EACCES);
		return;
	}
	OK(read(period, text, sizeof(text) - 1));
	CHECK(atoi(text) > 0);
	snprintf(more, sizeof(more), "%d\n", atoi(text) + 1);
	FAILS(EINVAL, write(runtime, more, strlen(more)));
	FAILS(EINVAL, write(runtime, "-2\n", 3));
	memset(text, 0, sizeof(text));
	OK(pread(runtime, text, sizeof(text) - 1, 0));
	CHECK(atoi(text) >= -1);
}

int
main(void)
{
	struct sched_param p = {1};
	cpu_set_t one;

	if (sched_setscheduler(0, SCHED_FIFO, &p) != 0 && errno == EPERM)
		SKIP("may not have a real-time policy");
	become(0, SCHED_OTHER, 0);
	shared = (void *)MMAP(4096, RW, MAP_SHARED);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	OK(sched_setaffinity(0, sizeof(one), &one));
	leaves_a_share(SCHED_FIFO);
	leaves_a_share(SCHED_RR);
	if (is_one_cpu()) { /* tracer ptrace decides itself */
		equals_wait();
		changes_count();
	}
	limits();
	return 0;
}
