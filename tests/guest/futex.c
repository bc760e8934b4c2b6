/* SPDX-License-Identifier: MIT */
/* futex(2): wait and wake, with bit sets and times. */
#include "tests/guest/check.h"

#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>

static unsigned word;
static volatile int awake;

static long
futex(unsigned *at, int op, unsigned val, const void *t, unsigned bits)
{
	return syscall(SYS_futex, at, op, val, t, NULL, bits);
}

static void
returns_at_once(void)
{
	struct timespec zero = {0, 0}, bad = {0, 1000000000}, neg = {-1, 0};

	word = 5;
	FAILS(EAGAIN, futex(&word, FUTEX_WAIT, 4, NULL, 0));
	FAILS(EAGAIN, futex(&word, FUTEX_WAIT_PRIVATE, 4, &zero, 0));
	FAILS(ETIMEDOUT, futex(&word, FUTEX_WAIT, 5, &zero, 0));
	FAILS(EINVAL, futex(&word, FUTEX_WAIT, 4, &bad, 0));
	FAILS(EINVAL, futex(&word, FUTEX_WAIT, 4, &neg, 0));
	FAILS(EFAULT, futex(&word, FUTEX_WAIT, 4, unmapped_page(), 0));
	FAILS(EINVAL,
	      futex((void *)((char *)&word + 1), FUTEX_WAIT, 5, NULL, 0));
	FAILS(EINVAL,
	      futex((void *)((char *)&word + 2), FUTEX_WAKE, 5, NULL, 0));
	FAILS(EFAULT, futex(unmapped_page(), FUTEX_WAIT, 0, NULL, 0));
	FAILS(EFAULT, futex(NULL, FUTEX_WAIT, 0, NULL, 0));
	FAILS(EFAULT, futex(unmapped_page(), FUTEX_WAKE, 1, NULL, 0));
	FAILS(EINVAL, futex(&word, FUTEX_WAIT_BITSET, 5, NULL, 0));
	FAILS(EINVAL, futex(&word, FUTEX_WAKE_BITSET, 1, NULL, 0));
	FAILS(ENOSYS, futex(&word, 100, 0, NULL, 0));
	IS(0, futex(&word, FUTEX_WAKE, INT_MAX, NULL, 0));
}

static void
times(void)
{
	struct timespec t = {0, 40000000};
	long begin = now_ms();

	FAILS(ETIMEDOUT, futex(&word, FUTEX_WAIT, 5, &t, 0));
	CHECK(now_ms() - begin >= 39);
	/* With bits the time is absolute, of one clock or the other. */
	for (int real = 0; real < 2; real++) {
		int op = FUTEX_WAIT_BITSET | (real ? FUTEX_CLOCK_REALTIME : 0);

		begin = now_ms();
		clock_gettime(real ? CLOCK_REALTIME : CLOCK_MONOTONIC, &t);
		FAILS(ETIMEDOUT, futex(&word, op, 5, &t, 1));
		t.tv_nsec += 40000000;
		t.tv_sec += t.tv_nsec / 1000000000;
		t.tv_nsec %= 1000000000;
		FAILS(ETIMEDOUT, futex(&word, op, 5, &t, 1));
		CHECK(now_ms() - begin >= 39);
	}
}

static void *
waiter(void *bits)
{
	IS(0, futex(&word, FUTEX_WAIT_BITSET_PRIVATE, 5, NULL,
		    (unsigned)(long)bits));
	__atomic_add_fetch(&awake, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Wakes until @n have been woken: they may not yet sleep. */
static void
wake(int n, unsigned bits)
{
	while (n > 0)
		n -= OK(futex(&word, FUTEX_WAKE_BITSET_PRIVATE, n, NULL, bits));
	IS(0, n);
}

static void
chosen_by_bits(void)
{
	pthread_t a, b, c;

	IS(0, pthread_create(&a, NULL, waiter, (void *)1));
	IS(0, pthread_create(&b, NULL, waiter, (void *)2));
	IS(0, pthread_create(&c, NULL, waiter, (void *)3));
	wake(1, 4 | 2); /* b or c */
	wake(1, 2);	/* the other */
	IS(0, futex(&word, FUTEX_WAKE_BITSET_PRIVATE, 9, NULL, 2));
	wake(1, 1 | 8);
	IS(0, pthread_join(a, NULL));
	IS(0, pthread_join(b, NULL));
	IS(0, pthread_join(c, NULL));
	IS(3, awake);
}

/* FUTEX_WAKE wakes any bits; each wait is woken once. */
static void
counted(void)
{
	pthread_t t[5];

	awake = 0;
	for (long i = 0; i < 5; i++)
		IS(0, pthread_create(&t[i], NULL, waiter, (void *)(1l << i)));
	for (int n = 0; n < 5;)
		n += OK(futex(&word, FUTEX_WAKE_PRIVATE, 2, NULL, 0));
	for (int i = 0; i < 5; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(5, awake);
}

/* By two mappings of one file, in two processes. */
static void
shared(void)
{
	int fd = OK(memfd_create("f", 0));
	unsigned *a, *b;

	OK(ftruncate(fd, 4096));
	a = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	b = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	if (!check_fork()) {
		OK(munmap(a, 4096));
		while (__atomic_load_n(b + 9, __ATOMIC_SEQ_CST) == 0)
			if (futex(b + 9, FUTEX_WAIT, 0, NULL, 0) < 0)
				IS(EAGAIN, errno);
		_exit(0);
	}
	until_asleep(check_pid);
	IS(0, futex(a + 8, FUTEX_WAKE, 9, NULL, 0));
	__atomic_store_n(a + 9, 1, __ATOMIC_SEQ_CST);
	IS(1, futex(a + 9, FUTEX_WAKE, 9, NULL, 0));
	REAPS(0, check_pid);
}

int
main(void)
{
	returns_at_once();
	times();
	chosen_by_bits();
	counted();
	shared();
	return 0;
}
