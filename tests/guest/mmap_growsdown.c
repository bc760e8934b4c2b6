/* SPDX-License-Identifier: MIT */
/* MAP_GROWSDOWN: a mapping that grows by being touched below. */
#include "tests/guest/check.h"

#define PAGES	2048
#define PAGE(n) (zone + (n)*4096l)

static char *zone; /* free address space of PAGES pages */

static void
put(int page, int len_pages, int flags)
{
	CHECK(mmap(PAGE(page), len_pages * 4096l, RW,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | flags, -1,
		   0) == PAGE(page));
}

static void
grows_when_touched_below(void)
{
	put(2000, 1, MAP_GROWSDOWN);
	IS(0, touch(PAGE(1999), 'w'));
	IS(0, touch(PAGE(1900), 'r'));
	IS(0, touch(PAGE(1950), 'r'));
	IS(SIGSEGV, touch(PAGE(2001), 'r'));
	IS(SEGV_MAPERR, touched.si_code);
	OK(munmap(zone, PAGES * 4096));
	/* The top is gone, yet what grew goes on to grow. */
	put(2000, 2, MAP_GROWSDOWN);
	IS(0, touch(PAGE(1998), 'w'));
	OK(munmap(PAGE(1999), 3 * 4096));
	IS(0, touch(PAGE(1997), 'w'));
	OK(munmap(zone, PAGES * 4096));
}

static void
keeps_its_distance(void)
{
	/* Linux: stack_guard_gap, 256 pages to any mapping that is not
	 * itself a stack. */
	put(1000, 1, 0);
	put(1400, 1, MAP_GROWSDOWN);
	IS(0, touch(PAGE(1300), 'w'));
	IS(0, touch(PAGE(1257), 'w'));
	IS(SIGSEGV, touch(PAGE(1200), 'w'));
	IS(SIGSEGV, touch(PAGE(1001), 'w'));
	OK(munmap(zone, PAGES * 4096));
}

static void
the_kernel_grows_it_too(void)
{
	int p[2];

	OK(pipe(p));
	put(2000, 1, MAP_GROWSDOWN);
	IS(1, write(p[1], PAGE(1990), 1));
	IS(1, read(p[0], PAGE(1980), 1));
	IS(0, *PAGE(1980));
	OK(munmap(zone, PAGES * 4096));
}

static void
protected_down_to_the_start(void)
{
	put(2000, 2, MAP_GROWSDOWN);
	OK(mprotect(PAGE(2001), 4096, PROT_READ | PROT_GROWSDOWN));
	IS(SIGSEGV, touch(PAGE(2000), 'w'));
	OK(munmap(zone, PAGES * 4096));
	put(2000, 2, 0);
	FAILS(EINVAL, mprotect(PAGE(2000), 4096, PROT_READ | PROT_GROWSDOWN));
	OK(munmap(zone, PAGES * 4096));
}

int
main(void)
{
	zone = MMAP(PAGES * 4096, PROT_NONE, MAP_PRIVATE);
	OK(munmap(zone, PAGES * 4096));
	grows_when_touched_below();
	keeps_its_distance();
	the_kernel_grows_it_too();
	protected_down_to_the_start();
	return 0;
}
