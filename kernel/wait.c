/* SPDX-License-Identifier: MIT */
/* kernel/wait.c - wait4(2), waitid(2): children's changes of state. */
#include "kernel/wait.h"

#include "base/str.h"
#include "include/abi/wait.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/signal.h"

static bool
matches(const struct task *t, const struct process *p, const struct wait_req *w)
{
	bool is_clone = p->exit_signal != LX_SIGCHLD;

	if ((w->options & LX___WNOTHREAD) && p->maker_tid != t->tid)
		return false;
	switch (w->type) {
	case LX_P_PID:
		if (p->pid != w->id)
			return false;
		break;
	case LX_P_PGID:
		if (!p->pgrp_pid || p->pgrp_pid->nr != w->id)
			return false;
		break;
	default:
		break;
	}
	if (w->options & LX___WALL)
		return true;
	return is_clone == !!(w->options & LX___WCLONE);
}

void
wait_fill(struct wait_result *r, struct process *p)
{
	process_cpu_ns(p, &r->utime_ns, &r->stime_ns);
	r->pid = p->pid;
	r->uid = p->leader->cred.uid;
	r->utime_ns += p->cutime_ns;
	r->stime_ns += p->cstime_ns;
	r->maxrss_pages = MAX(p->maxrss_pages, p->cmaxrss_pages);
	r->minflt = p->minflt + p->cminflt;
	r->majflt = p->majflt + p->cmajflt;
	r->nvcsw = p->nvcsw + p->cnvcsw;
	r->nivcsw = p->nivcsw + p->cnivcsw;
}

void
wait_decode(struct wait_result *r, int raw)
{
	r->raw = raw;
	if (!LX_WTERMSIG(raw)) {
		r->code = LX_CLD_EXITED;
		r->status = LX_WEXITSTATUS(raw);
		return;
	}
	r->code = raw & LX_WCOREFLAG ? LX_CLD_DUMPED : LX_CLD_KILLED;
	r->status = LX_WTERMSIG(raw);
}

static void
fill(struct wait_result *r, struct process *p, int code, int status, int raw)
{
	wait_fill(r, p);
	r->code = code;
	r->status = status;
	r->raw = raw;
}

/* Has @p something to report?  Consumes it unless WNOWAIT. */
static bool
report(struct process *p, const struct wait_req *w, struct wait_result *r)
{
	bool keep = w->options & LX_WNOWAIT;

	if (p->is_zombie) {
		if (!(w->options & LX_WEXITED) || p->leader->ptrace)
			return false;
		wait_fill(r, p);
		wait_decode(r, p->exit_code);
		if (!keep)
			process_release(p);
		return true;
	}
	if (p->is_stopped && p->stop_code && !p->stop_reported &&
	    (w->options & LX_WUNTRACED) && process_all_stopped(p) &&
	    !ptrace_is_by_process(p->leader, p->parent)) {
		fill(r, p, LX_CLD_STOPPED, p->stop_code,
		     LX_W_STOPCODE(p->stop_code));
		p->stop_reported = !keep;
		return true;
	}
	if (p->continued_unreported && (w->options & LX_WCONTINUED)) {
		fill(r, p, LX_CLD_CONTINUED, LX_SIGCONT, LX_W_CONTINUED);
		p->continued_unreported = keep;
		return true;
	}
	return false;
}

/* -ECHILD: none fits; -EAGAIN: none has anything to say yet. */
static int
look(struct task *t, const struct wait_req *w, struct wait_result *r)
{
	struct process *p, *tmp;
	int err = ptrace_wait(t, w, r);

	if (err != -ECHILD && err != -EAGAIN)
		return err;
	LIST_EACH_SAFE(p, tmp, &t->proc->children, sibling) {
		if (!matches(t, p, w))
			continue;
		err = -EAGAIN;
		if (report(p, w, r))
			return 0;
	}
	return err;
}

int
task_wait(struct task *t, const struct wait_req *w, struct wait_result *r)
{
	struct waiter wt;
	int err;

	memset(r, 0, sizeof(*r));
	task_waiter_listen(&wt, t, &t->proc->child_wq, WAIT_IN);
	for (;;) {
		err = look(t, w, r);
		if (err != -EAGAIN)
			break;
		if (w->options & LX_WNOHANG) {
			err = 0;
			break;
		}
		err = task_block(t, &wt);
		if (err)
			break;
	}
	waitq_leave(&t->proc->child_wq, &wt);
	return err;
}
