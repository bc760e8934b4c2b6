/* SPDX-License-Identifier: MIT */
/* brk(2), as the kernel has it: the answer is where the break is. */
#include "tests/guest/check.h"

#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static char *
raw_brk(void *to)
{
	return (char *)syscall(SYS_brk, to);
}

static char *start; /* page aligned, above all glibc has */

static void
grows_zeroed_and_shrinks(void)
{
	CHECK(raw_brk(start + 4 * 4096) == start + 4 * 4096);
	for (int i = 0; i < 4 * 4096; i++)
		IS(0, start[i]);
	memset(start, 'a', 4 * 4096);
	CHECK(raw_brk(start + 4096) == start + 4096);
	IS(SIGSEGV, touch(start + 4096, 'r'));
	IS('a', start[4095]);
	CHECK(raw_brk(start + 8192) == start + 8192);
	IS(0, start[4096]);
	/* Linux: bytes, though memory comes in pages. */
	CHECK(raw_brk(start + 8192 + 5) == start + 8192 + 5);
	IS(0, touch(start + 3 * 4096 - 1, 'w'));
	CHECK(raw_brk(NULL) == start + 8192 + 5);
	CHECK(raw_brk(start) == start);
}

static void
refuses_by_standing_still(void)
{
	CHECK(raw_brk((void *)1) == start);
	CHECK(raw_brk((void *)(1ul << 46)) == start);
	CHECK(raw_brk((void *)-1ul) == start);
}

static void
obeys_the_data_limit(void)
{
	struct rlimit lim = {1 << 20, 1 << 20};

	OK(setrlimit(RLIMIT_DATA, &lim));
	CHECK(raw_brk(start + (4 << 20)) == start);
}

static void
stops_before_a_mapping(void)
{
	char *wall = start + 64 * 4096;

	CHECK(mmap(wall, 4096, PROT_NONE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
		   0) == wall);
	CHECK(raw_brk(wall + 4096) == start);
	CHECK(raw_brk(start + 8192) == start + 8192);
}

static void
forked_break_is_ones_own(void)
{
	char *was = raw_brk(NULL);

	EXITS(0, CHECK(raw_brk(was + 4096) == was + 4096));
	CHECK(raw_brk(NULL) == was);
}

int
main(void)
{
	start = (char *)(((uintptr_t)sbrk(0) + 4095) & -4096ul);
	CHECK(raw_brk(start) == start);
	grows_zeroed_and_shrinks();
	refuses_by_standing_still();
	EXITS(0, obeys_the_data_limit());
	EXITS(0, stops_before_a_mapping());
	forked_break_is_ones_own();
	return 0;
}
