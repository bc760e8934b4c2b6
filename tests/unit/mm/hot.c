/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/hot.c - which calls are made often: each is told of once, also
 * where four that are made in turn share a set of counters.
 */
#include "mm/internal_patch.h"

#include <criterion/criterion.h>

#define ONE_SET	  2 /* 1 << this many counters */
#define THRESHOLD 16u

Test(hot, four_in_turn)
{
	uint64_t table[1 << ONE_SET] = {0};

	for (uint32_t i = 1; i <= 3 * THRESHOLD; i++)
		for (uint64_t key = 1; key <= 4; key++)
			cr_assert_eq(hot_count(table, ONE_SET, key, THRESHOLD),
				     i == THRESHOLD);
}

Test(hot, told_once)
{
	uint64_t table[1 << ONE_SET] = {0};

	for (uint32_t i = 1; i <= 1000; i++)
		cr_assert_eq(hot_count(table, ONE_SET, 0x44a436, THRESHOLD),
			     i == THRESHOLD);
}

/* What was made some times, and is no more, makes room. */
Test(hot, fifth_comes_later)
{
	uint64_t table[1 << ONE_SET] = {0};
	uint32_t told = 0;

	for (uint32_t i = 0; i < THRESHOLD; i++)
		for (uint64_t key = 1; key <= 4; key++)
			(void)hot_count(table, ONE_SET, key, THRESHOLD);
	for (uint32_t i = 0; i < 4 * (THRESHOLD - 1) + THRESHOLD; i++)
		told += hot_count(table, ONE_SET, 5, THRESHOLD);
	cr_assert_eq(told, 1);
}
