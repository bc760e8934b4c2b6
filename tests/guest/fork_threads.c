/* SPDX-License-Identifier: MIT */
/* fork(2) by threads while others write: each child has a memory that stands
 * still, all of one moment. */
#include "tests/guest/check.h"

#include <pthread.h>

#define PAGES 16

static volatile long area[PAGES][512];
static volatile bool is_done;

/* Writes the pages in turn: at any moment the values fall by at most one. */
static void *
writer(void *arg)
{
	for (long n = 1; !is_done; n++)
		for (int i = 0; i < PAGES; i++)
			area[i][0] = n;
	return NULL;
}

static void
look(void)
{
	long now[PAGES];

	for (int i = 0; i < PAGES; i++)
		now[i] = area[i][0];
	for (int i = 1; i < PAGES; i++)
		CHECK(now[i] == now[i - 1] || now[i] == now[i - 1] - 1);
	CHECK(now[0] - now[PAGES - 1] <= 1);
	for (int i = 0; i < PAGES; i++)
		area[i][1] = getpid();
	for (int i = 0; i < PAGES; i++)
		IS(now[i], area[i][0]);
}

static void *
forker(void *arg)
{
	for (int i = 0; i < 8; i++) {
		pid_t pid = OK(fork());

		if (!pid) {
			look();
			_exit(11);
		}
		int status;

		IS(pid, waitpid(pid, &status, 0));
		IS(11 << 8, status);
	}
	return NULL;
}

int
main(void)
{
	pthread_t w, t[3];

	IS(0, pthread_create(&w, NULL, writer, NULL));
	for (int i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, forker, NULL));
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
	is_done = true;
	IS(0, pthread_join(w, NULL));
	IS(0, area[3][1]); /* no child's write came here */
	return 0;
}
