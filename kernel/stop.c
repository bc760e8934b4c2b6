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

	LIST_EACH (o, &t->proc->threads, in_process)
		if (o != t && !o->is_exiting && o->state != TASK_STOPPED &&
		    o->state != TASK_ZOMBIE && o->state != TASK_TRACED)
			return false;
	return true;
}

bool
process_all_stopped(const struct process *p)
{
	struct task *o;

	LIST_EACH (o, &p->threads, in_process)
		if (!o->is_exiting && o->state != TASK_STOPPED &&
		    o->state != TASK_ZOMBIE && o->state != TASK_TRACED)
			return false;
	return true;
}

void
task_do_stop(struct task *t, int sig)
{
	struct process *p = t->proc;
	struct task *o;

	if (sig && !p->is_stopped) {
		p->is_stopped = true;
		p->stop_code = sig;
		p->stop_reported = false;
		LIST_EACH (o, &p->threads, in_process)
			if (o != t)
				task_notice(o, false);
	}
	if (all_others_stopped(t)) {
		p->continued_unreported = false;
		signal_parent_stop(p, LX_CLD_STOPPED, p->stop_code);
	}
	while (p->is_stopped && !t->is_kill_pending && !t->ptrace_notice)
		sched_park(t, TASK_STOPPED, "stopped");
}

void
process_continue(struct process *p)
{
	struct task *t;

	if (!p->is_stopped)
		return;
	p->is_stopped = false;
	p->stop_code = 0;
	p->continued_unreported = true;
	LIST_EACH (t, &p->threads, in_process)
		if (t->state == TASK_STOPPED)
			sched_ready(t);
	signal_parent_stop(p, LX_CLD_CONTINUED, LX_SIGCONT);
}
