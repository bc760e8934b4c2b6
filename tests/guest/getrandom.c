/* SPDX-License-Identifier: MIT */
/* getrandom(2). */
#include "tests/guest/check.h"

#include <sys/random.h>

#ifndef GRND_INSECURE
#define GRND_INSECURE 4
#endif

int
main(void)
{
	size_t big = 1 << 20;
	unsigned char a[64] = {0}, b[64] = {0}, *m = malloc(big);
	long counts[256] = {0};

	IS(0, getrandom(a, 0, 0));
	IS(64, getrandom(a, 64, 0));
	IS(64, getrandom(b, 64, GRND_NONBLOCK));
	CHECK(memcmp(a, b, 64));
	IS(7, getrandom(a, 7, GRND_RANDOM | GRND_NONBLOCK));
	IS(7, getrandom(a, 7, GRND_INSECURE));
	IS(big, getrandom(m, big, 0));
	for (size_t i = 0; i < big; i++)
		counts[m[i]]++;
	for (int i = 0; i < 256; i++) /* 4096 each, more or less */
		CHECK(counts[i] > 3600 && counts[i] < 4600);
	FAILS(EINVAL, getrandom(a, 1, 8));
	FAILS(EINVAL, getrandom(a, 1, GRND_RANDOM | GRND_INSECURE));
	FAILS(EFAULT, getrandom(unmapped_page(), 1, 0));
	/* Linux: what could be stored counts. */
	IS(10, getrandom(edge_of_memory(10), 20, 0));
	EXITS(0, IS(64, getrandom(b, 64, 0)));
	return 0;
}
