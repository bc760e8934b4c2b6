/* SPDX-License-Identifier: MIT */
/*
 * kernel/uts.c - names, and the load average.
 *
 * The release is the Linux release whose system call interface we follow:
 * programs (glibc among them) decide by it what to expect.
 */
#include "kernel/uts.h"

#include "base/str.h"
#include "base/time.h"
#include "kernel/sched.h"

#define LOAD_PERIOD_NS 5000000000ull
#define FIXED_1	       2048ull /* 11 bits of fraction */

#ifndef VIV_RELEASE
#define VIV_RELEASE "6.12.0-viv"
#endif

struct lx_utsname uts = {
	.sysname = "Linux",
	.nodename = "viv",
	.release = VIV_RELEASE,
	.version = "#1 SMP PREEMPT_DYNAMIC",
	.machine = "x86_64",
	.domainname = "(none)",
};
uint64_t uts_boot_ns;

void
uts_init(const char *hostname)
{
	if (hostname && hostname[0])
		str_copy(uts.nodename, hostname, sizeof(uts.nodename));
	uts_boot_ns = clock_monotonic_ns();
}

/* exp(-5 s / 1, 5, 15 min), in 1/2048: the classic decay of getloadavg(3). */
static const uint64_t decay[3] = {1884, 2014, 2037};
static uint64_t loads[3];
static uint64_t sampled_ns;

/* Brought up to date when somebody looks: an idle guest has no ticks. */
void
sched_loadavg(uint64_t out[3])
{
	uint64_t now = clock_monotonic_ns();
	uint64_t active = sched_nr_running() * FIXED_1;
	uint64_t periods;

	if (!sampled_ns)
		sampled_ns = uts_boot_ns;
	periods = (now - sampled_ns) / LOAD_PERIOD_NS;
	sampled_ns += periods * LOAD_PERIOD_NS;
	for (uint64_t n = 0; n < MIN(periods, 1000ull); n++)
		for (int i = 0; i < 3; i++)
			loads[i] = (loads[i] * decay[i] +
				    active * (FIXED_1 - decay[i])) /
				   FIXED_1;
	for (int i = 0; i < 3; i++)
		out[i] = loads[i] << 5; /* 16 bits of fraction */
}
