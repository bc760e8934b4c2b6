/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <string.h>

#define N 40

int
life_after(int steps)
{
	static char a[N][N], b[N][N];
	int alive = 0;

	memset(a, 0, sizeof a);
	a[20][20] = a[20][21] = a[19][20] = a[21][20] = a[19][19] = 1;
	while (steps--) {
		for (int y = 0; y < N; y++) {
			for (int x = 0; x < N; x++) {
				int n = -a[y][x];

				for (int d = 0; d < 9; d++)
					n += a[(y + d / 3 + N - 1) % N]
					      [(x + d % 3 + N - 1) % N];
				b[y][x] = n == 3 || (n == 2 && a[y][x]);
			}
		}
		memcpy(a, b, sizeof a);
	}
	for (int i = 0; i < N * N; i++)
		alive += a[i / N][i % N];
	return alive;
}
