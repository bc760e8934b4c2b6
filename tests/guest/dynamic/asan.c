/* SPDX-License-Identifier: MIT */
/*
 * A program built with AddressSanitizer: 4 KiB objects from its allocator,
 * which lives at 0x600000000000, threads, fork, and an error that is found.
 * Not static, so it is run where the C library and libasan are.
 */
#include "tests/guest/check.h"

#include <pthread.h>

static void *
churn(void *arg)
{
	char *p[64];

	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 64; i++) {
			p[i] = malloc(4096);
			memset(p[i], i, 4096);
		}
		for (int i = 0; i < 64; i++) {
			CHECK(p[i][4095] == i);
			free(p[i]);
		}
	}
	return arg;
}

/* What it reports goes nowhere; its status tells. */
static void
use_after_free(void)
{
	volatile char *p = malloc(4096);

	OK(close(2));
	OK(open("/dev/null", O_WRONLY));
	free((void *)p);
	exit(p[7] ? 2 : 3);
}

int
main(void)
{
	char *p = malloc(4096);
	pthread_t t[2];

	CHECK((unsigned long)p >> 40 >= 0x60 && (unsigned long)p >> 40 < 0x64);
	free(p);
	churn(NULL);
	for (int i = 0; i < 2; i++)
		IS(0, pthread_create(&t[i], NULL, churn, NULL));
	for (int i = 0; i < 2; i++)
		IS(0, pthread_join(t[i], NULL));
	EXITS(0, churn(NULL));
	EXITS(1, use_after_free());
	return 0;
}
