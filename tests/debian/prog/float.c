/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <math.h>

double
float_pi(int n)
{
	double sum = 0;

	for (int k = 0; k < n; k++)
		sum += pow(-1, k) / (2 * k + 1);
	return 4 * sum;
}
