/* SPDX-License-Identifier: MIT */
/* SIGCHLD ignored, or SA_NOCLDWAIT: children reap themselves. */
#include "tests/guest/check.h"

/* A child that nobody waits for any more has its number for a moment yet. */
static void
has_no_number(pid_t pid)
{
	for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++)
		sleep_ms(1);
	FAILS(ESRCH, kill(pid, 0));
}

static void
gone(pid_t pid)
{
	FAILS(ECHILD, waitpid(pid, NULL, 0)); /* waits until it has gone */
	has_no_number(pid);
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
	has_no_number(pid);
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
