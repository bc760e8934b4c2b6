/* SPDX-License-Identifier: MIT */
/* PR_SET_PDEATHSIG. */
#include "tests/guest/check.h"

#include <pthread.h>

static int report[2];

static void
tell(char c)
{
	IS(1, write(report[1], &c, 1));
}

static char
told(void)
{
	char c = 0;

	IS(1, read(report[0], &c, 1));
	return c;
}

static void
get_and_set(void)
{
	int sig = -1;

	OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	OK(prctl(PR_GET_PDEATHSIG, &sig));
	IS(SIGUSR1, sig);
	EXITS(0, {
		prctl(PR_SET_PDEATHSIG, 0);
		pid_t pid = OK(fork()); /* a child starts with none */

		if (!pid) {
			OK(prctl(PR_GET_PDEATHSIG, &sig));
			_exit(sig);
		}
		REAPS(0, pid);
	});
	OK(prctl(PR_SET_PDEATHSIG, 0));
	OK(prctl(PR_GET_PDEATHSIG, &sig));
	IS(0, sig);
	FAILS(EINVAL, prctl(PR_SET_PDEATHSIG, 65));
	FAILS(EINVAL, prctl(PR_SET_PDEATHSIG, -1));
	FAILS(EFAULT, prctl(PR_GET_PDEATHSIG, unmapped_page()));
}

static void
on_usr1(int sig, siginfo_t *info, void *uc)
{
	tell(info->si_code == SI_USER ? 'd' : 'x');
	_exit(0);
}

static void
wait_for_it(void)
{
	struct sigaction sa = {.sa_sigaction = on_usr1, .sa_flags = SA_SIGINFO};

	OK(sigaction(SIGUSR1, &sa, NULL));
	OK(prctl(PR_SET_PDEATHSIG, SIGUSR1));
	tell('r');
	alarm(10);
	for (;;)
		pause();
}

static void
the_parent_dies(void)
{
	EXITS(0, {
		pid_t pid = OK(fork());

		if (!pid)
			wait_for_it();
		IS('r', told());
	});
	IS('d', told());
}

static void *
forks(void *arg)
{
	pid_t pid = OK(fork());

	if (!pid)
		wait_for_it();
	IS('r', told());
	return NULL;
}

/* Linux: the parent is the thread that forked. */
static void
the_thread_ends(void)
{
	EXITS(0, {
		pthread_t t;

		IS(0, pthread_create(&t, NULL, forks, NULL));
		IS(0, pthread_join(t, NULL));
		IS('d', told());
	});
}

int
main(void)
{
	OK(pipe(report));
	get_and_set();
	the_parent_dies();
	the_thread_ends();
	return 0;
}
