/* SPDX-License-Identifier: MIT */
/* tests/unit/kernel/timer.c - the heap of timers against a list of deadlines:
 * each fires once, when it is due, in order; the machine is armed in time. */
#include "kernel/timer.h"

#include "base/time.h"
#include "kernel/internal.h"
#include "tests/unit/fake_machine.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define N 1000

static struct ktimer timers[N];
static uint64_t want[N]; /* when it should fire; 0: not armed */
static uint64_t machine_ns = TIME_NEVER, last_fired;
static int fired;

void
machine_timer_set(uint64_t deadline_ns)
{
	machine_ns = deadline_ns;
}

static void
on_time(struct ktimer *tm)
{
	long i = tm - timers;

	cr_assert(want[i], "timer %ld fired, which was not armed", i);
	cr_assert_leq(want[i], fake_machine.clock_ns);
	cr_assert_leq(last_fired, want[i], "out of order");
	cr_assert_not(ktimer_armed(tm));
	last_fired = want[i];
	want[i] = 0;
	fired++;
}

static uint64_t
earliest(void)
{
	uint64_t at = TIME_NEVER;

	for (int i = 0; i < N; i++)
		if (want[i] && want[i] < at)
			at = want[i];
	return at;
}

static void
run_to(uint64_t now)
{
	fake_machine.clock_ns = now;
	last_fired = 0;
	if (machine_ns <= now)
		machine_ns = TIME_NEVER; /* it went off */
	timers_run();
	cr_assert_gt(earliest(), now, "something due did not fire");
	cr_assert_leq(machine_ns, earliest());
}

static void
set_up(void)
{
	fake_machine.clock_ns = 1;
	for (int i = 0; i < N; i++)
		ktimer_init(&timers[i], on_time);
}

Test(timer, each_fires_once_and_in_order, .init = set_up)
{
	uint64_t now = 1;

	srand(5);
	for (int step = 0; step < 20000; step++) {
		int i = rand() % N;

		switch (rand() % 8) {
		case 0:
			ktimer_cancel(&timers[i]);
			want[i] = 0;
			break;
		case 1:
			now += (uint64_t)rand() % 500;
			run_to(now);
			break;
		default:
			want[i] = now + 1 + (uint64_t)rand() % 5000;
			ktimer_set(&timers[i], want[i]);
			/* Early is allowed, late is not. */
			cr_assert_leq(machine_ns, earliest());
		}
		cr_assert_eq(ktimer_armed(&timers[i]), want[i] != 0);
	}
	run_to(now + 6000);
	cr_assert_eq(earliest(), TIME_NEVER);
	cr_assert_gt(fired, 1000);
}

static struct ktimer again;
static int rounds;

static void
arm_again(struct ktimer *tm)
{
	if (++rounds < 5)
		ktimer_set(tm, fake_machine.clock_ns + 10);
}

Test(timer, a_callback_may_arm_its_timer)
{
	fake_machine.clock_ns = 100;
	ktimer_init(&again, arm_again);
	ktimer_set(&again, 50); /* due already */
	for (int i = 0; i < 10; i++) {
		timers_run();
		fake_machine.clock_ns += 10;
	}
	cr_assert_eq(rounds, 5);
}

Test(timer, never_is_no_deadline, .init = set_up)
{
	ktimer_set(&timers[0], 10);
	ktimer_set(&timers[0], TIME_NEVER);
	cr_assert_not(ktimer_armed(&timers[0]));
	run_to(1000);
	cr_assert_eq(fired, 0);
}
