/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/signals.c - a signal to a handler and back, sent or earned.
 */
#include "bench/micro/micro.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

static volatile long seen;

static void
count(int sig)
{
	(void)sig;
	seen++;
}

static long
op_signal_self(long n)
{
	struct sigaction sa = {.sa_handler = count};
	int pid = getpid(), tid = (int)syscall(SYS_gettid);

	sigaction(SIGUSR1, &sa, NULL);
	seen = 0;
	for (long i = 0; i < n; i++)
		syscall(SYS_tgkill, pid, tid, SIGUSR1);
	if (seen != n)
		die("a signal to self");
	return n;
}

/* `movb $1, (%rax)` has three bytes: go on behind it. */
static void
step_over(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	seen++;
	uc->uc_mcontext.gregs[REG_RIP] += 3;
}

static long
op_segv(long n)
{
	struct sigaction sa = {.sa_sigaction = step_over,
			       .sa_flags = SA_SIGINFO};
	char *nowhere =
		mmap(NULL, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	sigaction(SIGSEGV, &sa, NULL);
	seen = 0;
	for (long i = 0; i < n; i++)
		__asm__ volatile(".byte 0xc6, 0x00, 0x01"
				 :
				 : "a"(nowhere)
				 : "memory");
	signal(SIGSEGV, SIG_DFL);
	munmap(nowhere, PAGE);
	if (seen != n)
		die("SIGSEGV");
	return n;
}

const struct op signal_ops[] = {
	{"signal to self, handled", op_signal_self, 0},
	{"SIGSEGV to handler and back", op_segv, 0},
	{NULL, NULL, 0},
};
