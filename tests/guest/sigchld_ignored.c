/* SPDX-License-Identifier: MIT */
/* SIGCHLD ignored, or SA_NOCLDWAIT: children reap themselves. */
#include "tests/guest/check.h"

static void
gone(pid_t pid)
{
	FAILS(ECHILD, waitpid(pid, NULL, 0)); /* waits until it has gone */
	FAILS(ESRCH, kill(pid, 0));
}

static pid_t
child(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		sleep_ms(20);
		_exit(1);
	}
	return pid;
}

static void
ignored(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	gone(child());
	/* All of them: -1 waits for the last. */
	child();
	pid = child();
	FAILS(ECHILD, wait(NULL));
	FAILS(ESRCH, kill(pid, 0));
}

static void
nocldwait(void)
{
	struct sigaction sa = {.sa_handler = count_signal,
			       .sa_flags = SA_NOCLDWAIT | SA_RESTART};

	OK(sigaction(SIGCHLD, &sa, NULL));
	gone(child());
	IS(1, caught[SIGCHLD]); /* Linux sends it all the same */
}

/* The rule counts when the child ends, not when it was made. */
static void
changed_in_time(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	pid = child();
	signal(SIGCHLD, SIG_IGN);
	gone(pid);

	signal(SIGCHLD, SIG_DFL);
	pid = OK(fork());
	if (!pid)
		_exit(2);
	siginfo_t info;
	OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	signal(SIGCHLD, SIG_IGN); /* too late for a zombie */
	REAPS(2, pid);
}

/* Default is not ignored, though its action is to ignore. */
static void
by_default_they_stay(void)
{
	pid_t pid;

	signal(SIGCHLD, SIG_DFL);
	pid = OK(fork());
	if (!pid)
		_exit(3);
	REAPS(3, pid);
}

int
main(void)
{
	ignored();
	nocldwait();
	changed_in_time();
	by_default_they_stay();
	return 0;
}
