/* SPDX-License-Identifier: MIT */
/* tests/unit/mm/homes.c - see homes.h. */
#include "tests/unit/mm/homes.h"

#include "base/block.h"
#include "tests/unit/mm/fake_host.h"

#include <criterion/criterion.h>

#define MANY 40

void
home_enter(struct mm *mm)
{
	struct mm_thread own;

	if (!mm_take_thread(mm, &own))
		mm_thread_made(mm);
}

bool
home_leave(struct mm *mm)
{
	const struct mm_thread own = {.id = 1, .carrier = 1};
	struct mm_left left = {0};

	if (!mm_leave(mm, &own, &left) || mm_left_alone(&left))
		return false;
	mm_left_done(&left);
	return true;
}

struct mm *
home_move(struct mm *mm)
{
	const struct mm_thread own = {.id = 1, .carrier = 1};
	struct mm *next;

	cr_assert_eq(mm_new(&next), 0);
	if (!mm_may_move(mm, &own, 0) || !mm_move(mm, next, 0))
		cr_assert_eq(mm_need_home(next, 0), 0);
	(void)mm_randomize(next, 0, false);
	return next;
}

/* --- many that end at once --- */

static struct mm *ending[MANY];
static int nended, nkept;

static void
end_next(void)
{
	struct mm *mm;

	if (nended == MANY)
		return;
	mm = ending[nended++];
	nkept += home_leave(mm);
	mm_unuse(mm);
	mm_put(mm);
}

/* While one is emptied, others end. */
static void
end_another(void)
{
	klock_take();
	end_next();
	klock_drop();
}

/* Returns: how many of their host processes are kept. */
static int
end_all(void)
{
	nended = nkept = 0;
	for (int i = 0; i < MANY; i++) {
		cr_assert_eq(mm_new(&ending[i]), 0);
		cr_assert_eq(mm_need_home(ending[i], 0), 0);
		mm_use(ending[i]);
		home_enter(ending[i]);
	}
	while (nended < MANY)
		end_next();
	return nkept;
}

Test(mm, homes_are_bounded)
{
	int in_turn;

	host_start(64 << 20);
	in_turn = end_all();
	cr_assert(in_turn > 0 && in_turn < MANY);
	host_wiping = end_another;
	cr_assert_eq(end_all(), in_turn);
	host_wiping = NULL;
	cr_assert_eq(end_all(), in_turn);
}

/* --- hosts with limits --- */

static struct mm *
new_of_kin(uint64_t kin, int want)
{
	struct mm *mm;

	cr_assert_eq(mm_new(&mm), 0);
	cr_assert_eq(mm_need_home(mm, kin), want);
	return mm;
}

/* Returns: whether its host process is kept. */
static bool
comes_and_goes(uint64_t kin)
{
	struct mm *mm = new_of_kin(kin, 0);
	bool is_kept;

	mm_use(mm);
	home_enter(mm);
	is_kept = home_leave(mm);
	mm_unuse(mm);
	mm_put(mm);
	return is_kept;
}

static int nasked;

static bool
make_room(int64_t err)
{
	cr_assert_eq(err, -EMFILE);
	if (++nasked == 2)
		host_as_error = 0;
	return nasked < 3;
}

/* What others left is there for any program when the host gives no more. */
Test(mm, homes_when_the_host_has_none)
{
	struct mm *mm[2];

	host_start(64 << 20);
	cr_assert(comes_and_goes(1) && comes_and_goes(2));
	host_as_error = -EMFILE;
	mm[0] = new_of_kin(3, 0);
	mm[1] = new_of_kin(4, 0);
	mm_put(new_of_kin(5, -EAGAIN));
	host_room_hook = make_room;
	mm_put(new_of_kin(6, 0));
	cr_assert_eq(nasked, 2);
	host_as_error = -EMFILE;
	mm_put(new_of_kin(7, -EAGAIN));
	host_room_hook = NULL;
	host_as_error = -ENOMEM;
	mm_put(new_of_kin(8, -ENOMEM));
	host_as_error = 0;
	mm_put(mm[0]);
	mm_put(mm[1]);
}

/* Where files are few, few are kept. */
Test(mm, homes_where_files_are_few)
{
	host_start(64 << 20);
	homes_init(12);
	cr_assert(end_all() == 1);
	homes_init(1 << 20);
	cr_assert(end_all() > 1);
}

/* A program that had company, by a thread or a vfork(2), leaves its host
 * process like any other. */
Test(mm, homes_of_those_that_had_company)
{
	struct mm *mm;

	host_start(64 << 20);
	cr_assert_eq(mm_new(&mm), 0);
	cr_assert_eq(mm_need_home(mm, 0), 0);
	mm_use(mm);
	home_enter(mm);
	mm_use(mm);
	home_enter(mm);
	cr_assert(home_leave(mm));
	mm_unuse(mm);
	cr_assert(home_leave(mm));
	cr_assert(mm_as_id(mm) < 0);
	mm_unuse(mm);
	mm_put(mm);
}
