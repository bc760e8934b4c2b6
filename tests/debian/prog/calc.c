/* SPDX-License-Identifier: MIT */
#include "prog.h"

#include <stdlib.h>

static const char *at;

static long sum(void);

static long
atom(void)
{
	char *end;
	long v;

	if (*at == '(') {
		at++;
		v = sum();
		at++;
		return v;
	}
	if (*at == '-') {
		at++;
		return -atom();
	}
	v = strtol(at, &end, 10);
	at = end;
	return v;
}

static long
product(void)
{
	long v = atom();

	while (*at == '*' || *at == '/') {
		char op = *at++;
		long w = atom();

		v = op == '*' ? v * w : v / w;
	}
	return v;
}

static long
sum(void)
{
	long v = product();

	while (*at == '+' || *at == '-') {
		char op = *at++;
		long w = product();

		v = op == '+' ? v + w : v - w;
	}
	return v;
}

long
calc_eval(const char *text)
{
	at = text;
	return sum();
}
