/* SPDX-License-Identifier: MIT */
/* Stopped and continued children in wait4(2); SIGCHLD about them. */
#include "tests/guest/check.h"

static pid_t
pausing(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void
stop_and_go(int sig)
{
	pid_t pid = pausing();
	int status;

	for (int i = 0; i < 3; i++) {
		OK(kill(pid, sig));
		IS(pid, waitpid(pid, &status, WUNTRACED));
		IS(sig << 8 | 0x7f, status);
		CHECK(WIFSTOPPED(status) && WSTOPSIG(status) == sig);
		IS(0, waitpid(pid, &status, WUNTRACED | WNOHANG));
		OK(kill(pid, SIGCONT));
		IS(pid, waitpid(pid, &status, WCONTINUED));
		IS(0xffff, status);
		IS(0, waitpid(pid, &status, WCONTINUED | WNOHANG));
	}
	/* Death is told to a stopped one too. */
	OK(kill(pid, SIGSTOP));
	IS(pid, waitpid(pid, &status, WUNTRACED));
	OK(kill(pid, SIGKILL));
	IS(pid, waitpid(pid, &status, WUNTRACED));
	IS(SIGKILL, status);
}

/* Not asked for, not told. */
static void
unasked(void)
{
	pid_t pid = pausing();
	int status;

	OK(kill(pid, SIGSTOP));
	IS(pid, waitpid(pid, &status, WUNTRACED));
	OK(kill(pid, SIGCONT));
	IS(0, waitpid(pid, &status, WNOHANG));
	IS(0, waitpid(pid, &status, WNOHANG | WUNTRACED));
	IS(pid, waitpid(pid, &status, WCONTINUED));
	OK(kill(pid, SIGTERM));
	IS(pid, waitpid(pid, &status, 0));
	IS(SIGTERM, status);
}

static volatile int codes[8], ncodes;

static void
on_child(int sig, siginfo_t *info, void *uc)
{
	codes[ncodes++ % 8] = info->si_code;
}

static void
until(int n)
{
	while (ncodes < n)
		sleep_ms(2);
}

static void
told_by_signal(int flags)
{
	struct sigaction sa = {.sa_sigaction = on_child,
			       .sa_flags = SA_SIGINFO | flags};
	pid_t pid = pausing();

	ncodes = 0;
	OK(sigaction(SIGCHLD, &sa, NULL));
	OK(kill(pid, SIGSTOP));
	IS(pid, waitpid(pid, NULL, WUNTRACED));
	if (!flags) {
		until(1);
		IS(CLD_STOPPED, codes[0]);
	}
	OK(kill(pid, SIGCONT));
	IS(pid, waitpid(pid, NULL, WCONTINUED));
	if (!flags) {
		until(2);
		IS(CLD_CONTINUED, codes[1]);
	}
	OK(kill(pid, SIGKILL));
	until(flags ? 1 : 3);
	IS(CLD_KILLED, codes[flags ? 0 : 2]);
	IS(pid, waitpid(pid, NULL, 0));
	signal(SIGCHLD, SIG_DFL);
}

int
main(void)
{
	stop_and_go(SIGSTOP);
	unasked();
	told_by_signal(0);
	told_by_signal(SA_NOCLDSTOP);
	return 0;
}
