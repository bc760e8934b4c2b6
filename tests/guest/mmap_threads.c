/* SPDX-License-Identifier: MIT */
/* One address space, many threads: changes of mappings hold for all at once,
 * and calls from all sides do not disturb each other. */
#include "tests/guest/check.h"

#include <pthread.h>

static volatile char *page;
static volatile int reads, faults;
static volatile bool is_done;

static void
on_fault(int sig)
{
	faults++;
	mprotect((void *)page, 4096, RW);
}

static void *
reader(void *arg)
{
	while (!is_done) {
		(void)*page;
		reads++;
	}
	return NULL;
}

/* After mprotect() has returned, no other thread gets at the page. */
static void
protection_holds_for_all(void)
{
	pthread_t t;

	signal(SIGSEGV, on_fault);
	page = MMAP(4096, RW, MAP_PRIVATE);
	IS(0, pthread_create(&t, NULL, reader, NULL));
	for (int i = 1; i <= 40; i++) {
		int before = reads;

		while (reads == before)
			;
		OK(mprotect((void *)page, 4096, PROT_NONE));
		while (faults < i)
			;
	}
	is_done = true;
	IS(0, pthread_join(t, NULL));
	IS(40, faults);
	signal(SIGSEGV, SIG_DFL);
}

/* Replaced under a reader: it sees the old or the new, then the new. */
static void *
sees_growth(void *arg)
{
	char last = 0, now;

	while (last < 100) {
		now = *page;
		CHECK(now >= last);
		last = now;
	}
	return NULL;
}

static void
replaced(void)
{
	pthread_t t;
	int fd = OK(memfd_create("steps", 0));

	for (int i = 0; i <= 100; i++)
		IS(1, pwrite(fd, &(char){(char)i}, 1, i * 4096));
	OK(ftruncate(fd, 101 * 4096));
	page = MAPPED(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
	IS(0, pthread_create(&t, NULL, sees_growth, NULL));
	for (int i = 1; i <= 100; i++)
		CHECK(mmap((void *)page, 4096, PROT_READ,
			   MAP_SHARED | MAP_FIXED, fd, i * 4096) == page);
	IS(0, pthread_join(t, NULL));
	OK(close(fd));
}

static void *
busy(void *arg)
{
	char id = (char)(long)arg;

	for (int i = 0; i < 60; i++) {
		char *p = MMAP(8 * 4096, RW, MAP_PRIVATE);

		for (int j = 0; j < 8; j++) {
			IS(0, p[j * 4096]);
			p[j * 4096] = id;
		}
		OK(munmap(p + 2 * 4096, 4096));
		OK(mprotect(p + 4 * 4096, 8192, PROT_READ));
		for (int j = 0; j < 8; j++)
			if (j != 2)
				IS(id, p[j * 4096]);
		OK(munmap(p, 8 * 4096));
	}
	return NULL;
}

static char common[64 * 4096];

/* First touches of the same pages at the same time. */
static void *
toucher(void *arg)
{
	for (int i = 0; i < 64; i++)
		__atomic_add_fetch(&common[i * 4096], 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
all(void *(*fn)(void *))
{
	pthread_t t[4];

	for (long i = 0; i < 4; i++)
		IS(0, pthread_create(&t[i], NULL, fn, (void *)(i + 1)));
	for (int i = 0; i < 4; i++)
		IS(0, pthread_join(t[i], NULL));
}

int
main(void)
{
	protection_holds_for_all();
	replaced();
	all(busy);
	all(toucher);
	for (int i = 0; i < 64; i++)
		IS(4, common[i * 4096]);
	return 0;
}
