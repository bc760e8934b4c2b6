/* SPDX-License-Identifier: MIT */
/*
 * Memory that a process frees is there for the next one, empty; and if nobody
 * wants it, it does not stay with the guest (VivSpare in /proc/meminfo; Linux
 * has no such line, and nothing to give back).
 */
#include "tests/guest/check.h"

#define SIZE (96L << 20)
#define PAGE 4096
#define KEPT (16L << 10) /* KiB; the guest needs some all the time */

static long
spare_kb(void)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[256];
	long kb = 0;

	CHECK(f);
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "VivSpare: %ld", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

static void
fill(long size)
{
	char *p = MMAP(size, RW, MAP_PRIVATE | MAP_NORESERVE);

	for (long i = 0; i < size; i += PAGE) {
		for (long k = 0; k < PAGE; k += 512)
			CHECK(p[i + k] == 0);
		memset(p + i, 0x5a, PAGE);
	}
}

int
main(void)
{
	struct timespec tick = {0, 100000000};
	int tries = 600;

	fill(SIZE);
	EXITS(0, fill(SIZE / 3));
	EXITS(0, fill(SIZE / 2); fill(SIZE / 3));
	EXITS(0, fill(SIZE / 5); fill(SIZE / 7); fill(SIZE / 2));
	while (spare_kb() > KEPT && tries--)
		OK(nanosleep(&tick, NULL));
	CHECK(spare_kb() <= KEPT);
	fill(SIZE / 2);
	return 0;
}
