/* SPDX-License-Identifier: MIT */
#include "prog.h"

static int
place(int n, unsigned int cols, unsigned int left, unsigned int right)
{
	unsigned int all = (1u << n) - 1, free = all & ~(cols | left | right);
	int count = cols == all;

	while (free) {
		unsigned int bit = free & -free;

		free -= bit;
		count += place(n, cols | bit, (left | bit) << 1,
			       (right | bit) >> 1);
	}
	return count;
}

int
queens(int n)
{
	return place(n, 0, 0, 0);
}
