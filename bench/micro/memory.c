/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/memory.c - mappings and page faults; figures per page.
 */
#include "bench/micro/micro.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define GIB	       (1L << 30)
#define ALL	       (GIB / PAGE) /* pages to be touched at most: a power of 2 */
#define TURN	       (64 * 256L) /* pages */
#define COW	       512L	   /* pages written after one fork */
#define MAP_FILE_PAGES 1024L

static long
op_mmap_64k(long n)
{
	for (long i = 0; i < n; i++)
		munmap(anonymous(65536), 65536);
	return n;
}

static void
touch(char *p, long page)
{
	*(volatile char *)(p + page * PAGE) = 1;
}

/* Touch pages of a fresh GiB: in order, or each once in an order that no
 * read-ahead can guess (an odd step around a ring of 2^18).  Mapping and
 * unmapping are not in the figures. */
static long
first_touch(long n, unsigned long step)
{
	long done = 0;

	spent_ns = 0;
	while (done < n) {
		char *p = anonymous(GIB);
		long pages = n - done < ALL ? n - done : ALL;
		double start = now_ns();

		madvise(p, GIB, MADV_NOHUGEPAGE);
		for (long i = 0; i < pages; i++)
			touch(p, (long)((unsigned long)i * step % ALL));
		spent_ns += now_ns() - start;
		munmap(p, GIB);
		done += pages;
	}
	return done;
}

static long
op_touch_in_order(long n)
{
	return first_touch(n, 1);
}

/* The same 64 MiB time and again: after the first, memory that was there
 * before.
 */
static long
op_touch_again(long n)
{
	static int is_warm;
	double sum = 0;

	if (!is_warm++)
		first_touch(TURN, 1);
	for (long done = 0; done < n; done += TURN) {
		first_touch(TURN, 1);
		sum += spent_ns;
	}
	spent_ns = sum;
	return (n + TURN - 1) / TURN * TURN;
}

static long
op_touch_at_random(long n)
{
	return first_touch(n, 2654435761UL);
}

/* A page that a forked child writes; the fork is not in the figures. */
static long
op_cow_page(long n)
{
	double *spent = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long done;

	spent_ns = 0;
	for (done = 0; done < n; done += COW) {
		char *p = anonymous(COW * PAGE);

		for (long i = 0; i < COW; i++)
			touch(p, i);
		if (start_child() == 0) {
			double start = now_ns();

			for (long i = 0; i < COW; i++)
				touch(p, i);
			*spent = now_ns() - start;
			_exit(0);
		}
		wait(NULL);
		spent_ns += *spent;
		munmap(p, COW * PAGE);
	}
	munmap(spent, PAGE);
	return done;
}

/* A page of a file that is in the cache, read through a fresh mapping. */
static long
op_file_page(long n)
{
	static char buf[65536];
	int fd = open("bench-map", O_CREAT | O_RDWR, 0600);
	long done, sum = 0;

	for (long i = 0; i < MAP_FILE_PAGES * PAGE; i += (long)sizeof buf)
		if (pwrite(fd, buf, sizeof buf, i) < 0)
			die("bench-map");
	spent_ns = 0;
	for (done = 0; done < n; done += MAP_FILE_PAGES) {
		double start = now_ns();
		char *p = mmap(NULL, MAP_FILE_PAGES * PAGE, PROT_READ,
			       MAP_PRIVATE, fd, 0);

		if (p == MAP_FAILED)
			die("mmap");
		for (long i = 0; i < MAP_FILE_PAGES; i++)
			sum += *(volatile char *)(p + i * PAGE);
		munmap(p, MAP_FILE_PAGES * PAGE);
		spent_ns += now_ns() - start;
	}
	close(fd);
	return done + (sum != 0);
}

/* A page loses the right to be written, or gets it back. */
static long
op_mprotect(long n)
{
	char *p = anonymous(16 * PAGE);

	for (long i = 0; i < 16; i++)
		touch(p, i);
	for (long i = 0; i < n; i++)
		if (mprotect(p + 4 * PAGE, PAGE,
			     i & 1 ? PROT_READ | PROT_WRITE : PROT_READ) < 0)
			die("mprotect");
	munmap(p, 16 * PAGE);
	return n;
}

const struct op memory_ops[] = {
	{"mmap+munmap 64 KiB", op_mmap_64k, 0},
	{"first touch in order, a page", op_touch_in_order, 8192},
	{"touch in order again, a page", op_touch_again, TURN},
	{"first touch at random, a page", op_touch_at_random, 8192},
	{"copy-on-write page after fork", op_cow_page, 8 * COW},
	{"file-mapped page, cached", op_file_page, 8 * MAP_FILE_PAGES},
	{"mprotect", op_mprotect, 0},
	{NULL, NULL, 0},
};
