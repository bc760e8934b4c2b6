/* SPDX-License-Identifier: MIT */
/* setpriority(2), getpriority(2), nice(3). */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sys/resource.h>

static int
nice_of(int which, id_t who)
{
	int n;

	errno = 0;
	n = getpriority(which, who);
	IS(0, errno);
	return n;
}

static void *
thread(void *arg)
{
	IS(3, nice_of(PRIO_PROCESS, 0));
	OK(setpriority(PRIO_PROCESS, 0, 9)); /* Linux: the thread's */
	IS(9, nice_of(PRIO_PROCESS, 0));
	return NULL;
}

static void
of_oneself(void)
{
	pthread_t t;

	IS(0, nice_of(PRIO_PROCESS, 0));
	IS(20, syscall(SYS_getpriority, PRIO_PROCESS, 0));
	OK(setpriority(PRIO_PROCESS, getpid(), 3));
	IS(3, nice_of(PRIO_PROCESS, 0));
	IS(17, syscall(SYS_getpriority, PRIO_PROCESS, 0));
	IS(0, pthread_create(&t, NULL, thread, NULL));
	IS(0, pthread_join(t, NULL));
	IS(3, nice_of(PRIO_PROCESS, 0));
	EXITS(0, IS(3, nice_of(PRIO_PROCESS, 0)));
	IS(5, nice(2));
	OK(setpriority(PRIO_PROCESS, 0, 1000)); /* clamped */
	IS(19, nice_of(PRIO_PROCESS, 0));
}

static void
of_a_group(void)
{
	int hold[2];
	pid_t pid;

	OK(setpgid(0, 0));
	OK(pipe(hold));
	pid = OK(fork());
	if (!pid) {
		char c;

		OK(close(hold[1]));
		_exit(read(hold[0], &c, 1));
	}
	OK(setpriority(PRIO_PGRP, 0, 4));
	IS(4, nice_of(PRIO_PROCESS, pid));
	OK(setpriority(PRIO_PROCESS, pid, 7));
	IS(4, nice_of(PRIO_PGRP, getpgrp())); /* the most favoured */
	OK(close(hold[1]));
	REAPS(0, pid);
}

static void
refuses(void)
{
	FAILS(EINVAL, getpriority(3, 0));
	FAILS(EINVAL, setpriority(3, 0, 0));
	FAILS(EINVAL, setpriority(-1, 0, 0));
	FAILS(ESRCH, getpriority(PRIO_PROCESS, 0x3fffffff));
	FAILS(ESRCH, setpriority(PRIO_PROCESS, 0x3fffffff, 0));
	FAILS(ESRCH, getpriority(PRIO_PGRP, 0x3fffffff));
	FAILS(ESRCH, getpriority(PRIO_USER, 0x3ffffff0));
}

static void
by_a_user(void)
{
	struct rlimit none = {0, 0};

	OK(setrlimit(RLIMIT_NICE, &none));
	OK(setpriority(PRIO_PROCESS, 0, 1));
	OK(setpriority(PRIO_PROCESS, 0, 1));
	FAILS(EACCES, setpriority(PRIO_PROCESS, 0, 0));
	FAILS(EPERM, nice(-1)); /* glibc: another error for the same */
	FAILS(EPERM, setpriority(PRIO_PROCESS, 1, 19));
	nice_of(PRIO_PROCESS, 1);
	IS(1, nice_of(PRIO_USER, 0) <= 1);
}

static void
by_root(void)
{
	OK(setpriority(PRIO_PROCESS, 0, -5));
	IS(-5, nice_of(PRIO_PROCESS, 0));
	OK(setpriority(PRIO_PROCESS, 0, -1000));
	IS(-20, nice_of(PRIO_PROCESS, 0));
}

int
main(void)
{
	EXITS(0, of_oneself());
	EXITS(0, of_a_group());
	refuses();
	AS_NOBODY(by_a_user());
	if (geteuid() == 0)
		EXITS(0, by_root());
	return 0;
}
