/* SPDX-License-Identifier: MIT */
/* The end of a thread and the end of its process: exit(2), exit_group(2), and
 * a leader that goes first. */
#include "tests/guest/check.h"

#include <pthread.h>

static pthread_t main_thread;

static void *
sleep_then_exit_group(void *arg)
{
	sleep_ms(40);
	syscall(SYS_exit_group, 5);
	return NULL;
}

static void *
sleep_then_exit(void *arg)
{
	sleep_ms(40);
	syscall(SYS_exit, 6);
	return NULL;
}

static void *
forever(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void *
spin(void *arg)
{
	for (volatile long i = 0;; i++)
		;
	return NULL;
}

static void
start(void *(*fn)(void *))
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, fn, NULL));
}

/* The leader ends; the process lives until the last thread does.  Linux: the
 * status is then the last one's; before 6.0 the leader's. */
static void
leader_first(void)
{
	long begin = now_ms();
	siginfo_t info = {0};
	int status;
	pid_t pid = OK(fork());

	if (!pid) {
		start(sleep_then_exit);
		syscall(SYS_exit, 3);
	}
	sleep_ms(15);
	OK(waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT));
	IS(0, now_ms() - begin < 35 ? info.si_pid : 0);
	IS(pid, waitpid(pid, &status, 0));
	CHECK(now_ms() - begin >= 40);
	CHECK(status == 6 << 8 || status == 3 << 8);
	EXITS(5, {
		start(sleep_then_exit_group);
		syscall(SYS_exit, 3);
	});
}

static void
one_thread_ends_all(void)
{
	EXITS(5, {
		for (int i = 0; i < 4; i++)
			start(i % 2 ? spin : forever);
		start(sleep_then_exit_group);
		pause();
	});
	EXITS(9, {
		start(spin);
		start(forever);
		exit(9);
	});
}

static void *
join_main(void *arg)
{
	void *ret;

	IS(0, pthread_join(main_thread, &ret));
	IS(77, ret);
	exit(8);
}

static void
main_is_joined(void)
{
	main_thread = pthread_self();
	start(join_main);
	pthread_exit((void *)77);
}

static void *
crash(void *arg)
{
	*(volatile int *)unmapped_page() = 1;
	return NULL;
}

static void
a_fatal_signal_ends_all(void)
{
	DIES(SIGSEGV, {
		start(spin);
		start(crash);
		pause();
	});
	DIES(SIGKILL, {
		start(spin);
		start(forever);
		kill(getpid(), SIGKILL);
	});
}

static void *
one_exits(void *arg)
{
	syscall(SYS_exit, 1);
	return NULL;
}

static void
a_threads_status_is_nobodys(void)
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, one_exits, NULL));
	IS(0, pthread_join(t, NULL));
	exit(0);
}

int
main(void)
{
	leader_first();
	one_thread_ends_all();
	EXITS(8, main_is_joined());
	a_fatal_signal_ends_all();
	EXITS(0, a_threads_status_is_nobodys());
	return 0;
}
