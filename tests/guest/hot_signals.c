/* SPDX-License-Identifier: MIT */
/* signal(7), in system calls made often from the same place: interrupted and
 * restarted calls, what a handler sees and changes. */
#include "tests/guest/hot.h"

#include <ucontext.h>

static volatile greg_t seen_rip, seen_rcx, seen_rax;
static greg_t new_rip, new_rax;
static volatile int handled;

static void
on_signal(int sig, siginfo_t *si, void *ctx)
{
	greg_t *r = ((ucontext_t *)ctx)->uc_mcontext.gregs;

	(void)sig, (void)si;
	handled++;
	seen_rip = r[REG_RIP];
	seen_rcx = r[REG_RCX];
	seen_rax = r[REG_RAX];
	if (new_rip)
		r[REG_RIP] = new_rip;
	if (new_rax)
		r[REG_RAX] = new_rax;
}

static void
handle(int flags)
{
	struct sigaction sa = {.sa_sigaction = on_signal,
			       .sa_flags = SA_SIGINFO | flags};

	OK(sigaction(SIGUSR1, &sa, NULL));
}

/* A signal by the very call is delivered at its end. */
static void
own_signals(void)
{
	handle(0);
	TIMES(HOT)
	{
		int before = handled;

		IS(0, hot_call(SYS_kill, getpid(), SIGUSR1));
		IS(before + 1, handled);
		IS(hot_call_ret, seen_rip);
		IS(hot_call_ret, seen_rcx);
		IS(0, seen_rax);
	}
}

/* A second signal, held back by the first's handler, comes when that returns:
 * at the same place, with the same registers. */
static void
one_after_the_other(void)
{
	struct sigaction sa = {.sa_sigaction = on_signal,
			       .sa_flags = SA_SIGINFO};

	OK(sigaddset(&sa.sa_mask, SIGUSR2));
	OK(sigaction(SIGUSR1, &sa, NULL));
	sa.sa_mask = (sigset_t){0};
	OK(sigaction(SIGUSR2, &sa, NULL));
	TIMES(HOT)
	{
		sigset_t both, old;
		int before = handled;

		sigemptyset(&both);
		OK(sigaddset(&both, SIGUSR1));
		OK(sigaddset(&both, SIGUSR2));
		OK(sigprocmask(SIG_BLOCK, &both, &old));
		OK(raise(SIGUSR1));
		OK(raise(SIGUSR2));
		seen_rip = 0;
		IS(0, hot_call(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, 8));
		IS(before + 2, handled);
		IS(hot_call_ret, seen_rip);
		IS(hot_call_ret, seen_rcx);
		IS(0, seen_rax);
	}
	OK(signal(SIGUSR2, SIG_DFL) == SIG_ERR);
}

/* A handler sends the thread elsewhere: to the bare instruction, to what
 * follows it, to another number. */
static void
sent_elsewhere(void)
{
	handle(0);
	TIMES(HOT)
	{
		new_rip = (greg_t)hot_call_insn;
		new_rax = SYS_getpid;
		IS(getpid(), hot_call(SYS_kill, getpid(), SIGUSR1));
		new_rip = (greg_t)hot_getpid_insn;
		IS(getpid(), hot_call(SYS_kill, getpid(), SIGUSR1));
		new_rip = (greg_t)hot_getpid;
		new_rax = 0;
		IS(getpid(), hot_call(SYS_kill, getpid(), SIGUSR1));
		new_rip = (greg_t)hot_call_ret;
		new_rax = 77;
		IS(77, hot_call(SYS_kill, getpid(), SIGUSR1));
		new_rax = -EBADF;
		IS(-1000, hot_call(SYS_kill, getpid(), SIGUSR1));
	}
	new_rip = new_rax = 0;
}

static pid_t
signaller(pid_t who, int pipe_fd)
{
	pid_t me = getpid(), pid = fork();
	char path[64], text[256];

	OK(pid);
	if (pid)
		return pid;
	/* until it blocks in read(2) */
	snprintf(path, sizeof path, "/proc/%d/stat", who);
	for (;;) {
		FILE *f = fopen(path, "re");
		char *state;

		CHECK(f && fgets(text, sizeof text, f));
		fclose(f);
		state = strrchr(text, ')');
		if (state && state[2] == 'S')
			break;
		sched_yield();
	}
	OK(kill(me, SIGUSR1));
	if (pipe_fd >= 0)
		IS(1, write(pipe_fd, "x", 1));
	_exit(0);
}

static void
interrupted(void)
{
	int fds[2];
	char c;

	handle(0);
	OK(pipe(fds));
	TIMES(25)
	{
		pid_t pid = signaller(getpid(), -1);

		IS(-1000, hot_call(SYS_read, fds[0], &c, 1));
		IS(hot_call_ret, seen_rip);
		IS(-EINTR, seen_rax);
		REAPS(0, pid);
	}
	OK(close(fds[0]));
	OK(close(fds[1]));
}

static void
restarted(void)
{
	int fds[2];
	char c;

	handle(SA_RESTART);
	OK(pipe(fds));
	TIMES(25)
	{
		pid_t pid = signaller(getpid(), fds[1]);
		int before = handled;

		IS(1, hot_call(SYS_read, fds[0], &c, 1));
		REAPS(0, pid);
		/* The write may have come first. */
		IS(before + 1, handled);
	}
	OK(close(fds[0]));
	OK(close(fds[1]));
}

/* FP state: the handler sees the caller's, starts with its own, and the caller
 * has his again. */
static void
on_fp(int sig, siginfo_t *si, void *ctx)
{
	const struct _libc_fpstate *fp =
		((ucontext_t *)ctx)->uc_mcontext.fpregs;

	(void)sig, (void)si;
	handled = (int)fp->_xmm[7].element[1];
	__asm__ volatile("pcmpeqb %%xmm7, %%xmm7" ::: "xmm7");
}

static void
vectors_in_handlers(void)
{
	struct sigaction sa = {.sa_sigaction = on_fp, .sa_flags = SA_SIGINFO};
	pid_t me = getpid();

	OK(sigaction(SIGUSR1, &sa, NULL));
	for (uint32_t i = 1; i <= HOT; i++) {
		uint32_t v[4] = {i, 3 * i, 5, 7}, w[4] = {0};
		long ret = SYS_kill;

		__asm__ volatile("movups %2, %%xmm7\n"
				 "mov $62, %%eax\n"
				 "syscall\n"
				 "movups %%xmm7, %1\n"
				 : "=&a"(ret), "=m"(w)
				 : "m"(v), "D"((long)me), "S"((long)SIGUSR1)
				 : "rcx", "r11", "xmm7", "memory");
		IS(0, ret);
		IS(3 * i, handled);
		IS(0, memcmp(v, w, sizeof v));
	}
}

int
main(void)
{
	make_hot();
	own_signals();
	one_after_the_other();
	sent_elsewhere();
	interrupted();
	restarted();
	vectors_in_handlers();
	return 0;
}
