/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/homes.h - processes that come and go where others were, as
 * with a kernel that runs on their threads (mm/home.c). */
#ifndef TESTS_UNIT_MM_HOMES_H
#define TESTS_UNIT_MM_HOMES_H

#include "mm/mm.h"

/* home_enter - have a thread in @mm. */
void home_enter(struct mm *mm);
/* home_leave - @mm ends: its host side may be kept.  Returns: it is. */
bool home_leave(struct mm *mm);
/* home_move - as at an execve(2): the mm that follows @mm. */
struct mm *home_move(struct mm *mm);

#endif /* TESTS_UNIT_MM_HOMES_H */
