/* SPDX-License-Identifier: MIT */
/* Preemption: who spins in user code never keeps others from running, though
 * there be one processor only. */
#include "tests/guest/check.h"

#include <pthread.h>

static volatile long *turn;

/* Each waits for the other by spinning: a time slice a turn, at worst. */
static void
spin_turns(int me)
{
	for (int i = 0; i < 10; i++) {
		while (*turn % 2 != me)
			__asm__ volatile("pause");
		++*turn;
	}
}

static void *
thread(void *arg)
{
	spin_turns(1);
	return NULL;
}

static void
threads(void)
{
	pthread_t t;

	*turn = 0;
	IS(0, pthread_create(&t, NULL, thread, NULL));
	spin_turns(0);
	IS(0, pthread_join(t, NULL));
	IS(20, *turn);
}

static void
processes(void)
{
	pid_t pid;

	*turn = 0;
	pid = OK(fork());
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		spin_turns(1);
		_exit(0);
	}
	spin_turns(0);
	REAPS(0, pid);
	IS(20, *turn);
}

static volatile long rounds;

static void *
spinner(void *arg)
{
	while (rounds >= 0)
		__asm__ volatile("pause");
	return NULL;
}

/* Sleepers and pipes go on beside spinners. */
static void
others_go_on(void)
{
	pthread_t t[3];
	int p[2];
	char c;

	OK(pipe(p));
	for (int i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, spinner, NULL));
	for (int i = 0; i < 20; i++) {
		sleep_ms(1);
		EXITS(0, IS(1, write(p[1], "x", 1)));
		IS(1, read(p[0], &c, 1));
	}
	rounds = -1;
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
}

int
main(void)
{
	turn = (long *)MMAP(4096, RW, MAP_SHARED);
	threads();
	processes();
	others_go_on();
	return 0;
}
