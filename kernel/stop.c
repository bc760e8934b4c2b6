/* SPDX-License-Identifier: MIT */
/*
 * kernel/stop.c - job control: a stopped process, and its going on.
 *
 * process.is_stopped makes every thread park here on its way to guest code;
 * the last one to park tells the parent.
 */
#include "include/abi/wait.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trap.h"

#include "base/str.h"

void
signal_parent_stop(struct process *p, int code, int status)
{
	struct process *parent = p->parent;
	struct task *lead;
	struct lx_siginfo info;

	if (!parent)
		return;
	waitq_wake_all(&parent->child_wq, WAIT_IN);
	lead = parent->leader;
	if (!lead || !lead->sighand ||
	    (lead->sighand->action[LX_SIGCHLD - 1].flags & LX_SA_NOCLDSTOP))
		return;
	memset(&info, 0, sizeof(info));
	info.si_signo = LX_SIGCHLD;
	info.si_code = code;
	info.chld.pid = p->pid;
	info.chld.uid = p->leader ? p->leader->cred.uid : 0;
	info.chld.status = status;
	(void)!signal_process_info(parent, &info);
}

static bool
all_others_stopped(const struct task *t)
{
	struct task *o;

	LIST_EACH(o, &t->proc->threads, in_process)
		if (o != t && !o->is_exiting && o->state != TASK_STOPPED &&
		    o->state != TASK_ZOMBIE && o->state != TASK_TRACED)
			return false;
	return true;
}

bool
process_all_stopped(const struct process *p)
{
	struct task *o;

	LIST_EACH(o, &p->threads, in_process)
		if (!o->is_exiting && o->state != TASK_STOPPED &&
		    o->state != TASK_ZOMBIE && o->state != TASK_TRACED)
			return false;
	return true;
}

bool
task_must_stop(const struct task *t)
{
	return t->proc->is_stopped &&
	       !(t->ptrace && t->stop_seen == t->proc->stop_nr);
}

/* @t is about to stop; the last one tells the parent. */
static void
report_stop(struct task *t)
{
	struct process *p = t->proc;

	if (all_others_stopped(t)) {
		p->continued_unreported = false;
		if (!ptrace_is_by_process(t, p->parent))
			signal_parent_stop(p, LX_CLD_STOPPED, p->stop_code);
	}
	if (trap_observer)
		trap_observer->stopped(t, p->stop_code);
}

void
task_do_stop(struct task *t, int sig)
{
	struct process *p = t->proc;
	struct task *o;
	uint32_t nr;

	if (sig && !p->is_stopped) {
		p->is_stopped = true;
		if (!++p->stop_nr)
			p->stop_nr = 1;
		p->stop_code = sig;
		p->stop_reported = false;
		LIST_EACH(o, &p->threads, in_process)
			if (o != t)
				task_notice(o, false);
	}
	report_stop(t);
	if (t->ptrace) {
		ptrace_group_stop(t);
		return;
	}
	nr = p->stop_nr;
	while (p->is_stopped && !t->is_kill_pending && !t->ptrace) {
		/* Continued, and stopped again before it got here. */
		if (nr != p->stop_nr)
			report_stop(t);
		nr = p->stop_nr;
		sched_park(t, TASK_STOPPED, "stopped");
	}
}

void
process_continue(struct process *p)
{
	struct task *t;
	bool was_stopped = p->is_stopped;

	p->is_stopped = false;
	LIST_EACH(t, &p->threads, in_process)
		ptrace_group_continue(t);
	if (!was_stopped)
		return;
	p->stop_code = 0;
	p->continued_unreported = true;
	LIST_EACH(t, &p->threads, in_process)
		if (t->state == TASK_STOPPED)
			sched_ready(t);
	signal_parent_stop(p, LX_CLD_CONTINUED, LX_SIGCONT);
}
