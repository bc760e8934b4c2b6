/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/fake_machine.c - the machine as unit tests need it: an arena of
 * plain anonymous memory at the real address, and hypercall() answering the
 * few calls that base/ makes.  Criterion runs each test in a process of its
 * own, so each starts with an arena of zeros.
 */
#include "tests/unit/fake_machine.h"

#include "arch/um/hypercall.h"
#include "arch/um/layout.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <time.h>

struct fake_machine fake_machine;

static void __attribute__((constructor)) map_arena(void)
{
	void *p = mmap((void *)ARENA_BASE, ARENA_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
			       MAP_FIXED_NOREPLACE,
		       -1, 0);

	if (p != (void *)ARENA_BASE) {
		perror("arena");
		abort();
	}
}

static int64_t
now_ns(uint64_t clock)
{
	struct timespec ts;

	if (fake_machine.clock_ns)
		return (int64_t)fake_machine.clock_ns;
	clock_gettime((clockid_t)clock, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static void
keep_log(const char *text, size_t len)
{
	size_t room = sizeof fake_machine.log - 1 - fake_machine.log_len;

	if (room-- == 0)
		return; /* full */
	if (len > room)
		len = room;
	memcpy(fake_machine.log + fake_machine.log_len, text, len);
	fake_machine.log_len += len;
	fake_machine.log[fake_machine.log_len++] = '\n';
}

int64_t
hypercall(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
	  uint64_t e, uint64_t f)
{
	(void)d;
	(void)e;
	(void)f;
	switch (nr) {
	case HC_LOG:
		keep_log((const char *)b, c);
		return 0;
	case HC_CLOCK:
		return now_ns(a);
	case HC_ENTROPY:
		return getrandom((void *)a, b, 0) < 0 ? -errno : 0;
	case HC_ARENA_PUNCH:
		return madvise((void *)a, b, MADV_DONTNEED) < 0 ? -errno : 0;
	case HC_PANIC:
		fprintf(stderr, "panic: %.*s\n", (int)b, (const char *)a);
		abort();
	case HC_FUTEX_WAIT:
	case HC_FUTEX_WAKE:
		return 0;
	default:
		if (fake_machine.other)
			return fake_machine.other(nr, a, b, c, d, e, f);
		fprintf(stderr, "hypercall %d is not faked\n", (int)nr);
		abort();
	}
}
