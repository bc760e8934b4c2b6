/* SPDX-License-Identifier: MIT */
/* Processes that only compute share the processor: none waits for another's
 * end, and no other event makes them take turns. */
#include "tests/guest/check.h"

#define SPINNERS 6

static void
spin(volatile int *turns, int i)
{
	/* Ends when all have run for a while, each beside the others. */
	for (;;) {
		int done = 0;

		turns[i]++;
		for (int k = 0; k < SPINNERS; k++)
			done += turns[k] > 1000;
		if (done == SPINNERS)
			_exit(0);
	}
}

int
main(void)
{
	volatile int *turns = (void *)MMAP(4096, RW, MAP_SHARED);
	pid_t pid[SPINNERS];

	for (int i = 0; i < SPINNERS; i++) {
		pid[i] = check_fork();
		if (!pid[i])
			spin(turns, i);
	}
	for (int i = 0; i < SPINNERS; i++)
		REAPS(0, pid[i]);
	return 0;
}
