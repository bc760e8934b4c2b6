/* SPDX-License-Identifier: MIT */
/* kernel/block.c - sleeping and waking; see kernel/block.h. */
#include "kernel/block.h"

#include "base/block.h"
#include "base/panic.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trap.h"

static void
waiter_wake(struct waiter *w, uint32_t events)
{
	w->fired = true;
	w->seen |= events;
	task_wake(w->arg);
}

void
task_waiter_init(struct waiter *w, struct task *t)
{
	*w = (struct waiter){.wake = waiter_wake, .arg = t};
	list_init(&w->link);
}

void
task_waiter_listen(struct waiter *w, struct task *t, struct waitq *wq,
		   uint32_t events)
{
	task_waiter_init(w, t);
	waitq_listen(wq, w, events);
}

static void
sleep_over(struct ktimer *tm)
{
	struct task *t = CONTAINER_OF(tm, struct task, sleep_timer);

	t->is_timed_out = true;
	task_wake(t);
}

static bool
must_leave(const struct task *t, enum task_state state)
{
	if (state == TASK_SLEEPING)
		return signal_is_pending(t);
	return t->is_kill_pending;
}

/* One sleep in @state; a wake-up that came since the last one ends it. */
static int
sleep_in(struct task *t, enum task_state state, const char *wchan,
	 uint64_t deadline_ns)
{
	kassert(t == current_task());
	t->is_timed_out = false;
	if (deadline_ns != TIME_NEVER) {
		if (deadline_ns <= clock_monotonic_ns() && !t->is_woken)
			return must_leave(t, state) ? -ERESTARTSYS : -ETIMEDOUT;
		ktimer_init(&t->sleep_timer, sleep_over);
		ktimer_set(&t->sleep_timer, deadline_ns);
	}
	if (!t->is_woken && !must_leave(t, state)) {
		if (trap_observer && state == TASK_SLEEPING)
			trap_observer->sleeps(t);
		sched_park(t, state, wchan);
	}
	ktimer_cancel(&t->sleep_timer);
	if (t->is_woken && !t->is_timed_out) {
		t->is_woken = false;
		return 0;
	}
	t->is_woken = false;
	if (t->is_timed_out)
		return -ETIMEDOUT;
	return must_leave(t, state) ? -ERESTARTSYS : 0;
}

int
task_sleep(struct task *t, const char *wchan, uint64_t deadline_ns)
{
	return sleep_in(t, TASK_SLEEPING, wchan, deadline_ns);
}

int
task_sleep_killable(struct task *t, const char *wchan, uint64_t deadline_ns)
{
	return sleep_in(t, TASK_BLOCKED, wchan, deadline_ns);
}

int
task_block_until(struct task *t, struct waiter *w, uint64_t deadline_ns)
{
	while (!w->fired) {
		int err = task_sleep(t, "waitq", deadline_ns);

		if (err && !w->fired)
			return err;
	}
	w->fired = false;
	return 0;
}

int
task_block(struct task *t, struct waiter *w)
{
	return task_block_until(t, w, TIME_NEVER);
}

void
task_wake(struct task *t)
{
	t->is_woken = true;
	if (t->state == TASK_SLEEPING || t->state == TASK_BLOCKED)
		sched_ready(t);
}

/* --- base/block.h's hooks: no signal ends these --- */

static void *
hook_self(void)
{
	return current_task();
}

static void
hook_sleep(void)
{
	struct task *t = current_task();

	kassert(t);
	if (!t->is_woken)
		sched_park(t, TASK_BLOCKED, "io");
	t->is_woken = false;
}

static void
hook_wake(void *task)
{
	task_wake(task);
}

static bool
hook_runs(const void *task)
{
	return sched_is_running(task);
}

static bool
hook_stay(void)
{
	return sched_stay("io");
}

static const struct block_ops hooks = {
	.self = hook_self,
	.sleep = hook_sleep,
	.wake = hook_wake,
	.runs = hook_runs,
	.stay = hook_stay,
	.resume = sched_resume,
	.has_room = sched_has_room,
};

void
block_init(void)
{
	block_ops = &hooks;
}
