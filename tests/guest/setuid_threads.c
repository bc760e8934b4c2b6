/* SPDX-License-Identifier: MIT */
/* Ids are the thread's on Linux; the C library changes them in all threads,
 * by a signal it keeps for itself. */
#include "tests/guest/check.h"

#include <pthread.h>

static pthread_barrier_t barrier;

static void *
follows(void *arg)
{
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier); /* meanwhile: setresuid() */
	IS(1234, geteuid());
	IS(1234, getuid());
	IS(2345, getegid());
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier); /* meanwhile: the system call */
	IS(1234, geteuid());
	return NULL;
}

static void
run(void)
{
	pthread_t t[4];

	pthread_barrier_init(&barrier, NULL, 5);
	for (int i = 0; i < 4; i++)
		IS(0, pthread_create(&t[i], NULL, follows, NULL));
	pthread_barrier_wait(&barrier);
	OK(setresgid(2345, 2345, 2345));
	OK(setresuid(1234, 1234, 0));
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	OK(syscall(SYS_setresuid, -1, 0, -1)); /* this thread alone */
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 4; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(0, geteuid());
}

int
main(void)
{
	need_root();
	EXITS(0, run());
	return 0;
}
