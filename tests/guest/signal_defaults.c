/* SPDX-License-Identifier: MIT */
/* What each signal does by default, as the parent's wait status shows. */
#include "tests/guest/check.h"

#include <sys/resource.h>

static const int ignored[] = {SIGCHLD, SIGURG, SIGWINCH, SIGCONT};
static const int stopping[] = {SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU};

static bool
among(const int *set, int sig)
{
	for (int i = 0; i < 4; i++)
		if (set[i] == sig)
			return true;
	return false;
}

static int
status_of(int sig)
{
	int status;
	pid_t pid = OK(fork());

	if (!pid) {
		OK(setpgid(0, 0)); /* not orphaned, its parent is near */
		for (int i = 1; i < 65; i++)
			if (i < 32 || i >= SIGRTMIN)
				signal(i, SIG_DFL);
		syscall(SYS_tgkill, getpid(), gettid(), sig);
		_exit(99);
	}
	IS(pid, waitpid(pid, &status, WUNTRACED));
	if (WIFSTOPPED(status)) {
		OK(kill(pid, SIGKILL));
		IS(pid, waitpid(pid, NULL, 0));
	}
	return status;
}

int
main(void)
{
	struct rlimit none = {0, 0};

	OK(setrlimit(RLIMIT_CORE, &none));
	for (int sig = 1; sig <= 64; sig++) {
		if (among(ignored, sig))
			IS(99 << 8, status_of(sig));
		else if (among(stopping, sig))
			IS(sig << 8 | 0x7f, status_of(sig));
		else
			IS(sig, status_of(sig)); /* no core: no 0x80 */
	}
	return 0;
}
