/* SPDX-License-Identifier: MIT */
/* mmap(2) with MAP_FIXED and MAP_FIXED_NOREPLACE. */
#include "tests/guest/check.h"

#define PRIV (MAP_PRIVATE | MAP_ANONYMOUS)

static void
replaces_the_middle(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_PRIVATE);

	memset(p, 'a', 3 * 4096);
	CHECK(mmap(p + 4096, 4096, RW, PRIV | MAP_FIXED, -1, 0) == p + 4096);
	IS('a', p[4095]);
	IS(0, p[4096]);
	IS(0, p[8191]);
	IS('a', p[8192]);
	CHECK(mmap(p, 3 * 4096, PROT_READ, PRIV | MAP_FIXED, -1, 0) == p);
	IS(0, p[0]);
	IS(SIGSEGV, touch(p, 'w'));
	OK(munmap(p, 3 * 4096));
}

static void
noreplace(void)
{
	char *p = MMAP(4 * 4096, RW, MAP_PRIVATE);
	int flags = PRIV | MAP_FIXED_NOREPLACE;

	p[4096] = 'b';
	FAILS(EEXIST, mmap(p, 4 * 4096, RW, flags, -1, 0));
	OK(munmap(p, 4096));
	FAILS(EEXIST, mmap(p, 8192, RW, flags, -1, 0));
	IS('b', p[4096]);
	CHECK(mmap(p, 4096, RW, flags, -1, 0) == p);
	FAILS(EEXIST, mmap(p, 4096, RW, flags, -1, 0));
	FAILS(EINVAL, mmap(p + 1, 4096, RW, flags, -1, 0));
	OK(munmap(p, 4 * 4096));
}

/* A call that fails late must not have unmapped what was there. */
static void
failure_keeps_the_old(void)
{
	char *p = MMAP(4096, RW, MAP_PRIVATE);

	*p = 'c';
	FAILS(EBADF, mmap(p, 4096, RW, MAP_SHARED | MAP_FIXED, -1, 0));
	FAILS(EINVAL, mmap(p, 4096, RW, MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	IS('c', *p);
	OK(munmap(p, 4096));
}

static void
address_zero_is_for_the_privileged(void)
{
	if (geteuid() == 0)
		EXITS(0, {
			become_nobody();
			FAILS(EPERM,
			      mmap(0, 4096, RW, PRIV | MAP_FIXED, -1, 0));
		});
	else
		FAILS(EPERM, mmap(0, 4096, RW, PRIV | MAP_FIXED, -1, 0));
}

int
main(void)
{
	replaces_the_middle();
	noreplace();
	failure_keeps_the_old();
	address_zero_is_for_the_privileged();
	return 0;
}
