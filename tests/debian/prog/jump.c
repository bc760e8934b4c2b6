/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <setjmp.h>
#include <signal.h>

static sigjmp_buf back;
static volatile int depth;
static int *volatile nowhere;

static void
on_segv(int sig)
{
	siglongjmp(back, sig);
}

/* Fault @n times, come back each time. */
int
jump_depth(int n)
{
	struct sigaction sa = {.sa_handler = on_segv};

	sigaction(SIGSEGV, &sa, 0);
	for (depth = 0; depth < n; depth++)
		if (!sigsetjmp(back, 1))
			*nowhere = 1;
	signal(SIGSEGV, SIG_DFL);
	return depth;
}
