/* SPDX-License-Identifier: MIT */
/* execve(2) by one of several threads: the others end, the process keeps its
 * id, and the caller becomes its leader. */
#include "tests/guest/check.h"

#include <pthread.h>

static void *
spin(void *arg)
{
	for (volatile long i = 0;; i++)
		;
	return NULL;
}

static void *
sleep_in_read(void *arg)
{
	char c;
	int p[2];

	OK(pipe(p));
	return (void *)read(p[0], &c, 1);
}

static void *
exec(void *arg)
{
	char pid[16];

	snprintf(pid, sizeof pid, "%d", getpid());
	CHECK(getpid() != gettid());
	/* Not by /proc/self/exe: a leader that has gone has none. */
	OK(execl("self", "self", "check", pid, NULL));
	return NULL;
}

static void
start(void *(*fn)(void *))
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, fn, NULL));
}

static void *
failing_exec(void *arg)
{
	FAILS(ENOENT, execl("/no/such/file", "x", NULL));
	return NULL;
}

/* Runs as the new program. */
static int
after(const char *pid)
{
	struct stat st;

	IS(atoi(pid), getpid());
	IS(getpid(), gettid());
	OK(stat("/proc/self/task", &st));
	IS(3, st.st_nlink);
	return 44;
}

int
main(int argc, char **argv)
{
	if (argc > 2)
		return after(argv[2]);
	copy_self("self", 0755);
	EXITS(44, {
		start(spin);
		start(sleep_in_read);
		start(exec);
		pause();
	});
	EXITS(44, {
		start(spin);
		start(sleep_in_read);
		start(exec);
		syscall(SYS_exit, 1); /* the leader is a zombie already */
	});
	EXITS(44, {
		start(exec);
		spin(NULL);
	});
	EXITS(0, {
		pthread_t t;

		IS(0, pthread_create(&t, NULL, failing_exec, NULL));
		IS(0, pthread_join(t, NULL)); /* nobody was killed */
	});
	return 0;
}
