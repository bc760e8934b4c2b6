/* SPDX-License-Identifier: MIT */
/*
 * rootfs/init.c - /init of the embedded guest: the first process when no
 * command is given.
 *
 * It starts one login shell in a session of its own, with the console as its
 * controlling terminal, so that job control works; it reaps whatever is
 * orphaned; when the shell ends, it ends everything else and leaves with the
 * shell's status, which becomes viv's.
 *
 * Mounting is not done here: /proc, /sys, /dev and kin are there before the
 * first process starts.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* How long processes have between SIGTERM and SIGKILL at the end. */
#define GRACE_MS 500

static const int ending[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT};

/* The shell, and nothing else, runs in the new session. */
static void
take_terminal(void)
{
	if (setsid() < 0)
		return;
	if (!isatty(STDIN_FILENO))
		return;
	if (ioctl(STDIN_FILENO, TIOCSCTTY, 1) < 0)
		perror("init: controlling terminal");
	if (tcsetpgrp(STDIN_FILENO, getpid()) < 0)
		perror("init: foreground");
}

static pid_t
start_shell(const sigset_t *old)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	sigprocmask(SIG_SETMASK, old, NULL);
	take_terminal();
	execl("/bin/sh", "-sh", (char *)NULL);
	fprintf(stderr, "init: /bin/sh: %s\n", strerror(errno));
	_exit(127);
}

/* Reap all that has ended.  True, and *@status, when the shell has. */
static int
reap(pid_t shell, int *status)
{
	int ended = 0, st;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid != shell)
			continue;
		*status =
			WIFSIGNALED(st) ? 128 + WTERMSIG(st) : WEXITSTATUS(st);
		ended = 1;
	}
	return ended;
}

/* Ask everything that is left to end; insist after a while. */
static void
end_the_rest(void)
{
	const struct timespec step = {.tv_nsec = 10 * 1000 * 1000};

	if (kill(-1, SIGTERM) < 0)
		return;
	kill(-1, SIGHUP);
	kill(-1, SIGCONT);
	for (int ms = 0; ms < GRACE_MS; ms += 10) {
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		if (waitpid(-1, NULL, WNOHANG) < 0)
			return;
		nanosleep(&step, NULL);
	}
	kill(-1, SIGKILL);
}

int
main(void)
{
	int status = 0, sig;
	sigset_t set, old;
	pid_t shell;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++)
		sigaddset(&set, ending[i]);
	sigprocmask(SIG_BLOCK, &set, &old);

	if (chdir("/root") < 0 && chdir("/") < 0)
		perror("init: chdir");
	setenv("HOME", "/root", 0);
	setenv("SHELL", "/bin/sh", 0);

	shell = start_shell(&old);
	if (shell < 0) {
		perror("init: fork");
		return 125;
	}
	for (;;) {
		sig = sigwaitinfo(&set, NULL);
		if (reap(shell, &status))
			break;
		if (sig > 0 && sig != SIGCHLD) {
			status = 128 + sig;
			break;
		}
	}
	end_the_rest();
	return status;
}
