/* SPDX-License-Identifier: MIT */
/* Mappings of files that begin as programs do, which the kernel may read in
 * large pieces: what is there, what was written or cut meanwhile, holes. */
#include "tests/guest/check.h"

#define PAGE 4096l
#define LONG 1300l /* pages */

static void
put(int fd, long page, long value)
{
	IS(sizeof(value), pwrite(fd, &value, sizeof(value), page * PAGE + 8));
}

static long
at(const char *map, long page)
{
	return *(const volatile long *)(map + page * PAGE + 8);
}

/* Nothing of it needs to be in memory any more. */
static void
forget(int fd)
{
	OK(fsync(fd));
	IS(0, posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
}

/* Each page holds its number, but for what is not written. */
static int
program(long pages, bool is_sparse)
{
	int fd = OK(open("p", O_CREAT | O_TRUNC | O_RDWR, 0600));

	IS(4, write(fd, "\177ELF", 4));
	for (long i = 0; i < pages; i += is_sparse ? pages - 1 : 1)
		put(fd, i, i);
	OK(ftruncate(fd, pages * PAGE));
	forget(fd);
	return fd;
}

static char *
map(int fd, long pages, int flags)
{
	char head[64];

	IS(sizeof(head), pread(fd, head, sizeof(head), 0));
	return MAPPED(mmap(NULL, pages * PAGE, PROT_READ, flags, fd, 0));
}

static void
all_is_there(long pages)
{
	int fd = program(pages, false);
	char *p = map(fd, pages, MAP_PRIVATE);

	CHECK(memcmp(p, "\177ELF", 4) == 0);
	for (long i = pages; i--;)
		IS(i, at(p, i));
	OK(munmap(p, pages * PAGE));
	OK(close(fd));
}

static void
what_is_written_shows(void)
{
	int fd = program(LONG, false);
	char *p, *q;

	put(fd, 2, -2);
	put(fd, 600, -600);
	q = map(fd, LONG, MAP_SHARED);
	IS(-2, at(q, 2));
	p = map(fd, LONG, MAP_PRIVATE);
	put(fd, 3, -3);
	put(fd, 601, -601);
	put(fd, 1200, -1200);
	for (long i = 0; i < LONG; i++) {
		bool was_put =
			i == 2 || i == 3 || i == 600 || i == 601 || i == 1200;

		IS(was_put ? -i : i, at(p, i));
		IS(was_put ? -i : i, at(q, i));
	}
	OK(munmap(p, LONG * PAGE));
	OK(munmap(q, LONG * PAGE));
	OK(close(fd));
}

static void
what_is_cut_is_gone(void)
{
	int fd = program(LONG, false);
	char *p = map(fd, LONG, MAP_PRIVATE);

	IS(700, at(p, 700));
	OK(ftruncate(fd, 100 * PAGE));
	IS(50, at(p, 50));
	DIES(SIGBUS, at(p, 700));
	DIES(SIGBUS, at(p, 1250));
	OK(ftruncate(fd, LONG * PAGE));
	IS(99, at(p, 99));
	IS(0, at(p, 100));
	IS(0, at(p, 700));
	OK(munmap(p, LONG * PAGE));
	OK(close(fd));
}

static void
holes_are_zeros(void)
{
	const long pages = 20000;
	int fd = program(pages, true);
	char *p = map(fd, pages, MAP_PRIVATE);

	IS(0, at(p, 10000));
	IS(pages - 1, at(p, pages - 1));
	IS(0, at(p, 1));
	OK(munmap(p, pages * PAGE));
	OK(close(fd));
}

/* It is a program by its first bytes alone. */
static void
short_ones(void)
{
	int fd = OK(open("p", O_CREAT | O_TRUNC | O_RDWR, 0600));
	char *p;

	IS(4, write(fd, "\177ELF", 4));
	forget(fd);
	p = MAPPED(mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0));
	IS(0, at(p, 0));
	DIES(SIGBUS, at(p, 1));
	OK(munmap(p, 2 * PAGE));
	OK(close(fd));
}

int
main(void)
{
	all_is_there(30);
	all_is_there(400);
	all_is_there(LONG);
	what_is_written_shows();
	what_is_cut_is_gone();
	holes_are_zeros();
	short_ones();
	return 0;
}
