/* SPDX-License-Identifier: MIT */
/* Pages of a large mapping touched here and there: what lies between stays
 * zero, is in no sum, and goes through fork, mprotect, mremap, reuse. */
#include "tests/guest/check.h"

#include <sys/resource.h>

#define GIB	(1ul << 30)
#define RING	(GIB / 4096)
#define TOUCH	300ul
#define STEP	2654435761ul
#define TOO_BIG (64ul << 10) /* KiB that 300 pages can't explain */

static char *
page(char *p, unsigned long i)
{
	return p + i * STEP % RING * 4096;
}

/* KiB of a line of /proc/self/status. */
static unsigned long
status_kib(const char *name)
{
	FILE *f = fopen("/proc/self/status", "r");
	unsigned long kib = 0;
	char line[200];

	CHECK(f);
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, name, strlen(name)))
			kib = strtoul(line + strlen(name), NULL, 10);
	fclose(f);
	return kib;
}

static void
write_all(char *p)
{
	for (unsigned long i = 0; i < TOUCH; i++)
		page(p, i)[i] = (char)(i + 1);
}

static void
check_all(char *p)
{
	for (unsigned long i = 0; i < TOUCH; i++) {
		IS((char)(i + 1), page(p, i)[i]);
		IS(0, page(p, i)[4000]);
	}
}

/* The next pages of the ring, untouched before. */
static void
check_others(char *p)
{
	for (unsigned long i = TOUCH; i < 2 * TOUCH; i++)
		IS(0, page(p, i)[i]);
}

static void
sums(void)
{
	unsigned long before = status_kib("VmRSS:"), now;
	char *p = MMAP(GIB, RW, MAP_PRIVATE | MAP_NORESERVE);
	struct rusage ru;

	OK(madvise(p, GIB, MADV_NOHUGEPAGE));
	write_all(p);
	now = status_kib("VmRSS:");
	CHECK(now >= before + 4 * TOUCH && now < before + TOO_BIG);
	CHECK(status_kib("RssAnon:") < now);
	OK(getrusage(RUSAGE_SELF, &ru));
	CHECK((unsigned long)ru.ru_maxrss < before + TOO_BIG);
	check_all(p);
	OK(madvise(p, GIB, MADV_DONTNEED));
	CHECK(status_kib("VmRSS:") < before + 4096);
	check_others(p);
	OK(munmap(p, GIB));
}

static void
changes(void)
{
	char *p = MMAP(GIB, RW, MAP_PRIVATE | MAP_NORESERVE);

	OK(madvise(p, GIB, MADV_NOHUGEPAGE));
	write_all(p);
	EXITS(0, check_all(p); check_others(p); write_all(p);
	      *page(p, TOUCH + 1) = 'c';);
	check_all(p);
	IS(0, *page(p, TOUCH + 1));
	OK(mprotect(p, GIB, PROT_READ));
	IS(SIGSEGV, touch(page(p, 7), 'w'));
	IS(SIGSEGV, touch(page(p, TOUCH + 7), 'w'));
	check_all(p);
	OK(mprotect(p, GIB, RW));
	check_others(p);
	p = MAPPED(mremap(p, GIB, 2 * GIB, MREMAP_MAYMOVE));
	check_all(p);
	IS(0, p[GIB + 4096 * 77]);
	OK(munmap(p + GIB / 4, GIB / 4));
	IS(SIGSEGV, touch(p + GIB / 4, 'r'));
	OK(munmap(p, 2 * GIB));
}

/* The same place again and again: always zeros. */
static void
again(void)
{
	for (int round = 0; round < 4; round++) {
		char *p = MMAP(GIB, RW, MAP_PRIVATE | MAP_NORESERVE);

		OK(madvise(p, GIB, MADV_NOHUGEPAGE));
		for (unsigned long i = 0; i < TOUCH; i++)
			for (int at = 0; at < 4096; at += 512)
				IS(0, page(p, i * 7 % RING)[at]);
		for (unsigned long i = 0; i < TOUCH; i++)
			memset(page(p, i * 5 % RING), 0x5a, 4096);
		OK(munmap(p, GIB));
	}
}

int
main(void)
{
	sums();
	changes();
	again();
	return 0;
}
