/* SPDX-License-Identifier: MIT */
/* execve(2) and signals: handlers fall to default, ignored ones stay ignored,
 * mask and pending signals stay, the alternate stack goes. */
#include "tests/guest/check.h"

static int
new_program(void)
{
	struct sigaction sa;
	sigset_t set;
	stack_t ss;
	siginfo_t info;

	OK(sigaction(SIGUSR1, NULL, &sa));
	CHECK(sa.sa_handler == SIG_DFL);
	IS(0, sa.sa_flags & (SA_ONSTACK | SA_SIGINFO | SA_RESTART));
	OK(sigaction(SIGUSR2, NULL, &sa));
	CHECK(sa.sa_handler == SIG_IGN);
	OK(sigaction(SIGCHLD, NULL, &sa));
	CHECK(sa.sa_handler == SIG_IGN);

	OK(sigprocmask(SIG_BLOCK, NULL, &set));
	IS(1, sigismember(&set, SIGUSR1));
	IS(1, sigismember(&set, SIGRTMIN));
	IS(0, sigismember(&set, SIGTERM));
	OK(sigpending(&set));
	IS(1, sigismember(&set, SIGUSR1));
	IS(1, sigismember(&set, SIGRTMIN));

	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	IS(SIGRTMIN, sigwaitinfo(&set, &info));
	IS(11, info.si_value.sival_int);
	IS(SIGRTMIN, sigwaitinfo(&set, &info));
	IS(12, info.si_value.sival_int);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	IS(SIGUSR1, sigwaitinfo(&set, &info));
	IS(SI_USER, info.si_code);
	IS(getpid(), info.si_pid);

	OK(sigaltstack(NULL, &ss));
	IS(SS_DISABLE, ss.ss_flags);
	IS(0, ss.ss_size);
	return 0;
}

static void
old_program(void)
{
	static char stack[65536];
	stack_t ss = {.ss_sp = stack, .ss_size = sizeof stack};
	sigset_t set;

	catch_signal(SIGUSR1, SA_ONSTACK | SA_RESTART);
	signal(SIGUSR2, SIG_IGN);
	signal(SIGCHLD, SIG_IGN);
	OK(sigaltstack(&ss, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	OK(sigprocmask(SIG_SETMASK, &set, NULL));
	OK(kill(getpid(), SIGUSR1));
	OK(sigqueue(getpid(), SIGRTMIN, (union sigval){11}));
	OK(sigqueue(getpid(), SIGRTMIN, (union sigval){12}));
	EXEC_SELF("new");
}

/* ITIMER_REAL goes on and reaches the new program; its default kills. */
static void
timer(void)
{
	struct itimerval it = {{0, 0}, {0, 500000}};

	catch_signal(SIGALRM, 0);
	OK(setitimer(ITIMER_REAL, &it, NULL));
	EXEC_SELF("wait");
}

/* A timer of timer_create(2) does not. */
static void
posix_timer(void)
{
	struct itimerspec it = {{0, 0}, {0, 400000000}};
	timer_t t;

	OK(timer_create(CLOCK_MONOTONIC, NULL, &t));
	OK(timer_settime(t, 0, &it, NULL));
	EXEC_SELF("nap");
}

int
main(int argc, char **argv)
{
	if (argc > 1) {
		if (argv[1][0] == 'w')
			pause();
		if (argv[1][0] == 'n' && argv[1][1] == 'a') {
			sleep_ms(600);
			return 9;
		}
		return new_program();
	}
	EXITS(0, old_program());
	DIES(SIGALRM, timer());
	EXITS(9, posix_timer());
	return 0;
}
