/* SPDX-License-Identifier: MIT */
/* Process 1: no signal it has not asked for reaches it, orphans are its, and
 * all ends with it.  On the host in a namespace of its own. */
#define CHECK_MAY_BE_INIT
#include "tests/guest/check.h"

#include <sched.h>

static void
signals(void)
{
	IS(1, getpid());
	IS(0, getppid());
	OK(kill(1, SIGTERM)); /* not even its own */
	OK(raise(SIGUSR1));
	OK(kill(1, SIGKILL));
	OK(kill(1, SIGSTOP));
	EXITS(0, {
		OK(kill(1, SIGKILL));
		OK(kill(1, SIGINT));
		OK(kill(1, SIGTSTP));
	});
	catch_signal(SIGUSR1, 0);
	EXITS(0, OK(kill(1, SIGUSR1)));
	IS(1, caught[SIGUSR1]);
	signal(SIGUSR1, SIG_DFL);
	/* A fault is another matter; children are no inits. */
	DIES(SIGTERM, raise(SIGTERM));
}

static void
orphans(void)
{
	int status;
	pid_t pid;

	EXITS(0, {
		pid_t parent = getpid();

		pid = OK(fork());
		if (!pid) {
			while (getppid() == parent)
				sleep_ms(1);
			_exit(getppid() == 1 ? 7 : 8);
		}
	});
	OK(waitpid(-1, &status, 0));
	IS(7 << 8, status);
	FAILS(ECHILD, waitpid(-1, &status, 0));
}

/* Whoever is left when it ends is killed. */
static void
leaves_one_behind(void)
{
	if (!OK(fork())) {
		for (;;)
			pause();
	}
}

static void
as_init(void)
{
	signals();
	orphans();
	leaves_one_behind();
	exit(0);
}

int
main(void)
{
	int gone[2];
	char c;

	if (getpid() == 1)
		as_init();
	need_root();
	OK(pipe(gone));
	if (unshare(CLONE_NEWPID) < 0)
		SKIP("neither process 1 nor able to make one");
	EXITS(0, as_init());
	OK(close(gone[1]));
	IS(0, read(gone[0], &c, 1));
	/* Without its first process there are no more. */
	FAILS(ENOMEM, fork());
	return 0;
}
