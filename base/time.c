/* SPDX-License-Identifier: MIT */
/* base/time.c - the machine's clocks and its entropy. */
#include "base/time.h"

#include "arch/um/hypercall.h"

static int64_t realtime_shift;

uint64_t
clock_realtime_ns(void)
{
	return HYPER1(CLOCK, HCLOCK_REALTIME) + realtime_shift;
}

uint64_t
clock_monotonic_ns(void)
{
	return HYPER1(CLOCK, HCLOCK_MONOTONIC);
}

void
clock_set_realtime(uint64_t now_ns)
{
	realtime_shift = now_ns - HYPER1(CLOCK, HCLOCK_REALTIME);
}

void
entropy(void *buf, size_t n)
{
	HYPER2(ENTROPY, buf, n);
}
