/* SPDX-License-Identifier: MIT */
/* tests/tracer/tests.h - the groups of tests. */
#ifndef TESTS_TRACER_TESTS_H
#define TESTS_TRACER_TESTS_H

#include <stdio.h>
#include <string.h>

void tests_basic(const char *which);
void tests_life(const char *which);
void tests_hostile(const char *which);
void tests_bench(void);
void tests_run(const char *which);

#define TEST(name)                                                             \
	do {                                                                   \
		if (!which || !strcmp(which, #name)) {                         \
			name();                                                \
			printf("ok %s\n", #name);                              \
		}                                                              \
	} while (0)

#endif /* TESTS_TRACER_TESTS_H */
