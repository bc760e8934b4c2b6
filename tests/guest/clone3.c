/* SPDX-License-Identifier: MIT */
/* clone3(2). */
#include "tests/guest/check.h"

#include <linux/sched.h>

static struct clone_args args;

static long
clone3(size_t size)
{
	return syscall(SYS_clone3, &args, size);
}

static void
like_fork(void)
{
	pid_t pid;

	memset(&args, 0, sizeof args);
	args.exit_signal = SIGCHLD;
	pid = OK(clone3(CLONE_ARGS_SIZE_VER0));
	if (!pid)
		_exit(5);
	REAPS(5, pid);
}

static void
ids_and_pidfd(void)
{
	volatile pid_t mine = 0, its = 0;
	int pidfd = -1;
	siginfo_t info;
	pid_t pid;

	memset(&args, 0, sizeof args);
	args.flags = CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_PIDFD;
	args.parent_tid = (uintptr_t)&mine;
	args.child_tid = (uintptr_t)&its;
	args.pidfd = (uintptr_t)&pidfd;
	args.exit_signal = SIGCHLD;
	pid = OK(clone3(sizeof args));
	if (!pid)
		_exit(its == getpid() ? 0 : 1);
	IS(pid, mine);
	OK(waitid(P_PIDFD, pidfd, &info, WEXITED));
	IS(0, info.si_status);
	OK(close(pidfd));
}

static void
handlers_cleared(void)
{
	struct sigaction sa;
	pid_t pid;

	catch_signal(SIGUSR1, 0);
	signal(SIGUSR2, SIG_IGN);
	memset(&args, 0, sizeof args);
	args.flags = CLONE_CLEAR_SIGHAND;
	args.exit_signal = SIGCHLD;
	pid = OK(clone3(sizeof args));
	if (!pid) {
		OK(sigaction(SIGUSR1, NULL, &sa));
		CHECK(sa.sa_handler == SIG_DFL);
		OK(sigaction(SIGUSR2, NULL, &sa));
		CHECK(sa.sa_handler == SIG_IGN);
		_exit(0);
	}
	REAPS(0, pid);
	args.flags = CLONE_CLEAR_SIGHAND | CLONE_SIGHAND | CLONE_VM;
	FAILS(EINVAL, clone3(sizeof args));
}

static void
bad(unsigned long flags, int exit_signal, unsigned long stack, size_t size)
{
	memset(&args, 0, sizeof args);
	args.flags = flags;
	args.exit_signal = exit_signal;
	args.stack = stack;
	args.stack_size = size;
	FAILS(EINVAL, clone3(sizeof args));
}

static void
refuses(void)
{
	static struct {
		struct clone_args args;
		char more[64];
	} big = {.args.exit_signal = SIGCHLD};
	pid_t pid;

	bad(SIGCHLD, 0, 0, 0); /* the signal is not in the flags */
	bad(0x00400000 /* CLONE_DETACHED */, SIGCHLD, 0, 0);
	bad(1ul << 40, SIGCHLD, 0, 0);
	bad(0, 65, 0, 0);
	bad(0, SIGCHLD, 4096, 0);
	bad(0, SIGCHLD, 0, 4096);
	bad(CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, SIGCHLD, 0, 0);
	bad(CLONE_THREAD, 0, 0, 0);
	bad(CLONE_SIGHAND, SIGCHLD, 0, 0);
	FAILS(EINVAL, clone3(CLONE_ARGS_SIZE_VER0 - 1));
	FAILS(E2BIG, clone3(4097));
	FAILS(EFAULT, syscall(SYS_clone3, unmapped_page(), sizeof args));
	/* Longer than known: fine if nothing but zeros. */
	pid = OK(syscall(SYS_clone3, &big, sizeof big));
	if (!pid)
		_exit(0);
	REAPS(0, pid);
	big.more[60] = 1;
	FAILS(E2BIG, syscall(SYS_clone3, &big, sizeof big));
}

int
main(void)
{
	memset(&args, 0, sizeof args);
	if (clone3(0) < 0 && errno == ENOSYS)
		SKIP("no clone3");
	like_fork();
	ids_and_pidfd();
	handlers_cleared();
	refuses();
	return 0;
}
