/* SPDX-License-Identifier: MIT */
/* set_tid_address(2). */
#include "tests/guest/check.h"

#include <linux/futex.h>
#include <pthread.h>

static volatile int word = 1;

static void *
ends(void *arg)
{
	IS(gettid(), syscall(SYS_set_tid_address, &word));
	return NULL;
}

int
main(void)
{
	pthread_attr_t attr;
	pthread_t t;

	IS(gettid(), syscall(SYS_set_tid_address, unmapped_page()));
	IS(gettid(), syscall(SYS_set_tid_address, NULL));

	/* Cleared and woken when the thread is gone. */
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	IS(0, pthread_create(&t, &attr, ends, NULL));
	while (word)
		syscall(SYS_futex, &word, FUTEX_WAIT, 1, NULL, NULL, 0);

	/* A bad address is nobody's trouble. */
	EXITS(3, {
		syscall(SYS_set_tid_address, unmapped_page());
		_exit(3);
	});
	return 0;
}
