/* SPDX-License-Identifier: MIT */
/* Threads cancelled in a system call and while computing, as the C library
 * does it: a signal that unwinds. */
#include "tests/guest/check.h"

#include <pthread.h>

static int cleaned;

static void
clean(void *arg)
{
	cleaned++;
}

static void *
in_read(void *fd)
{
	char c;

	pthread_cleanup_push(clean, NULL);
	read(*(int *)fd, &c, 1);
	pthread_cleanup_pop(1);
	return NULL;
}

static void *
asleep(void *arg)
{
	pthread_cleanup_push(clean, NULL);
	sleep(1000);
	pthread_cleanup_pop(1);
	return NULL;
}

static void *
computing(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (volatile long i = 0;; i++)
		;
	return NULL;
}

static void *
testing(void *arg)
{
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
	sleep_ms(20);
	pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
	for (;;)
		pthread_testcancel();
	return NULL;
}

static void
cancelled(void *(*fn)(void *), void *arg)
{
	pthread_t t;
	void *ret;

	IS(0, pthread_create(&t, NULL, fn, arg));
	sleep_ms(5);
	IS(0, pthread_cancel(t));
	IS(0, pthread_join(t, &ret));
	CHECK(ret == PTHREAD_CANCELED);
}

int
main(void)
{
	int p[2];

	OK(pipe(p));
	for (int i = 0; i < 10; i++) {
		cancelled(in_read, &p[0]);
		cancelled(asleep, NULL);
	}
	IS(20, cleaned);
	cancelled(computing, NULL);
	cancelled(testing, NULL);
	return 0;
}
