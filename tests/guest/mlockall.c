/* SPDX-License-Identifier: MIT */
/* mlockall(2) and munlockall(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

static void
future_mappings_come_populated(void)
{
	unsigned char vec[4];
	char *p;

	OK(mlockall(MCL_FUTURE));
	p = MMAP(4 * 4096, RW, MAP_PRIVATE);
	OK(mincore(p, 4 * 4096, vec));
	IS(1, vec[0] & vec[1] & vec[2] & vec[3] & 1);
	FAILS(EINVAL, madvise(p, 4096, MADV_DONTNEED));
	EXITS(0, OK(madvise(p, 4096, MADV_DONTNEED)));
	OK(munlockall());
	OK(madvise(p, 4096, MADV_DONTNEED));
	p = MMAP(4096, RW, MAP_PRIVATE);
	OK(mincore(p, 4096, vec));
	IS(0, vec[0] & 1);

	OK(mlockall(MCL_FUTURE | MCL_ONFAULT));
	p = MMAP(4096, RW, MAP_PRIVATE);
	OK(mincore(p, 4096, vec));
	IS(0, vec[0] & 1);
	OK(munlockall());
}

static void
current_needs_room_under_the_limit(void)
{
	struct rlimit lim = {4096, 4096};

	OK(setrlimit(RLIMIT_MEMLOCK, &lim));
	if (geteuid() == 0) {
		OK(mlockall(MCL_CURRENT));
		OK(munlockall());
		become_nobody();
	}
	FAILS(ENOMEM, mlockall(MCL_CURRENT));
	lim.rlim_cur = 0;
	OK(setrlimit(RLIMIT_MEMLOCK, &lim));
	FAILS(EPERM, mlockall(MCL_FUTURE));
	OK(munlockall());
}

int
main(void)
{
	FAILS(EINVAL, mlockall(0));
	FAILS(EINVAL, mlockall(8));
	FAILS(EINVAL, mlockall(MCL_ONFAULT));
	OK(munlockall());
	EXITS(0, future_mappings_come_populated());
	EXITS(0, current_needs_room_under_the_limit());
	return 0;
}
