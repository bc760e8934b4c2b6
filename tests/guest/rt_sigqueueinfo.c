/* SPDX-License-Identifier: MIT */
/* rt_sigqueueinfo(2), rt_tgsigqueueinfo(2), sigqueue(3). */
#include "tests/guest/check.h"

#include <sys/resource.h>

static long
queue(pid_t pid, int sig, siginfo_t *info)
{
	return syscall(SYS_rt_sigqueueinfo, pid, sig, info);
}

static long
tgqueue(pid_t pid, pid_t tid, int sig, siginfo_t *info)
{
	return syscall(SYS_rt_tgsigqueueinfo, pid, tid, sig, info);
}

static void
block(int sig)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
}

static siginfo_t
taken(int sig)
{
	siginfo_t info = {0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, sig);
	IS(sig, sigwaitinfo(&set, &info));
	IS(sig, info.si_signo);
	return info;
}

static void
carries(void)
{
	siginfo_t in = {.si_signo = 3, .si_errno = 4, .si_code = SI_QUEUE};
	siginfo_t out;

	in.si_pid = 77;
	in.si_uid = 88;
	in.si_value.sival_ptr = (void *)0x123456789abcul;
	OK(queue(getpid(), SIGRTMIN, &in));
	out = taken(SIGRTMIN);
	IS(SI_QUEUE, out.si_code);
	IS(4, out.si_errno);
	IS(77, out.si_pid); /* what the caller says */
	IS(88, out.si_uid);
	CHECK(out.si_value.sival_ptr == (void *)0x123456789abcul);

	OK(tgqueue(getpid(), gettid(), SIGRTMIN, &in));
	IS(77, taken(SIGRTMIN).si_pid);

	OK(sigqueue(getpid(), SIGRTMIN, (union sigval){5}));
	out = taken(SIGRTMIN);
	IS(getpid(), out.si_pid);
	IS(getuid(), out.si_uid);
	IS(5, out.si_value.sival_int);
}

/* Only to oneself may one pretend to be the kernel or kill(2). */
static void
no_pretending(void)
{
	siginfo_t info = {.si_code = SI_USER};
	pid_t parent = getpid();

	OK(queue(getpid(), 0, &info));
	OK(queue(getpid(), SIGRTMIN, &info));
	IS(SI_USER, taken(SIGRTMIN).si_code);
	EXITS(0, {
		FAILS(EPERM, queue(parent, SIGRTMIN, &info));
		info.si_code = SI_TKILL;
		FAILS(EPERM, queue(parent, SIGRTMIN, &info));
		info.si_code = SI_KERNEL;
		FAILS(EPERM, tgqueue(parent, parent, SIGRTMIN, &info));
		info.si_code = SI_QUEUE;
		OK(queue(parent, SIGRTMIN, &info));
	});
	IS(SI_QUEUE, taken(SIGRTMIN).si_code);
}

static void
refuses(void)
{
	siginfo_t info = {.si_code = SI_QUEUE};

	FAILS(EFAULT, queue(getpid(), SIGRTMIN, unmapped_page()));
	FAILS(EINVAL, queue(getpid(), 65, &info));
	FAILS(ESRCH, queue(0x3fffffff, SIGRTMIN, &info));
	FAILS(EINVAL, tgqueue(0, 1, SIGRTMIN, &info));
	FAILS(ESRCH, tgqueue(getppid(), gettid(), SIGRTMIN, &info));
	AS_NOBODY(FAILS(EPERM, queue(1, SIGRTMIN, &info)));
}

/* Real-time signals are refused when too many wait; others need no place. */
static void
bounded(void)
{
	struct rlimit lim = {10, 10};
	siginfo_t info = {.si_code = SI_QUEUE};
	int n = 0;

	OK(setrlimit(RLIMIT_SIGPENDING, &lim));
	while (queue(getpid(), SIGRTMIN, &info) == 0)
		n++;
	IS(EAGAIN, errno);
	CHECK(n <= 10);
	block(SIGUSR1);
	OK(kill(getpid(), SIGUSR1));
	IS(SIGUSR1, taken(SIGUSR1).si_signo);
	for (; n > 0; n--)
		taken(SIGRTMIN);
}

int
main(void)
{
	block(SIGRTMIN);
	carries();
	no_pretending();
	refuses();
	EXITS(0, bounded());
	return 0;
}
