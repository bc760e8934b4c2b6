/* SPDX-License-Identifier: MIT */
/*
 * kernel/ptrace_stop.c - how a traced task stops, and how its tracer hears of
 * it: signals, system calls, events, group-stops (ptrace(2), "Stopped states").
 *
 * A stop ends when is_trace_stopped is cleared or the task is killed.  Behind
 * every stop task.ptrace may be gone: the tracer may have let it loose.
 */
#include "base/str.h"
#include "include/abi/ptrace.h"
#include "include/abi/wait.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/wait.h"

#define CALL_TRAP (LX_SIGTRAP | 0x80)

/* PTRACE_GETEVENTMSG at the two stops of a call. */
enum { MSG_ENTRY = 1, MSG_EXIT = 2 };

static void
send_child_signal(const struct task *t, int why, int status)
{
	struct process *p = t->ptrace->tracer->proc;
	struct lx_siginfo info;

	waitq_wake_all(&p->child_wq, WAIT_IN);
	memset(&info, 0, sizeof(info));
	info.si_signo = LX_SIGCHLD;
	info.si_code = why;
	info.chld.pid = t->tid;
	info.chld.uid = t->cred.uid;
	info.chld.status = status;
	(void)!signal_process_info(p, &info);
}

static void
tell_tracer(const struct task *t, int why, int status)
{
	struct process *p = t->ptrace->tracer->proc;
	const struct task *lead = p->leader;

	if (lead && lead->sighand &&
	    (lead->sighand->action[LX_SIGCHLD - 1].flags & LX_SA_NOCLDSTOP))
		waitq_wake_all(&p->child_wq, WAIT_IN);
	else
		send_child_signal(t, why, status);
}

/* Stand still until the tracer says how to go on.  Returns: the signal it
 * gave along. */
static int
stop(struct task *t, int code, int why, struct lx_siginfo *info)
{
	struct ptrace *pt = t->ptrace;

	if (t->is_kill_pending)
		return 0;
	pt->code = code;
	pt->info = info;
	pt->is_reported = pt->is_listening = false;
	t->ptrace_sig = 0;
	t->is_trace_stopped = true;
	tell_tracer(t, why, code & 0x7f);
	while (t->is_trace_stopped && !t->is_kill_pending) {
		sched_park(t, TASK_TRACED, "ptrace");
		ptrace_do_job(t, true);
	}
	t->is_trace_stopped = false;
	if (t->is_kill_pending)
		ptrace_do_job(t, false);
	if (t->ptrace) {
		t->ptrace->info = NULL;
		t->ptrace->is_listening = false;
		t->ptrace->call_op = PTRACE_CALL_NONE;
	}
	return t->is_kill_pending ? 0 : t->ptrace_sig;
}

/* A stop of ptrace(2)'s own making: its siginfo is the task itself. */
static int
stop_for(struct task *t, int sig, int code, int why)
{
	struct lx_siginfo info;

	memset(&info, 0, sizeof(info));
	info.si_signo = sig;
	info.si_code = code;
	info.kill.pid = t->tid;
	info.kill.uid = t->cred.uid;
	return stop(t, code, why, &info);
}

int
ptrace_signal(struct task *t, struct lx_siginfo *info)
{
	const struct task *tracer;
	int sig = stop(t, info->si_signo, LX_CLD_TRAPPED, info);

	if (!sig || sig == info->si_signo)
		goto out;
	/* Another than it was: it comes from the tracer. */
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = LX_SI_USER;
	tracer = t->ptrace	   ? t->ptrace->tracer
		 : t->proc->parent ? t->proc->parent->leader
				   : NULL;
	if (tracer) {
		info->kill.pid = tracer->proc->pid;
		info->kill.uid = tracer->cred.uid;
	}
out:
	if (sig && (t->blocked & LX_SIGMASK(sig)) && sig != LX_SIGKILL) {
		(void)!signal_send(t, info, false);
		return 0;
	}
	return sig;
}

void
ptrace_group_stop(struct task *t)
{
	int sig = t->proc->stop_code;

	t->stop_seen = t->proc->stop_nr;
	if (t->ptrace->is_seized) {
		t->ptrace_notice = false;
		stop_for(t, sig, sig | LX_PTRACE_EVENT_STOP << 8,
			 LX_CLD_STOPPED);
	} else {
		stop(t, sig, LX_CLD_STOPPED, NULL);
	}
}

void
ptrace_notice(struct task *t)
{
	t->ptrace_notice = false;
	if (!t->ptrace || !t->ptrace->is_seized)
		return;
	stop_for(t, LX_SIGTRAP, LX_SIGTRAP | LX_PTRACE_EVENT_STOP << 8,
		 LX_CLD_STOPPED);
}

void
ptrace_group_continue(struct task *t)
{
	if (!t->ptrace || !t->ptrace->is_seized || t->is_exiting)
		return;
	if (ptrace_interrupt(t))
		t->ptrace_notice = false;
}

static bool
wants_calls(const struct task *t)
{
	return t->ptrace && (t->ptrace->resume == PTRACE_RUN_CALL ||
			     t->ptrace->resume == PTRACE_RUN_EMU ||
			     t->ptrace->resume == PTRACE_RUN_EMU_STEP);
}

