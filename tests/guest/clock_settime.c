/* SPDX-License-Identifier: MIT */
/* clock_settime(2), settimeofday(2), adjtimex(2): refusals; the machine's
 * clock is left as it is. */
#include "tests/guest/check.h"

#include <sys/timex.h>

static void
by_a_user(void)
{
	struct timespec t;
	struct timeval tv;
	struct timex tx = {.modes = ADJ_OFFSET};

	OK(clock_gettime(CLOCK_REALTIME, &t));
	FAILS(EPERM, syscall(SYS_clock_settime, CLOCK_REALTIME, &t));
	OK(gettimeofday(&tv, NULL));
	FAILS(EPERM, syscall(SYS_settimeofday, &tv, NULL));
	FAILS(EPERM, adjtimex(&tx));
	tx.modes = ADJ_OFFSET_SINGLESHOT;
	FAILS(EPERM, adjtimex(&tx));
	OK(adjtime(NULL, &tv));
}

int
main(void)
{
	struct timespec t, bad = {0, 1000000000}, neg = {-1, 0};
	struct timeval tv = {0, 1000000};
	struct timex tx = {.modes = 0};

	OK(clock_gettime(CLOCK_MONOTONIC, &t));
	FAILS(EINVAL, syscall(SYS_clock_settime, CLOCK_MONOTONIC, &t));
	FAILS(EINVAL, syscall(SYS_clock_settime, CLOCK_BOOTTIME, &t));
	FAILS(EINVAL, syscall(SYS_clock_settime, 99, &t));
	FAILS(EFAULT, syscall(SYS_clock_settime, 0, unmapped_page()));
	FAILS(EINVAL, syscall(SYS_clock_settime, 0, &bad));
	FAILS(EINVAL, syscall(SYS_clock_settime, 0, &neg));
	FAILS(EINVAL, syscall(SYS_settimeofday, &tv, NULL));
	FAILS(EFAULT, syscall(SYS_settimeofday, unmapped_page(), NULL));
	/* To look is everyone's right. */
	OK(adjtimex(&tx));
	CHECK(tx.tick >= 9000 && tx.tick <= 11000);
	OK(adjtime(NULL, &tv));
	tx.modes = ADJ_OFFSET_SS_READ;
	OK(adjtimex(&tx));
	IS(ADJ_OFFSET_SS_READ, tx.modes);
	CHECK(tx.tick >= 9000 && tx.tick <= 11000);
	tx.modes = ADJ_OFFSET_SS_READ & ~ADJ_OFFSET;
	FAILS(EINVAL, adjtimex(&tx));
	FAILS(EFAULT, syscall(SYS_adjtimex, unmapped_page()));
	AS_NOBODY(by_a_user());
	return 0;
}
