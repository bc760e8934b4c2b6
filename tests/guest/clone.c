/* SPDX-License-Identifier: MIT */
/* clone(2): each flag for what is shared, ids, exit signals, refusals. */
#include "tests/guest/check.h"

#include <sched.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int word;
static int fds[2];

/* Runs @fn in a clone; the statement after it sees the clone reaped. */
static void
run(int (*fn)(void *), int flags, int status)
{
	pid_t pid = OK(clone(fn, stack + sizeof stack, flags, (void *)&word));
	int got;

	IS(pid, waitpid(pid, &got, __WALL));
	IS(status, WEXITSTATUS(got));
}

static int
set_word(void *arg)
{
	*(volatile int *)arg = 5;
	return 6;
}

static void
vm(void)
{
	word = 0;
	run(set_word, SIGCHLD, 6);
	IS(0, word);
	run(set_word, SIGCHLD | CLONE_VM, 6);
	IS(5, word);
	word = 0;
	run(set_word, SIGCHLD | CLONE_VM | CLONE_VFORK, 6);
	IS(5, word);
}

static int
close_it(void *arg)
{
	close(fds[0]);
	return fcntl(fds[1], F_SETFD, FD_CLOEXEC);
}

static void
files(void)
{
	OK(pipe(fds));
	run(close_it, SIGCHLD, 0);
	IS(0, fcntl(fds[0], F_GETFD));
	run(close_it, SIGCHLD | CLONE_FILES, 0);
	FAILS(EBADF, fcntl(fds[0], F_GETFD));
	IS(FD_CLOEXEC, fcntl(fds[1], F_GETFD));
	OK(close(fds[1]));
}

static int
move(void *arg)
{
	umask(0123);
	return chdir("d");
}

static void
fs(void)
{
	OK(mkdir("d", 0700));
	umask(022);
	run(move, SIGCHLD, 0);
	IS(0, access("d", F_OK));
	run(move, SIGCHLD | CLONE_FS, 0);
	FAILS(ENOENT, access("d", F_OK));
	IS(0123, umask(022));
	OK(chdir(".."));
	OK(rmdir("d"));
}

static int
handle(void *arg)
{
	signal(SIGUSR2, SIG_IGN);
	return 0;
}

static void
sighand(void)
{
	struct sigaction sa;

	run(handle, SIGCHLD | CLONE_VM, 0);
	OK(sigaction(SIGUSR2, NULL, &sa));
	CHECK(sa.sa_handler == SIG_DFL);
	run(handle, SIGCHLD | CLONE_VM | CLONE_SIGHAND, 0);
	OK(sigaction(SIGUSR2, NULL, &sa));
	CHECK(sa.sa_handler == SIG_IGN);
}

static int
parent_is(void *arg)
{
	return getppid() == word ? 0 : 1;
}

/* The new one is a sibling: the parent's to wait for. */
static void
parent(void)
{
	int p[2], status;
	pid_t pid;

	OK(pipe(p));
	word = getpid();
	EXITS(0, {
		pid = OK(clone(parent_is, stack + sizeof stack,
			       CLONE_PARENT | SIGCHLD, NULL));
		FAILS(ECHILD, waitpid(pid, NULL, 0));
		IS(sizeof pid, write(p[1], &pid, sizeof pid));
	});
	IS(sizeof pid, read(p[0], &pid, sizeof pid));
	IS(pid, waitpid(pid, &status, 0));
	IS(0, status);
}

static int
nothing(void *arg)
{
	return 0;
}

static void
exit_signal(void)
{
	pid_t pid;

	catch_signal(SIGUSR1, 0);
	pid = OK(clone(nothing, stack + sizeof stack, SIGUSR1, NULL));
	FAILS(ECHILD, waitpid(pid, NULL, 0)); /* not an ordinary child */
	IS(pid, waitpid(pid, NULL, __WCLONE));
	IS(1, caught[SIGUSR1]);
	pid = OK(clone(nothing, stack + sizeof stack, 0, NULL));
	IS(pid, waitpid(pid, NULL, __WALL));
}

static void
refuses(void)
{
	int flags[] = {
		CLONE_SIGHAND,		 CLONE_THREAD,
		CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_SIGHAND,
		CLONE_FS | CLONE_NEWNS,	 CLONE_PIDFD | CLONE_PARENT_SETTID,
	};

	for (unsigned i = 0; i < sizeof flags / sizeof flags[0]; i++)
		FAILS(EINVAL, syscall(SYS_clone, flags[i] | SIGCHLD, 0, &word,
				      &word, 0));
}

int
main(void)
{
	vm();
	files();
	fs();
	sighand();
	parent();
	exit_signal();
	refuses();
	return 0;
}
