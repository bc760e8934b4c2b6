/* SPDX-License-Identifier: MIT */
/* rt_sigaction(2): what is kept, what each flag does, errors. */
#include "tests/guest/check.h"

static volatile int depth, deepest, mask_seen;

static void
nest(int sig)
{
	sigset_t set;

	depth++;
	if (depth > deepest)
		deepest = depth;
	sigprocmask(SIG_BLOCK, NULL, &set);
	mask_seen = sigismember(&set, SIGUSR1) | sigismember(&set, SIGUSR2)
							 << 1;
	if (depth < 3)
		raise(sig);
	depth--;
}

static void
install(int sig, void (*fn)(int), int flags, int masked)
{
	struct sigaction sa = {.sa_handler = fn, .sa_flags = flags};

	if (masked)
		sigaddset(&sa.sa_mask, masked);
	OK(sigaction(sig, &sa, NULL));
}

static void
nodefer_and_masks(void)
{
	install(SIGUSR1, nest, 0, 0);
	depth = deepest = 2; /* no raise inside */
	OK(raise(SIGUSR1));
	IS(1, mask_seen); /* itself is blocked */
	depth = deepest = 2;
	install(SIGUSR1, nest, 0, SIGUSR2);
	OK(raise(SIGUSR1));
	IS(3, mask_seen);
	depth = deepest = 0;
	install(SIGUSR1, nest, SA_NODEFER, 0);
	OK(raise(SIGUSR1));
	IS(3, deepest);
	IS(0, mask_seen);
	install(SIGUSR1, nest, SA_NODEFER, SIGUSR1);
	depth = deepest = 2;
	OK(raise(SIGUSR1));
	IS(1, mask_seen); /* the mask has it all the same */
}

static void
resethand(void)
{
	struct sigaction sa;

	catch_signal(SIGUSR1, SA_RESETHAND);
	OK(raise(SIGUSR1));
	IS(1, caught[SIGUSR1]);
	OK(sigaction(SIGUSR1, NULL, &sa));
	CHECK(sa.sa_handler == SIG_DFL);
	DIES(SIGUSR1, raise(SIGUSR1));
}

static void
gives_back_the_old(void)
{
	struct sigaction sa, old;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = count_signal;
	sa.sa_flags = SA_RESTART | SA_ONSTACK | SA_NODEFER;
	sigaddset(&sa.sa_mask, SIGHUP);
	sigaddset(&sa.sa_mask, SIGKILL);
	sigaddset(&sa.sa_mask, SIGRTMAX);
	OK(sigaction(SIGUSR1, &sa, NULL));
	sa.sa_handler = SIG_IGN;
	OK(sigaction(SIGUSR1, &sa, &old));
	CHECK(old.sa_handler == count_signal);
	IS(SA_RESTART | SA_ONSTACK | SA_NODEFER,
	   old.sa_flags & ~0x04000000 /* SA_RESTORER */);
	IS(1, sigismember(&old.sa_mask, SIGHUP));
	IS(1, sigismember(&old.sa_mask, SIGRTMAX));
	IS(0, sigismember(&old.sa_mask, SIGKILL)); /* silently not */
	OK(sigaction(SIGUSR1, NULL, &old));
	CHECK(old.sa_handler == SIG_IGN);
	OK(sigaction(SIGKILL, NULL, &old)); /* looking is allowed */
}

/* Ignoring throws away what is pending, though blocked. */
static void
ignoring_discards(void)
{
	sigset_t set, pending;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	catch_signal(SIGUSR1, 0);
	catch_signal(SIGCHLD, 0);
	OK(raise(SIGUSR1));
	OK(raise(SIGCHLD));
	signal(SIGUSR1, SIG_IGN);
	signal(SIGCHLD, SIG_DFL); /* whose default is to ignore */
	OK(sigpending(&pending));
	IS(0, sigismember(&pending, SIGUSR1));
	IS(0, sigismember(&pending, SIGCHLD));
	/* Blocked and ignored: Linux keeps it until it is unblocked. */
	OK(raise(SIGUSR1));
	OK(sigpending(&pending));
	IS(1, sigismember(&pending, SIGUSR1));
	catch_signal(SIGUSR1, 0);
	OK(sigprocmask(SIG_UNBLOCK, &set, NULL));
	IS(1, caught[SIGUSR1]);
}

static void
refuses(void)
{
	struct {
		unsigned long handler, flags, restorer, mask;
	} k = {0};
	void *bad = unmapped_page();

	FAILS(EINVAL, syscall(SYS_rt_sigaction, 0, &k, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, 65, &k, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, -1, NULL, &k, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, SIGKILL, &k, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, SIGSTOP, &k, NULL, 8));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, SIGUSR1, &k, NULL, 4));
	FAILS(EINVAL, syscall(SYS_rt_sigaction, SIGUSR1, &k, NULL, 128));
	FAILS(EFAULT, syscall(SYS_rt_sigaction, SIGUSR1, bad, NULL, 8));
	FAILS(EFAULT, syscall(SYS_rt_sigaction, SIGUSR1, NULL, bad, 8));
	OK(syscall(SYS_rt_sigaction, 64, NULL, &k, 8));
}

int
main(void)
{
	nodefer_and_masks();
	resethand();
	gives_back_the_old();
	ignoring_discards();
	refuses();
	return 0;
}
