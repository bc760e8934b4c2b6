/* SPDX-License-Identifier: MIT */
/* A file mapping that others are put over, and holes made in, before any of it
 * was touched: as ld.so does, and in every other way. */
#include "tests/guest/check.h"

#define PAGE  4096
#define PAGES 40

static int fd;

/* Page i of the file begins with the byte 'A' + i. */
static void
make_file(void)
{
	char page[PAGE] = "";

	fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	for (int i = 0; i < PAGES; i++) {
		page[0] = (char)('A' + i);
		IS(PAGE, write(fd, page, PAGE));
	}
}

static char *
map_all(int prot)
{
	/* In the cache from the start, so that nothing needs a fault. */
	return MAPPED(mmap(NULL, PAGES * PAGE, prot, MAP_PRIVATE, fd, 0));
}

static void
map_over(char *p, int at, int n, int prot, int from)
{
	int flags = MAP_PRIVATE | MAP_FIXED | (from < 0 ? MAP_ANONYMOUS : 0);

	CHECK(mmap(p + at * PAGE, (size_t)n * PAGE, prot, flags,
		   from < 0 ? -1 : fd,
		   from < 0 ? 0 : from * PAGE) == p + at * PAGE);
}

static bool
shows(const char *p, int at, int page)
{
	return p[at * PAGE] == 'A' + page;
}

static void
like_a_library(void)
{
	char *p = map_all(PROT_READ);

	map_over(p, 10, 12, PROT_READ | PROT_EXEC, 10);
	map_over(p, 22, 8, PROT_READ, 22);
	map_over(p, 30, 4, RW, 29);
	map_over(p, 34, 6, RW, -1);
	p[30 * PAGE + 1] = 'w';
	p[35 * PAGE] = 'b';
	for (int i = 0; i < 30; i++)
		CHECK(shows(p, i, i));
	for (int i = 30; i < 34; i++)
		CHECK(shows(p, i, i - 1));
	CHECK(!p[34 * PAGE] && p[35 * PAGE] == 'b' && !p[39 * PAGE]);
	DIES(SIGSEGV, p[5 * PAGE] = 'x');
	DIES(SIGSEGV, p[25 * PAGE] = 'x');
	OK(munmap(p, PAGES * PAGE));
	DIES(SIGSEGV, p[25 * PAGE] = 'x');
}

static void
holes(void)
{
	char *p = map_all(PROT_READ);

	OK(munmap(p + 3 * PAGE, 2 * PAGE));
	OK(munmap(p, PAGE));
	OK(munmap(p + 39 * PAGE, PAGE));
	OK(mprotect(p + 20 * PAGE, 5 * PAGE, PROT_NONE));
	OK(munmap(p + 22 * PAGE, PAGE));
	map_over(p, 4, 1, PROT_READ, 7);
	CHECK(shows(p, 1, 1) && shows(p, 2, 2) && shows(p, 5, 5));
	CHECK(shows(p, 4, 7) && shows(p, 19, 19) && shows(p, 25, 25));
	for (int i = 0; i < 5; i++) {
		static const int gone[] = {0, 3, 39, 21, 22};

		DIES(SIGSEGV, *(volatile char *)(p + gone[i] * PAGE));
	}
	OK(mprotect(p + 20 * PAGE, 2 * PAGE, PROT_READ));
	CHECK(shows(p, 20, 20) && shows(p, 21, 21));
	DIES(SIGSEGV, *(volatile char *)(p + 23 * PAGE));
	OK(munmap(p, PAGES * PAGE));
}

/* One page after the other replaced, from the middle, the end, the start. */
static void
replaced_bit_by_bit(void)
{
	char *p = map_all(PROT_READ);

	for (int i = 0; i < PAGES; i++) {
		int at = (i * 17 + 20) % PAGES;

		map_over(p, at, 1, i % 3 ? PROT_READ : RW,
			 i % 5 ? PAGES - 1 - at : -1);
		if (i % 8 == 7)
			CHECK(shows(p, at, PAGES - 1 - at) || !p[at * PAGE]);
	}
	for (int i = 0; i < PAGES; i++) {
		int at = (i * 17 + 20) % PAGES;

		CHECK(i % 5 ? shows(p, at, PAGES - 1 - at) : !p[at * PAGE]);
	}
	OK(munmap(p, PAGES * PAGE));
}

/* Frames that were to be mapped and never were serve others. */
static void
forgotten_copies(void)
{
	for (int i = 0; i < 50; i++) {
		char *p = map_all(RW), *q;

		p[7 * PAGE] = 'x';
		OK(munmap(p, PAGES * PAGE));
		p = map_all(RW);
		OK(munmap(p, PAGES * PAGE));
		q = MMAP(PAGES * PAGE, RW, MAP_PRIVATE);
		for (int k = 0; k < PAGES; k++)
			CHECK(!q[k * PAGE]);
		memset(q, 'q', PAGES * PAGE);
		p = map_all(RW);
		CHECK(shows(p, 7, 7));
		OK(munmap(q, PAGES * PAGE));
		OK(munmap(p, PAGES * PAGE));
	}
}

int
main(void)
{
	make_file();
	like_a_library();
	holes();
	replaced_bit_by_bit();
	forgotten_copies();
	return 0;
}
