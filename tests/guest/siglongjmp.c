/* SPDX-License-Identifier: MIT */
/* Leaving a handler by siglongjmp(3): mask and stack are right again, as often
 * as one likes. */
#include "tests/guest/check.h"

static sigjmp_buf out;
static char alt[65536];

static void
leave(int sig)
{
	siglongjmp(out, sig);
}

static bool
is_blocked(int sig)
{
	sigset_t now;

	OK(sigprocmask(SIG_BLOCK, NULL, &now));
	return sigismember(&now, sig);
}

static void
many_faults(int flags)
{
	struct sigaction sa = {.sa_handler = leave, .sa_flags = flags};
	volatile char *gone = unmapped_page();

	OK(sigaction(SIGSEGV, &sa, NULL));
	for (volatile int i = 0; i < 200; i++) {
		if (!sigsetjmp(out, 1)) {
			*gone = 1;
			CHECK(!"reached");
		}
		CHECK(!is_blocked(SIGSEGV));
	}
}

/* Without the saved mask the signal stays blocked, and the next one kills. */
static void
mask_not_saved(void)
{
	volatile char *gone = unmapped_page();

	signal(SIGSEGV, leave);
	if (!sigsetjmp(out, 0))
		*gone = 1;
	CHECK(is_blocked(SIGSEGV));
	*gone = 1;
}

/* The handler mends what was wrong, and the access is made again. */
static char *page;

static void
mend(int sig)
{
	caught[sig]++;
	mprotect(page, 4096, RW);
}

static void
mended(void)
{
	page = MMAP(4096, PROT_NONE, MAP_PRIVATE);
	signal(SIGSEGV, mend);
	*(volatile char *)page = 7;
	IS(7, *page);
	IS(1, caught[SIGSEGV]);
}

int
main(void)
{
	stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};

	many_faults(0);
	OK(sigaltstack(&ss, NULL));
	many_faults(SA_ONSTACK);
	OK(sigaltstack(NULL, &ss));
	IS(0, ss.ss_flags); /* not thought to be in use */
	DIES(SIGSEGV, mask_not_saved());
	mended();
	return 0;
}
