/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/tty.c - the user's terminal: raw while the machine runs, as it
 * was on every way out.
 *
 * Against kill -9 there is a guard, a process apart: the pipe to it tells
 * whether the terminal is raw, and its end that viv is no more.
 */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static struct termios cooked, raw;
static atomic_bool is_raw, has_terminal;
static int guard_pipe = -1;
static pid_t guard_pid;

/* --- the guard --- */

/* It holds nothing but the terminal, 0, and the pipe, 1. */
static _Noreturn void
guard_main(int from_viv)
{
	char now = false;
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "viv-terminal");
	if (dup2(from_viv, 1) < 0 || close_range(2, ~0u, 0) < 0)
		_exit(1);
	while (read(1, &now, 1) == 1)
		;
	if (now)
		tcsetattr(STDIN_FILENO, TCSANOW, &cooked);
	_exit(0);
}

/* Where there can be no guard, there is none. */
static void
guard_start(void)
{
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return;
	guard_pid = fork();
	if (!guard_pid)
		guard_main(fd[0]);
	close(fd[0]);
	if (guard_pid < 0)
		close(fd[1]);
	else
		guard_pipe = fd[1];
}

static void
guard_tell(char now)
{
	if (guard_pipe >= 0)
		(void)!write(guard_pipe, &now, 1);
}

/* --- the terminal --- */

bool
tty_is_raw(void)
{
	return atomic_load_explicit(&is_raw, memory_order_relaxed);
}

/* Only async-signal-safe calls: crash handlers come here too. */
void
tty_restore(void)
{
	if (!atomic_exchange(&is_raw, false))
		return;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &cooked);
	guard_tell(false);
}

void
tty_raw_again(void)
{
	if (!atomic_load(&has_terminal) || atomic_exchange(&is_raw, true))
		return;
	guard_tell(true);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

/* In the background this stops us (SIGTTOU) until we are brought forward. */
int
tty_start(void)
{
	if (!mach.cfg->tty)
		return 0;
	if (tcgetattr(STDIN_FILENO, &cooked) < 0)
		return -errno;
	raw = cooked;
	cfmakeraw(&raw);
	guard_start();
	atexit(tty_restore);
	atomic_store(&has_terminal, true);
	tty_raw_again();
	return 0;
}

void
tty_end(void)
{
	tty_restore();
	if (guard_pipe < 0)
		return;
	close(guard_pipe);
	guard_pipe = -1;
	waitpid(guard_pid, NULL, 0);
}
