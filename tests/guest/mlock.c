/* SPDX-License-Identifier: MIT */
/* mlock(2), mlock2(2), munlock(2), and who may. */
#include "tests/guest/check.h"

#include <sys/resource.h>

#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif

static void
limit(long bytes)
{
	struct rlimit lim = {bytes, bytes};

	OK(setrlimit(RLIMIT_MEMLOCK, &lim));
}

static void
locks(void)
{
	char *p = MMAP(4 * 4096, RW, MAP_PRIVATE);
	unsigned char vec[4];

	OK(mlock(p + 10, 4096)); /* two pages: the ends are rounded */
	OK(mincore(p, 4 * 4096, vec));
	IS(1, vec[0] & vec[1] & 1);
	IS(0, vec[2] & 1);
	FAILS(EINVAL, madvise(p, 4096, MADV_DONTNEED));
	OK(munlock(p, 8192));
	OK(madvise(p, 4096, MADV_DONTNEED));
	OK(mlock2(p + 8192, 8192, MLOCK_ONFAULT));
	OK(mincore(p, 4 * 4096, vec));
	IS(0, vec[2] & 1);
	FAILS(EINVAL, mlock2(p, 4096, 2));
	OK(mlock(p, 0));
	OK(munmap(p + 4096, 4096));
	FAILS(ENOMEM, mlock(p, 3 * 4096));
	FAILS(ENOMEM, munlock(p, 3 * 4096));
	FAILS(geteuid() ? ENOMEM : EINVAL, mlock(p, -8192ul));
	FAILS(EINVAL, munlock(p, -8192ul));
	OK(munmap(p, 4 * 4096));
}

static void
the_limit_binds_users(void)
{
	char *p;

	limit(16 * 4096);
	if (geteuid() == 0) {
		p = MMAP(17 * 4096, RW, MAP_PRIVATE);
		OK(mlock(p, 17 * 4096)); /* CAP_IPC_LOCK */
		OK(munmap(p, 17 * 4096));
		become_nobody();
	}
	p = MMAP(17 * 4096, RW, MAP_PRIVATE);
	FAILS(ENOMEM, mlock(p, 17 * 4096));
	OK(mlock(p, 12 * 4096));
	OK(mlock(p, 12 * 4096)); /* counted once */
	FAILS(ENOMEM, mlock(p + 12 * 4096, 5 * 4096));
	FAILS(EAGAIN, mmap(NULL, 5 * 4096, RW,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
	OK(munlock(p, 12 * 4096));
	OK(mlock(p + 12 * 4096, 5 * 4096));
	EXITS(0, OK(mlock(p, 12 * 4096))); /* locks are not inherited */
	limit(0);
	FAILS(EPERM, mlock(p, 4096));
	FAILS(EPERM, mmap(NULL, 4096, RW,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
}

int
main(void)
{
	locks();
	EXITS(0, the_limit_binds_users());
	return 0;
}
