/* SPDX-License-Identifier: MIT */
/* futex_waitv(2): waiting for one of several words. */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <pthread.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

struct waiter {
	uint64_t val, addr;
	uint32_t flags, reserved;
};

static uint32_t words[3];
static struct waiter v[3];

static long
waitv(unsigned n, unsigned flags, struct timespec *t)
{
	return syscall(SYS_futex_waitv, v, n, flags, t, CLOCK_MONOTONIC);
}

static void
fill(void)
{
	for (int i = 0; i < 3; i++)
		v[i] = (struct waiter){.addr = (uintptr_t)&words[i],
				       .flags = 2 /* 32 bits */ |
						FUTEX_PRIVATE_FLAG};
}

static void *
waker(void *arg)
{
	while (syscall(SYS_futex, &words[1], FUTEX_WAKE_PRIVATE, 1, NULL, NULL,
		       0) == 0)
		sleep_ms(1);
	return NULL;
}

int
main(void)
{
	struct timespec past = {1, 0};
	pthread_t t;

	fill();
	if (waitv(0, 0, NULL) < 0 && errno == ENOSYS)
		SKIP("no futex_waitv");
	FAILS(EINVAL, waitv(0, 0, NULL));
	FAILS(EINVAL, waitv(3, 1, NULL));
	FAILS(EINVAL, waitv(129, 0, NULL));
	FAILS(ETIMEDOUT, waitv(3, 0, &past));
	v[2].val = 7;
	FAILS(EAGAIN, waitv(3, 0, &past));
	fill();
	v[1].flags = 0;
	FAILS(EINVAL, waitv(3, 0, &past));
	fill();
	v[1].addr++;
	FAILS(EINVAL, waitv(3, 0, &past));
	fill();
	IS(0, pthread_create(&t, NULL, waker, NULL));
	IS(1, waitv(3, 0, NULL)); /* the one that was woken */
	IS(0, pthread_join(t, NULL));
	return 0;
}
