/* SPDX-License-Identifier: MIT */
/* rt_sigtimedwait(2), sigwaitinfo(3). */
#include "tests/guest/check.h"

static sigset_t set;
static struct timespec now_only = {0, 0};

static long
raw(const void *s, void *info, const void *t, long size)
{
	return syscall(SYS_rt_sigtimedwait, s, info, t, size);
}

static void
takes_what_is_pending(void)
{
	siginfo_t info = {0};
	sigset_t pending;

	FAILS(EAGAIN, sigtimedwait(&set, &info, &now_only));
	OK(sigqueue(getpid(), SIGRTMIN, (union sigval){9}));
	OK(kill(getpid(), SIGUSR1));
	IS(SIGUSR1, sigtimedwait(&set, &info, &now_only)); /* lowest first */
	IS(SI_USER, info.si_code);
	IS(getpid(), info.si_pid);
	IS(SIGRTMIN, sigtimedwait(&set, &info, &now_only));
	IS(9, info.si_value.sival_int);
	OK(sigpending(&pending));
	IS(0, sigismember(&pending, SIGRTMIN));
	OK(kill(getpid(), SIGUSR1));
	IS(SIGUSR1, sigtimedwait(&set, NULL, NULL));
}

static void
times_out(void)
{
	struct timespec t = {0, 50000000};
	long begin = now_ms();

	FAILS(EAGAIN, sigtimedwait(&set, NULL, &t));
	CHECK(now_ms() - begin >= 49);
}

static void
waits_for_it(void)
{
	siginfo_t info;
	pid_t me = getpid();

	if (!check_fork()) {
		sleep_ms(30);
		OK(kill(me, SIGUSR1));
		_exit(0);
	}
	IS(SIGUSR1, sigwaitinfo(&set, &info));
	IS(check_pid, info.si_pid);
	OK(waitpid(check_pid, NULL, 0));
	/* Even one whose default is to be ignored. */
	sigset_t chld;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	OK(sigprocmask(SIG_BLOCK, &chld, NULL));
	if (!check_fork())
		_exit(6);
	IS(SIGCHLD, sigwaitinfo(&chld, &info));
	IS(check_pid, info.si_pid);
	IS(6, info.si_status);
	REAPS(6, check_pid);
}

/* A handled signal outside the set interrupts. */
static void
interrupted(void)
{
	ticks_start(SA_RESTART);
	FAILS(EINTR, sigwaitinfo(&set, NULL));
	ticks_stop();
}

static void
refuses(void)
{
	struct timespec bad = {0, 1000000000}, neg = {-1, 0};

	FAILS(EINVAL, raw(&set, NULL, &bad, 8));
	FAILS(EINVAL, raw(&set, NULL, &neg, 8));
	FAILS(EINVAL, raw(&set, NULL, &now_only, 4));
	FAILS(EFAULT, raw(unmapped_page(), NULL, &now_only, 8));
	FAILS(EFAULT, raw(&set, NULL, unmapped_page(), 8));
	OK(kill(getpid(), SIGUSR1));
	FAILS(EFAULT, raw(&set, unmapped_page(), &now_only, 8));
	FAILS(EAGAIN, raw(&set, NULL, &now_only, 8)); /* lost */
}

int
main(void)
{
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGKILL); /* without effect */
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	takes_what_is_pending();
	times_out();
	waits_for_it();
	interrupted();
	refuses();
	return 0;
}
