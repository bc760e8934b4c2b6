/* SPDX-License-Identifier: MIT */
/* futex(2): locks with priority inheritance. */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <pthread.h>

static unsigned word;

static long
futex(int op, const void *t)
{
	return syscall(SYS_futex, &word, op | FUTEX_PRIVATE_FLAG, 0, t, NULL,
		       0);
}

static void
alone(void)
{
	word = 0;
	OK(futex(FUTEX_LOCK_PI, NULL));
	IS(gettid(), word);
	FAILS(EDEADLK, futex(FUTEX_LOCK_PI, NULL));
	FAILS(EDEADLK, futex(FUTEX_TRYLOCK_PI, NULL));
	OK(futex(FUTEX_UNLOCK_PI, NULL));
	IS(0, word);
	FAILS(EPERM, futex(FUTEX_UNLOCK_PI, NULL));
	OK(futex(FUTEX_TRYLOCK_PI, NULL));
	IS(gettid(), word);
	OK(futex(FUTEX_UNLOCK_PI, NULL));
	word = 0x3ffffff0; /* nobody has this id */
	FAILS(ESRCH, futex(FUTEX_LOCK_PI, NULL));
	word = 0;
}

static volatile int order, got[3];

static void *
locker(void *arg)
{
	OK(futex(FUTEX_LOCK_PI, NULL));
	IS(gettid(), word & FUTEX_TID_MASK);
	got[order++] = (int)(long)arg;
	OK(futex(FUTEX_UNLOCK_PI, NULL));
	return NULL;
}

static void *
times_out(void *arg)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t); /* it is always this clock */
	t.tv_nsec += 30000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	FAILS(ETIMEDOUT, futex(FUTEX_LOCK_PI, &t));
	FAILS(EAGAIN, futex(FUTEX_TRYLOCK_PI, NULL));
	FAILS(EPERM, futex(FUTEX_UNLOCK_PI, NULL));
	return NULL;
}

static void
contended(void)
{
	pthread_t t[3];

	OK(futex(FUTEX_LOCK_PI, NULL));
	IS(0, pthread_create(&t[0], NULL, times_out, NULL));
	IS(0, pthread_join(t[0], NULL));
	IS(gettid(), word & FUTEX_TID_MASK);
	for (long i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, locker, (void *)i));
	while (!(word & FUTEX_WAITERS))
		sleep_ms(1);
	sleep_ms(20);
	IS(0, order);
	OK(futex(FUTEX_UNLOCK_PI, NULL));
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(3, order);
	IS(0, word);
}

static pthread_mutex_t mutex;
static long count;

static void *
adder(void *arg)
{
	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&mutex);
		count++;
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void
by_pthreads(void)
{
	pthread_mutexattr_t attr;
	pthread_t t[4];

	pthread_mutexattr_init(&attr);
	IS(0, pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT));
	IS(0, pthread_mutex_init(&mutex, &attr));
	for (int i = 0; i < 4; i++)
		IS(0, pthread_create(&t[i], NULL, adder, NULL));
	for (int i = 0; i < 4; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(2000, count);
}

int
main(void)
{
	word = 0;
	if (futex(FUTEX_LOCK_PI, NULL) < 0 && errno == ENOSYS)
		SKIP("no priority inheritance");
	OK(futex(FUTEX_UNLOCK_PI, NULL));
	alone();
	contended();
	by_pthreads();
	return 0;
}
