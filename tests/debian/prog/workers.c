/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <pthread.h>

struct part {
	pthread_t thread;
	long from, to, sum;
};

static void *
add_up(void *arg)
{
	struct part *p = arg;

	for (long i = p->from; i < p->to; i++)
		p->sum += i;
	return 0;
}

long
workers_sum(int threads, long n)
{
	struct part parts[16] = {0};
	long sum = 0;

	for (int i = 0; i < threads; i++) {
		parts[i].from = n * i / threads;
		parts[i].to = n * (i + 1) / threads;
		pthread_create(&parts[i].thread, 0, add_up, &parts[i]);
	}
	for (int i = 0; i < threads; i++) {
		pthread_join(parts[i].thread, 0);
		sum += parts[i].sum;
	}
	return sum;
}
