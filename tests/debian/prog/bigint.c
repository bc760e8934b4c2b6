/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <string.h>

/* Decimal digits, lowest first, then turned round. */
void
bigint_factorial(int n, char *digits)
{
	int len = 1;

	digits[0] = 1;
	for (int f = 2; f <= n; f++) {
		int carry = 0;

		for (int i = 0; i < len; i++) {
			int v = digits[i] * f + carry;

			digits[i] = (char)(v % 10);
			carry = v / 10;
		}
		for (; carry; carry /= 10)
			digits[len++] = (char)(carry % 10);
	}
	for (int i = 0; i < len; i++)
		digits[i] += '0';
	digits[len] = '\0';
	for (int i = 0; i < len / 2; i++) {
		char t = digits[i];

		digits[i] = digits[len - 1 - i];
		digits[len - 1 - i] = t;
	}
}
