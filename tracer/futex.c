/* SPDX-License-Identifier: MIT */
/* tracer/futex.c - futexes between processes, and the clock they wait by. */
#include "tracer/internal.h"

#include <errno.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int64_t
now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

/*
 * host_futex_wait - sleep, as viv, while *@word is @value.
 * Returns: 0 or -ETIMEDOUT; look again in either case.
 */
int
host_futex_wait(void *word, uint32_t value, int64_t deadline_ns)
{
	struct timespec ts = {deadline_ns / 1000000000,
			      deadline_ns % 1000000000};
	long r = syscall(SYS_futex, word, FUTEX_OP_WAIT, value,
			 deadline_ns ? &ts : NULL, NULL, FUTEX_FOR_VIV);

	return r < 0 && errno == ETIMEDOUT ? -ETIMEDOUT : 0;
}

/* host_futex_wake - wake FUTEX_FOR_GUEST or FUTEX_FOR_VIV at @word. */
void
host_futex_wake(void *word, uint32_t who)
{
	syscall(SYS_futex, word, FUTEX_OP_WAKE, 0x7fffffff, NULL, NULL, who);
}
