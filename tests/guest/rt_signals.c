/* SPDX-License-Identifier: MIT */
/* Real-time signals queue in order; ordinary ones count once. */
#include "tests/guest/check.h"

static volatile int seen[64], nseen;

static void
note(int sig, siginfo_t *info, void *uc)
{
	seen[nseen++] = (sig - SIGRTMIN) * 100 + info->si_value.sival_int;
}

static void
catch_all(void)
{
	struct sigaction sa = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};

	sigfillset(&sa.sa_mask); /* one after another, not nested */
	for (int i = 0; i < 4; i++)
		OK(sigaction(SIGRTMIN + i, &sa, NULL));
}

int
main(void)
{
	sigset_t set, old;
	int n = 0;

	catch_all();
	catch_signal(SIGUSR1, 0);
	sigfillset(&set);
	OK(sigprocmask(SIG_BLOCK, &set, &old));
	for (int i = 0; i < 5; i++)
		for (int s = 3; s >= 0; s--)
			OK(sigqueue(getpid(), SIGRTMIN + s, (union sigval){i}));
	for (int i = 0; i < 5; i++)
		OK(kill(getpid(), SIGUSR1));
	IS(0, nseen);
	OK(sigprocmask(SIG_SETMASK, &old, NULL));
	/* Lowest number first; each in the order of sending. */
	IS(20, nseen);
	for (int s = 0; s < 4; s++)
		for (int i = 0; i < 5; i++)
			IS(s * 100 + i, seen[n++]);
	IS(1, caught[SIGUSR1]);

	/* kill(2) queues them as well. */
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	for (int i = 0; i < 3; i++)
		OK(kill(getpid(), SIGRTMIN));
	nseen = 0;
	OK(sigprocmask(SIG_SETMASK, &old, NULL));
	IS(3, nseen);
	return 0;
}
