/* SPDX-License-Identifier: MIT */
/* rt_sigprocmask(2). */
#include "tests/guest/check.h"

static sigset_t
set_of(int a, int b)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, a);
	sigaddset(&set, b);
	return set;
}

static bool
is_blocked(int sig)
{
	sigset_t now;

	OK(sigprocmask(SIG_SETMASK, NULL, &now));
	return sigismember(&now, sig);
}

static void
operations(void)
{
	sigset_t set = set_of(SIGUSR1, SIGRTMAX), old;

	OK(sigprocmask(SIG_BLOCK, &set, &old));
	IS(0, sigismember(&old, SIGUSR1));
	CHECK(is_blocked(SIGUSR1) && is_blocked(SIGRTMAX));
	set = set_of(SIGUSR2, SIGRTMAX);
	OK(sigprocmask(SIG_BLOCK, &set, &old));
	IS(1, sigismember(&old, SIGUSR1));
	IS(0, sigismember(&old, SIGUSR2));
	OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	CHECK(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2) &&
	      !is_blocked(SIGRTMAX));
	set = set_of(SIGHUP, SIGINT);
	/* In and out in one place. */
	OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, &set, 8));
	IS(1, sigismember(&set, SIGUSR1));
	IS(0, sigismember(&set, SIGHUP));
	CHECK(!is_blocked(SIGUSR1) && is_blocked(SIGHUP));
	/* The operation does not matter without a set. */
	OK(sigprocmask(12345, NULL, &old));
}

static void
some_can_not_be_blocked(void)
{
	sigset_t set;

	sigfillset(&set);
	OK(sigprocmask(SIG_SETMASK, &set, NULL));
	CHECK(is_blocked(SIGTERM) && !is_blocked(SIGKILL) &&
	      !is_blocked(SIGSTOP));
	DIES(SIGKILL, raise(SIGKILL));
	/* Linux: a blocked fault kills all the same. */
	catch_signal(SIGSEGV, 0);
	DIES(SIGSEGV, *(volatile char *)unmapped_page() = 1);
	sigemptyset(&set);
	OK(sigprocmask(SIG_SETMASK, &set, NULL));
}

static void
delivered_before_it_returns(void)
{
	sigset_t set = set_of(SIGUSR1, SIGUSR2);

	catch_signal(SIGUSR1, 0);
	catch_signal(SIGUSR2, 0);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(raise(SIGUSR1));
	OK(raise(SIGUSR2));
	IS(0, caught[SIGUSR1] + caught[SIGUSR2]);
	OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	IS(1, caught[SIGUSR1]);
	IS(1, caught[SIGUSR2]);
}

static void
refuses(void)
{
	unsigned long set = 0;
	void *bad = unmapped_page();

	FAILS(EINVAL, syscall(SYS_rt_sigprocmask, 3, &set, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigprocmask, -1, &set, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4));
	FAILS(EINVAL, syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16));
	FAILS(EFAULT, syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad, NULL, 8));
	FAILS(EFAULT, syscall(SYS_rt_sigprocmask, 3, bad, NULL, 8));
	/* The old one can't be stored, but the new one counts. */
	set = 1ul << (SIGUSR1 - 1);
	FAILS(EFAULT, syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, bad, 8));
	CHECK(is_blocked(SIGUSR1));
}

int
main(void)
{
	operations();
	some_can_not_be_blocked();
	delivered_before_it_returns();
	refuses();
	return 0;
}
