/* SPDX-License-Identifier: MIT */
/* SIGSTOP, SIGTSTP, SIGCONT: threads stop together, pending ones cancel each
 * other, SIGCONT wakes whatever is done about it. */
#include "tests/guest/check.h"

#include <pthread.h>

static volatile long *beat; /* shared: grows while its process runs */

static void
stopped(pid_t pid, int sig)
{
	int status;

	IS(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	IS(sig, WSTOPSIG(status));
}

static void
ends(pid_t pid, int sig)
{
	OK(kill(pid, SIGKILL));
	check_pid = pid;
	check_child(__FILE__, __LINE__, "child", sig);
}

static void
is_running(bool want)
{
	long before;

	if (!want)
		sleep_ms(10);
	before = *beat;
	for (int i = 0; i < 400 && want && *beat == before; i++)
		sleep_ms(5);
	if (!want)
		sleep_ms(30);
	CHECK((*beat != before) == want);
}

static void *
beating(void *arg)
{
	for (;;)
		++*beat;
	return NULL;
}

static void
a_spinning_process_with_threads(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		pthread_t t;

		IS(0, pthread_create(&t, NULL, beating, NULL));
		for (;;)
			pause();
	}
	for (int i = 0; i < 3; i++) {
		is_running(true);
		OK(kill(pid, SIGSTOP));
		stopped(pid, SIGSTOP);
		is_running(false);
		OK(kill(pid, SIGCONT));
	}
	is_running(true);
	OK(kill(pid, SIGSTOP));
	stopped(pid, SIGSTOP);
	ends(pid, SIGKILL);
}

/* While stopped: signals wait, but SIGKILL and SIGCONT do not. */
static void
signals_wait(void)
{
	pid_t pid = OK(fork());
	int status;

	if (!pid) {
		catch_signal(SIGUSR1, 0);
		raise(SIGSTOP);
		_exit(caught[SIGUSR1] == 1 ? 5 : 6);
	}
	stopped(pid, SIGSTOP);
	OK(kill(pid, SIGUSR1));
	OK(kill(pid, SIGUSR1));
	sleep_ms(20);
	IS(0, waitpid(pid, &status, WNOHANG));
	OK(kill(pid, SIGCONT));
	REAPS(5, pid);
}

/* SIGCONT continues though ignored or blocked; a handler runs afterwards. */
static void
continue_in_all_cases(void)
{
	sigset_t set;
	pid_t pid;

	sigemptyset(&set);
	sigaddset(&set, SIGCONT);
	for (int how = 0; how < 3; how++) {
		pid = OK(fork());
		if (!pid) {
			if (how == 0)
				signal(SIGCONT, SIG_IGN);
			if (how == 1)
				catch_signal(SIGCONT, 0);
			if (how == 2)
				OK(sigprocmask(SIG_BLOCK, &set, NULL));
			raise(SIGSTOP);
			_exit(how == 1 ? caught[SIGCONT] : 1);
		}
		stopped(pid, SIGSTOP);
		OK(kill(pid, SIGCONT));
		REAPS(1, pid);
	}
}

static void
one_cancels_the_other(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGTTIN);
	sigaddset(&set, SIGCONT);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(raise(SIGTSTP));
	OK(raise(SIGTTIN));
	OK(raise(SIGCONT));
	OK(sigpending(&pending));
	IS(0, sigismember(&pending, SIGTSTP));
	IS(0, sigismember(&pending, SIGTTIN));
	IS(1, sigismember(&pending, SIGCONT));
	OK(raise(SIGTSTP));
	OK(sigpending(&pending));
	IS(1, sigismember(&pending, SIGTSTP));
	IS(0, sigismember(&pending, SIGCONT));
}

static void
tstp_can_be_handled(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		OK(setpgid(0, 0)); /* not orphaned: we are its parent */
		catch_signal(SIGTSTP, 0);
		raise(SIGTSTP);
		IS(1, caught[SIGTSTP]);
		signal(SIGTSTP, SIG_IGN);
		raise(SIGTSTP);
		signal(SIGTSTP, SIG_DFL);
		raise(SIGTSTP);
		_exit(4);
	}
	stopped(pid, SIGTSTP);
	OK(kill(pid, SIGCONT));
	REAPS(4, pid);
}

int
main(void)
{
	beat = (long *)MMAP(4096, RW, MAP_SHARED);
	a_spinning_process_with_threads();
	signals_wait();
	continue_in_all_cases();
	EXITS(0, one_cancels_the_other());
	tstp_can_be_handled();
	return 0;
}
