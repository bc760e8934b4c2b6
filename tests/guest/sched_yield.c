/* SPDX-License-Identifier: MIT */
/* sched_yield(2): the others get their turn. */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sched.h>

static volatile int turn;

static void *
player(void *me)
{
	for (int i = 0; i < 200; i++) {
		while (turn % 4 != (int)(long)me)
			OK(sched_yield());
		turn++;
	}
	return NULL;
}

int
main(void)
{
	pthread_t t[4];

	for (int i = 0; i < 100; i++)
		OK(sched_yield());
	for (long i = 0; i < 4; i++)
		IS(0, pthread_create(&t[i], NULL, player, (void *)i));
	for (int i = 0; i < 4; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(800, turn);
	return 0;
}
