/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdlib.h>

int
queue_josephus(int n, int k)
{
	int *ring = malloc(sizeof(int) * (size_t)n), head = 0, len = n, last;

	for (int i = 0; i < n; i++)
		ring[i] = i + 1;
	while (len > 1) {
		head = (head + k - 1) % len;
		for (int i = head; i < len - 1; i++)
			ring[i] = ring[i + 1];
		len--;
		head %= len;
	}
	last = ring[0];
	free(ring);
	return last;
}
