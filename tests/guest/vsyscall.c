/* SPDX-License-Identifier: MIT */
/* The vsyscall page of old programs, where there is one: time() at its fixed
 * address; a jump into its middle is a fault. */
#include "tests/guest/check.h"

static sigjmp_buf out;

static void
leave(int sig)
{
	siglongjmp(out, 1);
}

int
main(void)
{
	time_t (*volatile old_time)(time_t *) = (void *)0xffffffffff600400ul;
	time_t t;

	signal(SIGSEGV, leave);
	if (sigsetjmp(out, 1))
		SKIP("no vsyscall page");
	t = old_time(NULL);
	CHECK(t >= time(NULL) - 5 && t <= time(NULL));
	IS(SIGSEGV, touch((void *)0xffffffffff600001ul, 'x'));
	IS(SIGSEGV, touch((void *)0xffffffffff601000ul, 'r'));
	return 0;
}
