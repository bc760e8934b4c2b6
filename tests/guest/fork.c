/* SPDX-License-Identifier: MIT */
/* fork(2): what a child shares, what it has of its own, what it lacks. */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/times.h>

static void
ids(void)
{
	volatile pid_t *seen = (pid_t *)MMAP(4096, RW, MAP_SHARED);
	pid_t me = getpid(), child = OK(fork());

	if (!child) {
		seen[0] = getpid();
		IS(me, getppid());
		IS(getpid(), gettid());
		IS(getpgid(me), getpgrp());
		IS(getsid(me), getsid(0));
		exit(0);
	}
	REAPS(0, child);
	IS(child, seen[0]);
	CHECK(child != me && getpid() == me);
}

static void
open_files_share_their_offset(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	IS(3, write(fd, "abc", 3));
	EXITS(0, {
		IS(3, write(fd, "def", 3));
		OK(close(fd));
		OK(mkdir("d", 0700));
		OK(chdir("d"));
		umask(0777);
	});
	IS(6, lseek(fd, 0, SEEK_CUR));
	OK(close(fd));
	OK(unlink("f")); /* we have not moved */
	OK(rmdir("d"));
	CHECK(umask(022) != 0777);
}

static void
signals(void)
{
	struct itimerval it = {{0, 0}, {100, 0}};
	sigset_t set, old;

	catch_signal(SIGUSR1, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(raise(SIGUSR1));
	OK(setitimer(ITIMER_REAL, &it, NULL));
	EXITS(0, {
		OK(sigpending(&set));
		IS(0, sigismember(&set, SIGUSR1));
		OK(sigprocmask(SIG_BLOCK, NULL, &old));
		IS(1, sigismember(&old, SIGUSR1));
		IS(0, alarm(0)); /* no timer */
		OK(raise(SIGUSR1));
		sigemptyset(&set);
		OK(sigprocmask(SIG_SETMASK, &set, NULL));
		IS(1, caught[SIGUSR1]); /* the handler is inherited */
	});
	IS(0, caught[SIGUSR1]);
	CHECK(alarm(0) > 90);
	sigemptyset(&set);
	OK(sigprocmask(SIG_SETMASK, &set, NULL));
	IS(1, caught[SIGUSR1]);
}

static void
times_start_at_zero(void)
{
	struct tms t, before;

	do
		times(&before);
	while (before.tms_utime + before.tms_stime < 50);
	EXITS(0, {
		times(&t);
		CHECK(t.tms_utime + t.tms_stime < 25); /* 250 ms */
		IS(0, t.tms_cutime + t.tms_cstime);
	});
}

static void *
sleeper(void *arg)
{
	pause();
	return arg;
}

static void
only_the_caller_goes_on(void)
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, sleeper, NULL));
	EXITS(0, {
		struct stat st;

		OK(stat("/proc/self/task", &st));
		IS(3, st.st_nlink); /* one thread */
	});
	IS(0, pthread_cancel(t));
	IS(0, pthread_join(t, NULL));
}

static void
many(void)
{
	pid_t pids[40];

	for (int i = 0; i < 40; i++) {
		pids[i] = OK(fork());
		if (!pids[i])
			_exit(i);
	}
	for (int i = 39; i >= 0; i--)
		REAPS(i, pids[i]);
	FAILS(ECHILD, wait(NULL));
}

static void
bounded_for_users(void)
{
	struct rlimit none = {0, 0};

	OK(setrlimit(RLIMIT_NPROC, &none));
	FAILS(EAGAIN, fork());
}

int
main(void)
{
	ids();
	open_files_share_their_offset();
	signals();
	times_start_at_zero();
	only_the_caller_goes_on();
	many();
	AS_NOBODY(bounded_for_users());
	return 0;
}
