/* SPDX-License-Identifier: MIT */
/* Mutexes, conditions, barriers and rwlocks of the C library, contended. */
#include "tests/guest/check.h"

#include <pthread.h>
#include <semaphore.h>

#define THREADS 6
#define ROUNDS	1500

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static long count, twin;

static void
storm(void *(*fn)(void *))
{
	pthread_t t[THREADS];

	count = twin = 0;
	for (long i = 0; i < THREADS; i++)
		IS(0, pthread_create(&t[i], NULL, fn, (void *)i));
	for (long i = 0; i < THREADS; i++)
		IS(0, pthread_join(t[i], NULL));
}

static void *
adder(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		pthread_mutex_lock(&mutex);
		count++;
		if (i % 64 == 0)
			sched_yield();
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

/* Round robin: each waits for its turn. */
static void *
turns(void *arg)
{
	for (int i = 0; i < 40; i++) {
		pthread_mutex_lock(&mutex);
		while (count % THREADS != (long)arg)
			pthread_cond_wait(&cond, &mutex);
		count++;
		pthread_cond_broadcast(&cond);
		pthread_mutex_unlock(&mutex);
	}
	return NULL;
}

static void *
in_step(void *arg)
{
	for (int i = 0; i < 40; i++) {
		__atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
		pthread_barrier_wait(&barrier);
		IS((i + 1) * THREADS,
		   __atomic_load_n(&count, __ATOMIC_SEQ_CST));
		pthread_barrier_wait(&barrier);
	}
	return NULL;
}

static void *
readers_writers(void *arg)
{
	for (int i = 0; i < 300; i++) {
		if (i % 8 == (long)arg) {
			pthread_rwlock_wrlock(&rw);
			count++;
			twin++;
		} else {
			pthread_rwlock_rdlock(&rw);
			CHECK(count == twin);
		}
		pthread_rwlock_unlock(&rw);
	}
	return NULL;
}

static void
timed(void)
{
	struct timespec t;
	long start = now_ms();

	pthread_mutex_lock(&mutex);
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 30000000;
	t.tv_sec += t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	IS(ETIMEDOUT, pthread_mutex_timedlock(&mutex, &t));
	CHECK(now_ms() - start >= 29);
	IS(ETIMEDOUT, pthread_cond_timedwait(&cond, &mutex, &t));
	pthread_mutex_unlock(&mutex);
}

static sem_t ping, pong;

static void *
ponger(void *arg)
{
	for (int i = 0; i < 300; i++) {
		sem_wait(&ping);
		count++;
		sem_post(&pong);
	}
	return NULL;
}

static void
ping_pong(void)
{
	pthread_t t;

	count = 0;
	OK(sem_init(&ping, 0, 0));
	OK(sem_init(&pong, 0, 0));
	IS(0, pthread_create(&t, NULL, ponger, NULL));
	for (int i = 0; i < 300; i++) {
		IS(i, count);
		OK(sem_post(&ping));
		OK(sem_wait(&pong));
	}
	IS(0, pthread_join(t, NULL));
}

int
main(void)
{
	pthread_barrier_init(&barrier, NULL, THREADS);
	storm(adder);
	IS(THREADS * ROUNDS, count);
	storm(turns);
	IS(THREADS * 40, count);
	storm(in_step);
	storm(readers_writers);
	CHECK(count == twin && count > 0);
	timed();
	ping_pong();
	return 0;
}
