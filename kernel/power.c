/* SPDX-License-Identifier: MIT */
/*
 * kernel/power.c - the end: every other process is killed, then whoever runs
 * last writes back and stops the machine.
 */
#include "kernel/power.h"

#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "include/abi/wait.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"

#define GRACE_NS 2000000000ull

void (*power_off_hook)(void);
static bool is_going;
static int final_status;

int
power_exit_status(int status)
{
	int sig = LX_WTERMSIG(status);

	return sig ? 128 + sig : LX_WEXITSTATUS(status);
}

static void
kill_one(struct process *p, void *arg)
{
	uint32_t *left = arg;

	if (p->is_zombie)
		return;
	++*left;
	if (!process_is_init(p))
		(void)!signal_process(p, LX_SIGKILL, NULL);
}

/* A kernel thread of its own: those that end must not have to wait. */
static void
off_main(void *arg)
{
	struct task *t = arg;
	uint64_t deadline = clock_monotonic_ns() + GRACE_NS;
	uint32_t left;

	sched_arrive();
	for (;;) {
		left = 0;
		process_each(kill_one, &left);
		if (!left || clock_monotonic_ns() > deadline)
			break;
		(void)!task_sleep_killable(t, "power",
					   clock_monotonic_ns() + 1000000);
	}
	if (left)
		log_warn("%u processes did not end in time", left);
	if (power_off_hook)
		power_off_hook();
	machine_exit(power_exit_status(final_status));
}

void
power_off(int status)
{
	struct task *t;
	struct process *p;

	if (is_going)
		return;
	is_going = true;
	final_status = status;
	if (task_alloc(&t) || process_alloc(&p))
		panic("no memory to power off");
	t->proc = p;
	if (sched_task_init(t, off_main, t))
		panic("no stack to power off");
	task_set_comm(t, "power");
	sched_ready(t);
}
