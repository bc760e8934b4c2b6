/* SPDX-License-Identifier: MIT */
/* vfork(2): the parent waits, and the memory is one. */
#include "tests/guest/check.h"

static volatile int shared;

static void
memory_is_shared_and_the_parent_waits(void)
{
	long start = now_ms();
	pid_t pid = vfork();

	if (pid == 0) {
		struct timespec t = {0, 60000000};

		nanosleep(&t, NULL);
		shared = 7;
		_exit(3);
	}
	OK(pid);
	IS(7, shared);
	CHECK(now_ms() - start >= 60);
	REAPS(3, pid);
}

/* exec lets the parent go though the child lives on. */
static void
until_exec(void)
{
	int p[2];
	pid_t pid;

	OK(pipe2(p, 0));
	pid = vfork();
	if (pid == 0) {
		dup2(p[0], 0);
		close(p[1]);
		execl("/proc/self/exe", "self", "reader", NULL);
		_exit(99);
	}
	OK(pid);
	IS(0, waitpid(pid, NULL, WNOHANG)); /* it reads, we write */
	IS(1, write(p[1], "!", 1));
	REAPS('!', pid);
	OK(close(p[0]));
	OK(close(p[1]));
}

static void
failed_exec(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/no/such/file", "x", NULL);
		shared = errno;
		_exit(1);
	}
	REAPS(1, pid);
	IS(ENOENT, shared);
}

static void
killed(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		kill(getpid(), SIGKILL);
		_exit(0);
	}
	check_pid = OK(pid);
	check_child(__FILE__, __LINE__, "vfork child", SIGKILL);
}

/* A signal to the waiting parent is taken when it goes on. */
static void
signals_wait(void)
{
	pid_t pid;

	catch_signal(SIGUSR1, 0);
	pid = vfork();
	if (pid == 0) {
		struct timespec t = {0, 20000000};

		kill(getppid(), SIGUSR1);
		nanosleep(&t, NULL);
		_exit(caught[SIGUSR1]);
	}
	REAPS(0, pid);
	IS(1, caught[SIGUSR1]);
}

int
main(int argc, char **argv)
{
	char c;

	if (argc > 1)
		return read(0, &c, 1) == 1 ? c : 98;
	memory_is_shared_and_the_parent_waits();
	until_exec();
	failed_exec();
	killed();
	signals_wait();
	return 0;
}