static void
call_stop(struct task *t, int op, uint64_t message)
{
	bool is_good = t->ptrace->options & LX_PTRACE_O_TRACESYSGOOD;
	int sig;

	t->ptrace->message = message;
	t->ptrace->call_op = (uint8_t)op;
	sig = stop_for(t, LX_SIGTRAP, is_good ? CALL_TRAP : LX_SIGTRAP,
		       LX_CLD_TRAPPED);
	if (sig)
		task_signal(t, sig);
}

bool
ptrace_syscall_enter(struct task *t)
{
	bool is_emulated;

	if (!wants_calls(t))
		return true;
	is_emulated = t->ptrace->resume != PTRACE_RUN_CALL;
	call_stop(t, PTRACE_CALL_ENTRY, MSG_ENTRY);
	return !is_emulated && !t->is_kill_pending;
}

void
ptrace_syscall_exit(struct task *t)
{
	if (!t->ptrace || t->is_exiting)
		return;
	if (ptrace_is_stepping(t))
		signal_force_fault(t, LX_SIGTRAP, LX_TRAP_BRKPT,
				   t->run.regs.rip);
	else if (t->ptrace->resume == PTRACE_RUN_CALL)
		call_stop(t, PTRACE_CALL_EXIT, MSG_EXIT);
}

bool
ptrace_is_stepping(const struct task *t)
{
	return t->ptrace && (t->ptrace->resume == PTRACE_RUN_STEP ||
			     t->ptrace->resume == PTRACE_RUN_EMU_STEP);
}

void
ptrace_handler_set_up(struct task *t)
{
	if (ptrace_is_stepping(t))
		(void)stop_for(t, LX_SIGTRAP, LX_SIGTRAP, LX_CLD_TRAPPED);
}

bool
ptrace_event(struct task *t, int event, uint64_t message)
{
	struct ptrace *pt = t->ptrace;

	if (!pt || !(pt->options >> event & 1))
		return false;
	pt->message = message;
	if (event == LX_PTRACE_EVENT_SECCOMP)
		pt->call_op = PTRACE_CALL_SECCOMP;
	(void)stop_for(t, LX_SIGTRAP, LX_SIGTRAP | event << 8, LX_CLD_TRAPPED);
	return true;
}

void
ptrace_exec(struct task *t, int old_tid)
{
	if (!t->ptrace)
		return;
	if (!ptrace_event(t, LX_PTRACE_EVENT_EXEC, (uint64_t)old_tid) &&
	    !t->ptrace->is_seized)
		task_signal(t, LX_SIGTRAP);
}

void
ptrace_zombie(struct task *t)
{
	int code = t == t->proc->leader ? t->proc->exit_code : t->exit_code;
	struct wait_result r = {0};

	wait_decode(&r, code);
	send_child_signal(t, r.code, r.status);
}

/* --- wait(2) --- */

static bool
matches(const struct task *o, const struct wait_req *w)
{
	if (w->type == LX_P_PID)
		return o->tid == w->id;
	if (w->type == LX_P_PGID)
		return o->proc->pgrp_pid && o->proc->pgrp_pid->nr == w->id;
	return true;
}

/* What wait(2) tells of a thread. */
static void
fill_thread(struct wait_result *r, struct task *o)
{
	r->pid = o->tid;
	r->uid = o->cred.uid;
	task_cpu_ns(o, &r->utime_ns, &r->stime_ns);
	r->minflt = o->minflt;
	r->majflt = o->majflt;
	r->nvcsw = o->nvcsw;
	r->nivcsw = o->nivcsw;
}

/* Has @o something to tell?  What is told once is so no more. */
static bool
report(struct task *o, const struct wait_req *w, struct wait_result *r)
{
	bool keep = w->options & LX_WNOWAIT;
	struct ptrace *pt = o->ptrace;

	if (o->state == TASK_ZOMBIE) {
		bool is_leader = o == o->proc->leader;

		if (!(w->options & LX_WEXITED) ||
		    (is_leader && !o->proc->is_zombie))
			return false;
		if (is_leader)
			wait_fill(r, o->proc);
		else
			fill_thread(r, o);
		wait_decode(r, is_leader ? o->proc->exit_code : o->exit_code);
		if (!keep)
			task_zombie_seen(o, true);
		return true;
	}
	if (!o->is_trace_stopped || pt->is_reported || pt->is_listening ||
	    o->is_kill_pending)
		return false;
	fill_thread(r, o);
	r->code = LX_CLD_TRAPPED;
	r->status = pt->code;
	r->raw = LX_W_STOPCODE(pt->code);
	pt->is_reported = !keep;
	return true;
}

static int
look_of(struct task *tracer, const struct wait_req *w, struct wait_result *r)
{
	struct ptrace *pt, *tmp;
	int err = -ECHILD;

	LIST_EACH_SAFE(pt, tmp, &tracer->tracees, link) {
		if (!matches(pt->tracee, w))
			continue;
		err = -EAGAIN;
		if (report(pt->tracee, w, r))
			return 0;
	}
	return err;
}

int
ptrace_wait(struct task *t, const struct wait_req *w, struct wait_result *r)
{
	struct task *o;
	int err = look_of(t, w, r);

	if ((w->options & LX___WNOTHREAD) || !err)
		return err;
	LIST_EACH(o, &t->proc->threads, in_process) {
		int e = o == t ? -ECHILD : look_of(o, w, r);

		if (e != -ECHILD)
			err = e;
		if (!e)
			return 0;
	}
	return err;
}
