/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdlib.h>

int
primes_below(int n)
{
	char *composite = calloc((size_t)n, 1);
	int count = 0;

	for (int i = 2; i < n; i++) {
		if (composite[i])
			continue;
		count++;
		for (long j = (long)i * i; j < n; j += i)
			composite[j] = 1;
	}
	free(composite);
	return count;
}
