/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/thread.c - viv's side of a kernel that runs in guest
 * processes: letting it go there with a guest thread, and what comes back.
 */
#include "arch/um/layout.h"
#include "tracer/fpstate.h"
#include "tracer/seccomp/internal.h"
#include "tracer/stub/hostclock.h"

static void
direct_stopped(struct gthread *t, struct thread_run *run)
{
	if (t->ctl->sig)
		turn_stopped(t, run); /* no kernel was there: the self-test */
	else
		tracer_env.moved(t->ctl->moved_sp, false);
}

/* It may have been in the kernel and back since. */
static void
direct_died(struct gthread *t, struct thread_run *run)
{
	(void)run;
	if (t->ctl->in_kernel == KERNEL_RUNS)
		tracer_env.lost(DIED_IN_KERNEL); /* does not return */
	if (t->ctl->in_kernel == KERNEL_IDLES) {
		tracer_env.moved(t->ctl->moved_sp, true);
		return;
	}
	turn_died(t, (struct thread_run *)t->ctl->run);
	if (t->ctl->ksp)
		tracer_env.moved(t->ctl->ksp, true);
}

static int
direct_run(struct gthread *t, struct thread_run *run, int cpu)
{
	uint64_t sp = tracer_env.kernel_sp ? tracer_env.kernel_sp() : 0;

	(void)cpu;
	t->ctl->ksp = sp;
	t->ctl->run = (uint64_t)run;
	if (sp) /* the thread finds its stub_ctl by its kernel stack */
		((uint64_t *)(sp & ~(KSTACK_SIZE - 1)))[KSTACK_CTL] =
			gthread_area_addr(t) + AREA_SIZE - CTL_LEN;
	return turn_run(t, run, direct_stopped, direct_died);
}

static void
direct_named(struct gthread *t, uint64_t id, uint64_t as_id)
{
	t->ctl->id = id;
	t->ctl->as_id = as_id;
}

const struct backend direct_backend = {
	.ops =
		{
			.name = "direct",
			.in_guest = true,
			TURN_OPS,
			.thread_named = direct_named,
			.thread_run = direct_run,
		},
	.thread_init = turn_init,
	.thread_exit = turn_exit,
};
