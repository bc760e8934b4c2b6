/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdlib.h>

double
matrix_trace_of_product(int n)
{
	double *a = malloc(sizeof(double) * (size_t)(n * n)), trace = 0;

	for (int i = 0; i < n * n; i++)
		a[i] = (i * 31 % 17) / 16.0;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n; k++)
			trace += a[i * n + k] * a[k * n + i];
	free(a);
	return trace;
}
