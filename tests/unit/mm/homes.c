/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/homes.c - see homes.h. */
#include "tests/unit/mm/homes.h"

#include <criterion/criterion.h>

void
home_enter(struct mm *mm)
{
	struct mm_thread own;

	if (!mm_take_thread(mm, &own))
		mm_thread_made(mm);
}

void
home_leave(struct mm *mm)
{
	const struct mm_thread own = {.id = 1, .carrier = 1};
	struct mm_left left = {0};

	if (mm_leave(mm, &own, &left) && !mm_left_alone(&left))
		mm_left_done(&left);
}

struct mm *
home_move(struct mm *mm)
{
	struct mm *next;

	cr_assert_eq(mm_new(&next), 0);
	if (!mm_move(mm, next, 0))
		cr_assert_eq(mm_need_home(next, 0), 0);
	return next;
}
