/* SPDX-License-Identifier: MIT */
/* Orphans: who becomes the parent, PR_SET_CHILD_SUBREAPER. */
#include "tests/guest/check.h"

#include <pthread.h>

/* A grandchild tells its new parent when its own, @first, has gone. */
static void
grandchild(pid_t first, int tell)
{
	pid_t now;
	int tries = 0;

	while ((now = getppid()) == first && tries++ < 1000)
		sleep_ms(2);
	IS(sizeof now, write(tell, &now, sizeof now));
	_exit(7);
}

static pid_t
new_parent(void)
{
	int p[2];
	pid_t now;

	OK(pipe(p));
	EXITS(0, {
		pid_t me = getpid();

		if (!OK(fork()))
			grandchild(me, p[1]);
	});
	OK(close(p[1]));
	IS(sizeof now, read(p[0], &now, sizeof now));
	OK(close(p[0]));
	return now;
}

static void
subreaper(void)
{
	int is = 5, status;

	OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	OK(prctl(PR_GET_CHILD_SUBREAPER, &is));
	IS(1, is);
	FAILS(EFAULT, prctl(PR_GET_CHILD_SUBREAPER, unmapped_page()));
	IS(getpid(), new_parent());
	OK(waitpid(-1, &status, 0)); /* the grandchild is ours to reap */
	IS(7 << 8, status);
	EXITS(0, { /* not inherited by fork */
		   OK(prctl(PR_GET_CHILD_SUBREAPER, &is));
		   IS(0, is);
		   IS(getppid(), new_parent());
	});
	OK(waitpid(-1, &status, 0));
	OK(prctl(PR_SET_CHILD_SUBREAPER, 0));
}

static void
without_it(void)
{
	pid_t now = new_parent();

	CHECK(now != getpid());
	FAILS(ECHILD, waitpid(-1, NULL, 0));
}

static void *
forks(void *out)
{
	pid_t *pid = out;

	*pid = OK(fork());
	if (!*pid) {
		sleep_ms(40);
		_exit(getppid() == *(pid_t *)((char *)out + 4) ? 0 : 1);
	}
	return NULL;
}

/* A thread that ends leaves its children to its process. */
static void
of_a_thread(void)
{
	pid_t ids[2] = {0, getpid()};
	pthread_t t;

	IS(0, pthread_create(&t, NULL, forks, ids));
	IS(0, pthread_join(t, NULL));
	REAPS(0, ids[0]);
}

/* Zombies change hands as well. */
static void
zombies(void)
{
	int status;

	OK(prctl(PR_SET_CHILD_SUBREAPER, 1));
	EXITS(0, {
		pid_t pid = OK(fork());
		siginfo_t info;

		if (!pid)
			_exit(9);
		OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	});
	OK(waitpid(-1, &status, 0));
	IS(9 << 8, status);
	OK(prctl(PR_SET_CHILD_SUBREAPER, 0));
}

int
main(void)
{
	EXITS(0, subreaper());
	EXITS(0, without_it());
	of_a_thread();
	EXITS(0, zombies());
	return 0;
}
