/* SPDX-License-Identifier: MIT */
/* wait4(2), waitpid(2). */
#include "tests/guest/check.h"

#include <limits.h>
#include <pthread.h>
#include <sys/resource.h>

static pid_t
child(int code)
{
	pid_t pid = OK(fork());

	if (!pid)
		_exit(code);
	return pid;
}

static void
whom(void)
{
	int status;
	pid_t a = child(1), b = child(2), c;

	IS(b, waitpid(b, &status, 0));
	IS(2 << 8, status);
	IS(a, waitpid(-1, &status, 0));
	IS(1 << 8, status);

	a = OK(fork());
	if (!a) {
		OK(setpgid(0, 0));
		_exit(3);
	}
	setpgid(a, a);
	b = child(4);
	IS(b, waitpid(0, NULL, 0)); /* one's own group */
	FAILS(ECHILD, waitpid(0, NULL, 0));
	c = waitpid(-a, &status, 0);
	IS(a, c);
	IS(3 << 8, status);
	FAILS(ECHILD, waitpid(-a, NULL, 0));
}

static void
refuses(void)
{
	pid_t pid = child(0);

	FAILS(EINVAL, wait4(-1, NULL, 0x10, NULL));
	FAILS(EINVAL, wait4(-1, NULL, WEXITED, NULL));
	FAILS(ESRCH, wait4(INT_MIN, NULL, 0, NULL));
	FAILS(ECHILD, wait4(getpid(), NULL, 0, NULL));
	FAILS(ECHILD, wait4(1, NULL, WNOHANG, NULL));
	/* Reaped, though its status could not be told. */
	FAILS(EFAULT, wait4(pid, unmapped_page(), 0, NULL));
	FAILS(ECHILD, wait4(pid, NULL, 0, NULL));
	FAILS(ECHILD, wait4(-1, NULL, 0, NULL));
	FAILS(ECHILD, wait4(-1, NULL, WNOHANG, NULL));
}

static void
nohang(void)
{
	int hold[2], status = 0x1234;
	pid_t pid;

	OK(pipe(hold));
	pid = OK(fork());
	if (!pid) {
		OK(close(hold[1]));
		_exit(read(hold[0], &status, 1) ? 1 : 9);
	}
	IS(0, wait4(pid, &status, WNOHANG, NULL));
	IS(0x1234, status);
	OK(close(hold[0]));
	OK(close(hold[1]));
	while (!wait4(pid, &status, WNOHANG, NULL))
		sleep_ms(2);
	IS(9 << 8, status);
}

static void
usage(void)
{
	struct rusage ru, all;
	pid_t pid = OK(fork());

	if (!pid) {
		struct timespec t;

		memset(MMAP(16 << 20, RW, MAP_PRIVATE), 1, 16 << 20);
		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		while (t.tv_nsec < 60000000);
		_exit(0);
	}
	memset(&ru, 0xff, sizeof ru);
	IS(pid, wait4(pid, NULL, 0, &ru));
	CHECK(ru.ru_utime.tv_usec + ru.ru_stime.tv_usec >= 40000);
	CHECK(ru.ru_utime.tv_sec == 0 && ru.ru_maxrss >= 8 << 10);
	OK(getrusage(RUSAGE_CHILDREN, &all));
	CHECK(all.ru_utime.tv_usec + all.ru_stime.tv_usec >= 40000);
	pid = child(0);
	FAILS(EFAULT, wait4(pid, NULL, 0, unmapped_page()));
}

static void
interrupted(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	ticks_start(0);
	FAILS(EINTR, waitpid(pid, NULL, 0));
	ticks_start(SA_RESTART);
	if (!check_fork()) { /* ends the first after some ticks */
		sleep_ms(100);
		OK(kill(pid, SIGTERM));
		_exit(0);
	}
	IS(pid, waitpid(pid, NULL, 0));
	CHECK(caught[SIGALRM] >= 2);
	ticks_stop();
	REAPS(0, check_pid);
}

static pid_t from_thread;

static void *
forker(void *arg)
{
	from_thread = child(11);
	FAILS(ECHILD, waitpid((pid_t)(long)arg, NULL, __WNOTHREAD));
	return NULL;
}

/* A process's children are all its threads' to wait for. */
static void
threads(void)
{
	pid_t mine = child(10);
	pthread_t t;

	IS(0, pthread_create(&t, NULL, forker, (void *)(long)mine));
	IS(0, pthread_join(t, NULL));
	REAPS(11, from_thread);
	REAPS(10, mine);
}

static void *
fill(void *leader)
{
	while (*(volatile int *)leader)
		;
	sleep_ms(20); /* until the leader has ended */
	memset(MMAP(16 << 20, RW, MAP_PRIVATE), 1, 16 << 20);
	syscall(SYS_exit, 0);
	return NULL;
}

/* The peak is known whichever thread is the last. */
static void
peak_of_threads(void)
{
	volatile int leader = 1;
	struct rusage ru;
	pthread_t t;
	pid_t pid = OK(fork());

	if (!pid) {
		IS(0, pthread_create(&t, NULL, fill, (void *)&leader));
		leader = 0;
		syscall(SYS_exit, 0);
	}
	IS(pid, wait4(pid, NULL, 0, &ru));
	CHECK(ru.ru_maxrss >= 16 << 10);
}

int
main(void)
{
	whom();
	refuses();
	nohang();
	usage();
	peak_of_threads();
	interrupted();
	threads();
	return 0;
}
