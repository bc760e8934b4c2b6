/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/tasks.c - threads and processes, from birth to wait.
 */
#include "bench/micro/micro.h"

#include <pthread.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void *
nothing(void *arg)
{
	return arg;
}

static long
op_thread(long n)
{
	for (long i = 0; i < n; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, nothing, NULL))
			die("pthread_create");
		pthread_join(t, NULL);
	}
	return n;
}

static void
wait_for(int pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		die("a child");
}

static long
op_fork_exit(long n)
{
	for (long i = 0; i < n; i++) {
		int pid = start_child();

		if (pid == 0)
			_exit(0);
		wait_for(pid);
	}
	return n;
}

static long
fork_exec(long n, const char *path, char *const argv[])
{
	for (long i = 0; i < n; i++) {
		int pid = start_child();

		if (pid == 0) {
			execv(path, argv);
			_exit(1);
		}
		wait_for(pid);
	}
	return n;
}

static long
op_fork_exec(long n)
{
	char *const argv[] = {(char *)self, (char *)"exit", NULL};

	return fork_exec(n, self, argv);
}

/* Not inlined: a vfork() child shares our stack. */
static __attribute__((noinline)) int
vfork_exec(void)
{
	int pid = vfork();

	if (pid == 0) {
		execl(self, self, "exit", NULL);
		_exit(1);
	}
	return pid;
}

static long
op_vfork_exec(long n)
{
	for (long i = 0; i < n; i++) {
		int pid = vfork_exec();

		if (pid < 0)
			die("vfork");
		wait_for(pid);
	}
	return n;
}

/* As libc does it: some hundred calls, for it puts back every signal. */
static long
op_posix_spawn(long n)
{
	char *const argv[] = {(char *)self, (char *)"exit", NULL};

	for (long i = 0; i < n; i++) {
		int pid;

		if (posix_spawn(&pid, self, NULL, NULL, argv, environ))
			die("posix_spawn");
		wait_for(pid);
	}
	return n;
}

/* The root's own shell, here below us: the same one natively. */
static long
op_shell(long n)
{
	char *const argv[] = {(char *)"sh", (char *)"-c", (char *)"true", NULL};

	if (access("bin/sh", X_OK) < 0)
		skip("bin/sh");
	return fork_exec(n, "bin/sh", argv);
}

const struct op task_ops[] = {
	{"thread create+join", op_thread, 500},
	{"fork+exit+wait", op_fork_exit, 200},
	{"fork+exec+wait", op_fork_exec, 200},
	{"vfork+exec+wait", op_vfork_exec, 200},
	{"posix_spawn+wait", op_posix_spawn, 200},
	{"sh -c true", op_shell, 200},
	{NULL, NULL, 0},
};
