/* SPDX-License-Identifier: MIT */
/* sched_setattr(2), sched_getattr(2). */
#include "tests/guest/check.h"

#include <sched.h>

struct attr {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
	uint32_t util_min, util_max;
};

static long
set(struct attr *a)
{
	return syscall(SYS_sched_setattr, 0, a, 0);
}

static long
get(struct attr *a, unsigned size)
{
	return syscall(SYS_sched_getattr, 0, a, size, 0);
}

int
main(void)
{
	struct {
		struct attr a;
		uint64_t more;
	} big = {.more = 1};
	struct attr a = {.size = sizeof a}, got;

	memset(&got, 0xff, sizeof got);
	OK(get(&got, sizeof got));
	IS(SCHED_OTHER, got.policy);
	IS(0, got.nice);
	CHECK(got.size >= 48 && got.size <= sizeof got);
	OK(get(&got, 48)); /* the first version */
	IS(48, got.size);

	a.policy = SCHED_BATCH;
	a.nice = 5;
	OK(set(&a));
	OK(get(&got, sizeof got));
	IS(SCHED_BATCH, got.policy);
	IS(5, got.nice);
	a.size = 48;
	a.nice = 6;
	OK(set(&a));
	a.size = 0; /* as 48 */
	OK(set(&a));

	FAILS(EINVAL, get(&got, 47));
	FAILS(EINVAL, syscall(SYS_sched_getattr, 0, &got, sizeof got, 1));
	FAILS(EINVAL, syscall(SYS_sched_getattr, 0, NULL, sizeof got, 0));
	FAILS(ESRCH,
	      syscall(SYS_sched_getattr, 0x3fffffff, &got, sizeof got, 0));
	FAILS(EINVAL, syscall(SYS_sched_setattr, 0, &a, 1));
	FAILS(EINVAL, syscall(SYS_sched_setattr, 0, NULL, 0));
	a.policy = 99;
	a.size = 48;
	FAILS(EINVAL, set(&a));
	a.policy = SCHED_OTHER;
	a.flags = 1ull << 40;
	FAILS(EINVAL, set(&a));
	/* Longer than known, and not zero: too big, and the size is told. */
	big.a = a;
	big.a.flags = 0;
	big.a.size = sizeof big;
	FAILS(E2BIG, set(&big.a));
	CHECK(big.a.size >= 48 && big.a.size < sizeof big);
	a.flags = 0;
	a.size = 47;
	FAILS(E2BIG, set(&a));
	a.size = 48;
	a.nice = 99; /* Linux: as near as there is */
	OK(set(&a));
	OK(get(&got, sizeof got));
	IS(19, got.nice);
	return 0;
}
