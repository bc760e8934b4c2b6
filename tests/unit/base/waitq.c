/* SPDX-License-Identifier: MIT */
/* tests/unit/base/waitq.c - who is told of an event, and who is not. */
#include "base/waitq.h"

#include <criterion/criterion.h>

static int calls;

static void
count(struct waiter *w, uint32_t events)
{
	(void)w;
	(void)events;
	calls++;
}

Test(waitq, tells_those_who_asked_for_the_event)
{
	struct waiter in = {.wake = count}, out = {.wake = count};
	struct waitq wq;

	waitq_init(&wq);
	waitq_listen(&wq, &in, WAIT_IN);
	waitq_listen(&wq, &out, WAIT_OUT);
	waitq_wake(&wq, WAIT_IN);
	cr_assert_eq(calls, 1);
	cr_assert(in.fired);
	cr_assert_not(out.fired);
	cr_assert(in.seen & WAIT_IN);
	waitq_wake(&wq, WAIT_HUP); /* everyone hears of a hang-up */
	cr_assert_eq(calls, 3);
	waitq_leave(&wq, &in);
	waitq_leave(&wq, &in);
	waitq_wake(&wq, WAIT_IN);
	cr_assert_eq(calls, 3);
	waitq_leave(&wq, &out);
}

Test(waitq, one_exclusive_listener_is_enough)
{
	struct waiter w[3] = {
		{.wake = count, .exclusive = true},
		{.wake = count, .exclusive = true},
		{.wake = count},
	};
	struct waitq wq;

	waitq_init(&wq);
	for (int i = 0; i < 3; i++)
		waitq_listen(&wq, &w[i], WAIT_IN);
	waitq_wake(&wq, WAIT_IN);
	cr_assert(w[2].fired, "a listener that shares is always told");
	cr_assert_eq(w[0].fired + w[1].fired, 1);
	waitq_wake_all(&wq, WAIT_IN);
	cr_assert(w[0].fired && w[1].fired);
}

static void
leave_when_told(struct waiter *w, uint32_t events)
{
	(void)events;
	calls++;
	waitq_leave(w->arg, w);
}

Test(waitq, a_listener_may_leave_while_it_is_told)
{
	struct waitq wq;
	struct waiter w[3];

	waitq_init(&wq);
	for (int i = 0; i < 3; i++) {
		w[i] = (struct waiter){.wake = leave_when_told, .arg = &wq};
		waitq_listen(&wq, &w[i], WAIT_IN);
	}
	waitq_wake(&wq, WAIT_IN);
	cr_assert_eq(calls, 3);
	waitq_wake(&wq, WAIT_IN);
	cr_assert_eq(calls, 3);
}
