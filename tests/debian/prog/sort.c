/* SPDX-License-Identifier: MIT */
#include "prog.h"

static void
sift(int *v, int root, int n)
{
	int child;

	while ((child = 2 * root + 1) < n) {
		int t = v[root];

		if (child + 1 < n && v[child + 1] > v[child])
			child++;
		if (t >= v[child])
			return;
		v[root] = v[child];
		v[child] = t;
		root = child;
	}
}

void
sort_ints(int *v, int n)
{
	for (int i = n / 2 - 1; i >= 0; i--)
		sift(v, i, n);
	for (int i = n - 1; i > 0; i--) {
		int t = v[0];

		v[0] = v[i];
		v[i] = t;
		sift(v, 0, i);
	}
}
