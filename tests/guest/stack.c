/* SPDX-License-Identifier: MIT */
/* The main stack: it grows to its limit, and no further. */
#include "tests/guest/check.h"

#include <sys/resource.h>

/* Touches the stack down to @deep bytes below here, page by page. */
__attribute__((noinline)) static int
recurse(long deep)
{
	volatile char page[4096];

	page[0] = (char)deep;
	__asm__ volatile("" : : "r"(page) : "memory"); /* all of it */
	if (deep > 0)
		page[1] = (char)recurse(deep - 4096);
	return page[1];
}

static void
limit_stack(long bytes)
{
	struct rlimit lim;

	OK(getrlimit(RLIMIT_STACK, &lim));
	lim.rlim_cur = bytes;
	OK(setrlimit(RLIMIT_STACK, &lim));
}

static unsigned long top;

/* On the alternate stack: a fault just below the limit of 8 MiB. */
static void
report_overflow(int sig, siginfo_t *info, void *uc)
{
	unsigned long deep = top - (unsigned long)info->si_addr;

	(void)sig;
	(void)uc;
	_exit(info->si_code == SEGV_MAPERR && deep > 7 << 20 && deep < 9 << 20
		      ? 42
		      : 1);
}

static void
overflow_is_reported_on_another_stack(void)
{
	static char alt[65536];
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};
	struct sigaction sa = {.sa_sigaction = report_overflow,
			       .sa_flags = SA_SIGINFO | SA_ONSTACK};

	OK(sigaltstack(&ss, NULL));
	OK(sigaction(SIGSEGV, &sa, NULL));
	recurse(1l << 30);
}

/* The red zone and beyond: a distance below rsp does not matter. */
static void
one_big_step(void)
{
	volatile char *here = (volatile char *)__builtin_frame_address(0);

	IS(0, touch(here - (3 << 20), 'w'));
	IS(0, touch(here - (1 << 20), 'r'));
}

static void
read_below(void)
{
	char *here = __builtin_frame_address(0);
	int p[2];

	OK(pipe(p));
	IS(1, write(p[1], "x", 1));
	IS(1, read(p[0], here - (2 << 20), 1));
	IS('x', here[-(2 << 20)]);
}

int
main(void)
{
	top = (unsigned long)__builtin_frame_address(0);
	limit_stack(8 << 20);
	EXITS(0, recurse(6 << 20));
	DIES(SIGSEGV, recurse(9 << 20));
	EXITS(42, overflow_is_reported_on_another_stack());
	EXITS(0, one_big_step());
	EXITS(0, read_below());
	/* The limit counts when the stack would grow, not when it began. */
	DIES(SIGSEGV, {
		limit_stack(1 << 20);
		recurse(2 << 20);
	});
	EXITS(0, {
		recurse(2 << 20);
		limit_stack(1 << 20);
		recurse(2 << 20); /* what is there stays */
	});
	return 0;
}
