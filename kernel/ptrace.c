/* SPDX-License-Identifier: MIT */
/*
 * kernel/ptrace.c - who traces whom, and what the tracer asks for.  How a
 * tracee stops is in ptrace_stop.c, its registers in ptrace_regs.c.
 *
 * Invariant: task.ptrace is set iff it hangs in a living tracer's list.  Both
 * ends of the tie undo it when they end, so neither ever points at the dead.
 */
#include "kernel/ptrace.h"

#include "base/slab.h"
#include "include/abi/ptrace.h"
#include "include/abi/sched.h"
#include "kernel/facts.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "mm/patch.h"

#define OPTIONS                                                                \
	(LX_PTRACE_O_TRACESYSGOOD | LX_PTRACE_O_TRACEFORK |                    \
	 LX_PTRACE_O_TRACEVFORK | LX_PTRACE_O_TRACECLONE |                     \
	 LX_PTRACE_O_TRACEEXEC | LX_PTRACE_O_TRACEVFORKDONE |                  \
	 LX_PTRACE_O_TRACEEXIT | LX_PTRACE_O_TRACESECCOMP |                    \
	 LX_PTRACE_O_EXITKILL)

static int
link_up(struct task *tracer, struct task *t, bool is_seized, uint32_t options)
{
	struct ptrace *pt = KNEW(struct ptrace);

	if (!pt)
		return -ENOMEM;
	pt->tracer = tracer;
	pt->tracee = t;
	pt->is_seized = is_seized;
	pt->options = options;
	list_append(&tracer->tracees, &pt->link);
	t->ptrace = pt;
	facts_publish(t);
	if (t->mm)
		patch_ban(t->mm); /* who looks sees what is run */
	return 0;
}

int
ptrace_check_options(uint64_t options)
{
	/* Linux without CONFIG_CHECKPOINT_RESTORE: no SUSPEND_SECCOMP. */
	return options & ~(uint64_t)OPTIONS ? -EINVAL : 0;
}

int
ptrace_traceme(struct task *t)
{
	struct process *parent = t->proc->parent;
	struct task *tracer = task_find(t->proc->maker_tid);

	if (t->ptrace || !parent)
		return -EPERM;
	if (!tracer || tracer->proc != parent)
		tracer = parent->leader;
	if (!tracer || tracer->is_exiting)
		return 0; /* Linux: an exiting parent traces nobody */
	return link_up(tracer, t, false, 0);
}

int
ptrace_attach(struct task *t, struct task *o, bool is_seize, uint32_t options)
{
	struct lx_siginfo info = {
		.si_signo = LX_SIGSTOP,
		.si_code = LX_SI_KERNEL,
	};
	int err;

	if (o->proc == t->proc || !task_may_trace(t, o))
		return -EPERM;
	if (o->ptrace || o->state == TASK_ZOMBIE || o->is_exiting || !o->mm)
		return -EPERM;
	err = link_up(t, o, is_seize, options);
	if (err)
		return err;
	/* One in job control's stop now stands in ours. */
	if (o->state == TASK_STOPPED)
		sched_ready(o);
	return is_seize ? 0 : signal_send(o, &info, false);
}

int
ptrace_of(struct task *t, int tid, bool is_stopped, struct task **out)
{
	struct task *o = task_find(tid);

	if (!o || !o->ptrace || o->ptrace->tracer != t)
		return -ESRCH;
	if (is_stopped && (!o->is_trace_stopped || o->ptrace->is_listening ||
			   o->is_kill_pending))
		return -ESRCH;
	*out = o;
	return 0;
}

static void
wake(struct task *o)
{
	o->is_trace_stopped = false;
	if (o->state == TASK_TRACED)
		sched_ready(o);
}

void
ptrace_resume(struct task *o, enum ptrace_resume how, int sig)
{
	o->ptrace->resume = (uint8_t)how;
	o->ptrace_sig = sig;
	wake(o);
}

void
ptrace_unlink(struct task *t)
{
	struct ptrace *pt = t->ptrace;

	if (!pt)
		return;
	t->ptrace = NULL;
	facts_publish(t);
	t->ptrace_notice = false;
	t->stop_seen = 0; /* a group-stop it was let out of has it again */
	ptrace_do_job(t, false);
	list_del(&pt->link);
	kfree(pt);
}

void
ptrace_detach(struct task *o, int sig)
{
	ptrace_unlink(o);
	o->ptrace_sig = sig;
	if (o->is_trace_stopped)
		wake(o);
}

int
ptrace_interrupt(struct task *o)
{
	if (!o->ptrace->is_seized)
		return -EIO;
	o->ptrace_notice = true;
	if (o->ptrace->is_listening)
		wake(o);
	else
		task_notice(o, false);
	return 0;
}

int
ptrace_listen(struct task *o)
{
	struct ptrace *pt = o->ptrace;

	if (!pt->is_seized || !pt->info ||
	    pt->info->si_code >> 8 != LX_PTRACE_EVENT_STOP)
		return -EIO;
	pt->is_listening = true;
	if (o->ptrace_notice)
		wake(o);
	return 0;
}

int
ptrace_clone_event(const struct task *t, const struct clone_req *req)
{
	int event = LX_PTRACE_EVENT_FORK;

	if (!t->ptrace || (req->flags & LX_CLONE_UNTRACED))
		return 0;
	if (req->flags & LX_CLONE_VFORK)
		event = LX_PTRACE_EVENT_VFORK;
	else if (req->exit_signal != LX_SIGCHLD)
		event = LX_PTRACE_EVENT_CLONE;
	return t->ptrace->options >> event & 1 ? event : 0;
}

int
ptrace_clone(struct task *t, struct task *c, bool is_asked, int event)
{
	const struct ptrace *pt = t->ptrace;
	int err;

	if (!pt || (!event && !is_asked))
		return 0;
	err = link_up(pt->tracer, c, pt->is_seized, pt->options);
	if (err)
		return err;
	if (pt->is_seized)
		c->ptrace_notice = true;
	else
		c->pending.set |= LX_SIGMASK(LX_SIGSTOP);
	return 0;
}

void
ptrace_exit(struct task *t)
{
	while (!list_empty(&t->tracees)) {
		struct ptrace *pt =
			LIST_FIRST(&t->tracees, struct ptrace, link);
		struct task *o = pt->tracee;

		if (pt->options & LX_PTRACE_O_EXITKILL)
			(void)!signal_process(o->proc, LX_SIGKILL, NULL);
		if (o->state == TASK_ZOMBIE)
			task_zombie_seen(o, false);
		else
			ptrace_detach(o, 0);
	}
}

bool
ptrace_is_by_process(const struct task *t, const struct process *p)
{
	return t->ptrace && t->ptrace->tracer->proc == p;
}

int
ptrace_tracer_tid(const struct task *t)
{
	return t->ptrace ? t->ptrace->tracer->tid : 0;
}
