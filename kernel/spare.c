/* SPDX-License-Identifier: MIT */
/* kernel/spare.c - time for mm/spare.c: memory goes back to the host. */
#include "base/time.h"
#include "kernel/internal.h"
#include "kernel/oom.h"
#include "kernel/timer.h"
#include "mm/page.h"

static void
trim(struct ktimer *tm)
{
	uint64_t ns = spare_trim();

	if (ns)
		ktimer_set(tm, clock_monotonic_ns() + ns);
}

static struct ktimer timer = {.fn = trim};

static void
grew(void)
{
	ktimer_set(&timer, clock_monotonic_ns() + SPARE_LOOK_NS);
}

void
spare_timer_init(void)
{
	spare_grew = grew;
}
