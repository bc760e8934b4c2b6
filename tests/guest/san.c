/* SPDX-License-Identifier: MIT */
/*
 * Address space as the sanitizers' runtimes lay it out: AddressSanitizer's
 * shadow and its allocator at 0x600000000000, LeakSanitizer's, the shadow of
 * ThreadSanitizer.  A static program can't be built with them, so it does
 * what they do.
 */
#include "tests/guest/check.h"

#define FIXED (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE)

static char *
at(unsigned long where, unsigned long len, int prot)
{
	char *p = MAPPED(mmap((void *)where, len, prot, FIXED, -1, 0));

	CHECK(p == (char *)where);
	return p;
}

/* Size classes of 2^36 bytes each; regions are opened 64 KiB at a time. */
static void
asan_allocator(void)
{
	char *space = at(0x600000000000, 0x40000000000, PROT_NONE);

	for (unsigned long class = 1; class < 48; class += 5) {
		char *region = space + (class << 36);

		at((unsigned long)region, 65536, RW);
		for (int i = 0; i < 16; i++) { /* 4 KiB objects */
			IS(0, region[i * 4096]);
			memset(region + i * 4096, (int)class, 4096);
		}
		/* Metadata at the region's end, mapped downwards. */
		at((unsigned long)region + (1ul << 36) - 65536, 65536, RW)[9] =
			1;
		IS(SIGSEGV, touch(region + 65536, 'r'));
	}
	EXITS(
		0, for (unsigned long class = 1; class < 48; class += 5) {
			IS(class, space[(class << 36) + 4095]);
		});
	OK(munmap(space, 0x40000000000));
}

static void
asan_shadow(void)
{
	char *low = at(0x7fff8000, 0x10000000, RW);
	char *high = at(0x02008fff7000, 0xdfff0001000, RW);

	at(0x8fff7000, 0x20000000000, PROT_NONE); /* the gap */
	for (unsigned long i = 0; i < 30; i++)
		high[i * 0x7000000000ul] = (char)i;
	for (unsigned long i = 0; i < 30; i++)
		IS(i, high[i * 0x7000000000ul]);
	low[1234] = 1;
	OK(munmap(high, 0xdfff0001000));
	OK(munmap(low, 0x10000000));
}

static void
tsan(void)
{
	char *shadow = at(0x008000000000, 0x100000000000, RW);

	for (unsigned long i = 0; i < 16; i++)
		shadow[i << 40] = 's';
	IS('s', shadow[5ul << 40]);
	OK(munmap(shadow, 0x100000000000));
	CHECK(at(0x7b0000000000, 0x40000000000, PROT_NONE));
}

int
main(void)
{
	asan_allocator();
	EXITS(0, asan_shadow());
	EXITS(0, tsan());
	return 0;
}
