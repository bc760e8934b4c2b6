/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/thread.c - guest threads that run the kernel, as viv sees them:
 * naming them, kicking them, their FP state.
 *
 * A thread's frame lies where its process can write it: viv works on a copy
 * that it has checked.
 */
#include "tracer/direct/internal.h"

#include "tracer/fpstate.h"
#include "tracer/seccomp/internal.h"
#include "tracer/stub/hostclock.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
direct_init(struct gthread *t, const struct um_regs *regs)
{
	turn_init(t, regs);
	t->ctl->frame = t->frame;
}

/* Without a kernel there: the trial at the start. */
static int
direct_run(struct gthread *t, struct thread_run *run, int cpu)
{
	(void)cpu;
	return turn_run(t, run, turn_stopped, turn_died);
}

static int
direct_named(struct gthread *t, uint64_t id, uint64_t as_id, uint32_t *carrier)
{
	int err = carrier_make(t);

	if (err)
		return err;
	t->ctl->id = id;
	t->ctl->as_id = as_id;
	*carrier = t->carrier;
	carrier_start(t);
	return 0;
}

/* Elsewhere than in its own process: there, tracer/direct/guest does it. */
static int
direct_wipe(struct aspace *as, struct gthread *t, bool keeps)
{
	const struct um_regs none = {0};
	int err = aspace_empty(as, t, keeps);

	if (!err)
		direct_init(t, &none);
	return err;
}

/* Where the kernel is, the signal waits or is noted. */
static void
direct_kick(struct gthread *t)
{
	if (t->is_carried)
		syscall(SYS_tgkill, t->as->pid, t->tid, KICK_SIGNAL);
	else
		turn_kick(t);
}

static bool
direct_kick_owner(uint32_t owner)
{
	struct gthread *t = owner & OWNER_VIV ? NULL : carrier_hold(owner);

	if (owner & OWNER_VIV)
		return false;
	if (t)
		direct_kick(t);
	carrier_release();
	return t;
}

static void
direct_exit(struct gthread *t)
{
	if (!t->is_carried) {
		turn_exit(t);
		return;
	}
	t->ctl->cmd = CMD_EXIT;
	carrier_give(carrier_at(t->carrier));
}

/* Where it is, if the kernel runs there, it keeps its frame. */
static bool
copy_frame(const struct gthread *t, struct frame *f)
{
	*f = t->is_carried ? t->ctl->frame : t->frame;
	__asm__ volatile("" ::: "memory");
	return frame_is_sane(f);
}

static int
direct_get_fp(struct gthread *t, void *buf, size_t size)
{
	struct frame f;

	if (!copy_frame(t, &f))
		return -EFAULT;
	return frame_get_fp(&f, t->area, buf, size);
}

static int
direct_set_fp(struct gthread *t, const void *buf, size_t len)
{
	struct frame f;
	int err;

	if (!copy_frame(t, &f))
		return -EFAULT;
	err = frame_set_fp(&f, t->area, buf, len);
	if (t->is_carried)
		t->ctl->frame = f;
	else
		t->frame = f;
	return err;
}

const struct backend direct_backend = {
	.ops =
		{
			.name = "direct",
			.in_guest = true,
			TURN_OPS,
			.thread_kick = direct_kick,
			.kick_owner = direct_kick_owner,
			.cpu_serve = direct_serve,
			.as_wipe = direct_wipe,
			.thread_named = direct_named,
			.thread_run = direct_run,
			.get_fp = direct_get_fp,
			.set_fp = direct_set_fp,
		},
	.thread_init = direct_init,
	.thread_exit = direct_exit,
	.thread_fini = carrier_free,
	.process_died = direct_process_died,
};
