/* SPDX-License-Identifier: MIT */
/*
 * kernel/exit.c - the end of a task, of a process, and what is left of it
 * until its parent has looked.
 */
#include "base/log.h"
#include "base/panic.h"
#include "base/trace.h"
#include "fs/fdtable.h"
#include "fs/path.h"
#include "base/str.h"
#include "include/abi/ptrace.h"
#include "include/abi/sched.h"
#include "include/abi/wait.h"
#include "kernel/block.h"
#include "kernel/facts.h"
#include "kernel/internal.h"
#include "kernel/ipc/ipc.h"
#include "kernel/pid.h"
#include "kernel/power.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/trap.h"
#include "mm/mm.h"
#include "mm/usercopy.h"

void (*process_exit_hook)(struct process *p);

/* A thread of @t's process, not @t, that goes on; NULL: there is none. */
static struct task *
survivor(const struct task *t)
{
	struct task *o;

	LIST_EACH(o, &t->proc->threads, in_process)
		if (o != t && !o->is_exiting)
			return o;
	return NULL;
}

static void
note_peak(struct process *p, struct mm *mm)
{
	struct mm_stat st;

	mm_stat(mm, &st);
	p->maxrss_pages = MAX(p->maxrss_pages, st.peak_rss);
}

void
task_change_mm(struct task *t, struct mm *to, uint64_t kin)
{
	struct mm *mm = t->mm;

	if (mm) {
		futex_exit(t);
		if (to || !survivor(t))
			note_peak(t->proc, mm);
		if (!to || !t->run.carrier || !mm_move(mm, to, kin))
			thread_leave(t);
		mm_unuse(mm);
	}
	t->mm = to;
	if (to)
		mm_use(to);
	mm_put(mm);
	if (mm)
		vfork_done(t);
}

static void
release_parts(struct task *t)
{
	struct fdtable *files = t->files;
	struct fs_ctx *fs = t->fs;
	struct sighand *sh;

	task_change_mm(t, NULL, 0);
	t->files = NULL;
	fdtable_put(files); /* may sleep */
	t->fs = NULL;
	fs_ctx_put(fs);
	sigpending_flush(&t->pending);
	sh = t->sighand;
	t->sighand = NULL;
	sighand_put(sh);
}

static void
account(struct task *t)
{
	struct process *p = t->proc;

	sched_charge(t);
	p->utime_ns += t->utime_ns;
	p->stime_ns += t->stime_ns;
	p->nvcsw += t->nvcsw;
	p->nivcsw += t->nivcsw;
	p->minflt += t->minflt;
	p->majflt += t->majflt;
	t->utime_ns = t->stime_ns = 0;
}

static struct process *
find_reaper(struct process *p)
{
	struct process *up;

	for (up = p->parent; up; up = up->parent)
		if (up->is_subreaper && !up->is_zombie)
			return up;
	up = process_find(1);
	return up == p ? NULL : up;
}

/* PR_SET_PDEATHSIG: the parent is the thread @dead. */
static void
tell_death(struct process *child, const struct task *dead)
{
	struct task *t;

	LIST_EACH(t, &child->threads, in_process)
		if (t->pdeath_sig && t->sighand &&
		    signal_may(dead, t, t->pdeath_sig))
			(void)!signal_process(child, t->pdeath_sig, dead);
}

/* Linux: a thread's children become another thread's. */
static void
hand_over_children(const struct task *t)
{
	const struct task *heir = survivor(t);
	struct process *c;

	LIST_EACH(c, &t->proc->children, sibling) {
		if (c->maker_tid != t->tid)
			continue;
		if (heir)
			c->maker_tid = heir->tid;
		tell_death(c, t);
	}
}

/*
 * A stopped group whose last tie to its session goes: SIGHUP, SIGCONT.  The tie
 * is that @p, of the group, has or had @parent, of another in the session.
 */
static void
check_orphaned(struct process *p, const struct process *parent,
	       const struct process *leaving)
{
	struct pid *pgrp = p->pgrp_pid;
	struct process *m;
	bool has_stopped = false;

	if (!pgrp || !parent || parent->pgrp_pid == pgrp ||
	    parent->session_pid != p->session_pid)
		return;
	if (!pgrp_is_orphaned(pgrp, leaving))
		return;
	LIST_EACH(m, &pgrp->pgrp, in_pgrp)
		if (m != leaving && m->is_stopped)
			has_stopped = true;
	if (!has_stopped)
		return;
	pid_get(pgrp);
	(void)!signal_pgrp(pgrp, LX_SIGHUP, NULL);
	(void)!signal_pgrp(pgrp, LX_SIGCONT, NULL);
	pid_put(pgrp);
}

static void
reparent_children(struct process *p)
{
	struct process *reaper = find_reaper(p);
	struct process *c, *tmp;

	LIST_EACH_SAFE(c, tmp, &p->children, sibling) {
		list_del(&c->sibling);
		c->parent = reaper;
		facts_publish_all(c);
		if (!reaper)
			continue;
		c->maker_tid = reaper->pid;
		list_append(&reaper->children, &c->sibling);
		c->exit_signal = LX_SIGCHLD;
		if (c->is_zombie) {
			waitq_wake_all(&reaper->child_wq, WAIT_IN);
			(void)!signal_process(reaper, LX_SIGCHLD, NULL);
		}
		check_orphaned(c, p, p);
	}
}

void
process_release(struct process *p)
{
	struct process *parent = p->parent;
	struct task *t = p->leader;

	if (parent) {
		parent->cutime_ns += p->utime_ns + p->cutime_ns;
		parent->cstime_ns += p->stime_ns + p->cstime_ns;
		parent->cminflt += p->minflt + p->cminflt;
		parent->cmajflt += p->majflt + p->cmajflt;
		parent->cnvcsw += p->nvcsw + p->cnvcsw;
		parent->cnivcsw += p->nivcsw + p->cnivcsw;
		parent->cmaxrss_pages =
			MAX(parent->cmaxrss_pages,
			    MAX(p->maxrss_pages, p->cmaxrss_pages));
	}
	trace(TR_TASK, p->pid, 4, 0);
	list_del(&p->sibling);
	list_del(&p->in_all);
	process_count--;
	process_set_pgrp(p, NULL);
	process_set_session(p, NULL);
	t->pid->process = NULL;
	p->parent = NULL;
	p->leader = NULL;
	task_unlink(t);
	if (t->state == TASK_ZOMBIE && t->cpu < 0) {
		t->state = TASK_DEAD;
		task_free(t);
	} else {
		/* Still on its way off its own stack. */
		t->is_reaped = true;
	}
	/* The leader's reference was the last: @p may be gone. */
}

void
task_retire(struct task *t)
{
	ptrace_unlink(t);
	task_unlink(t);
	if (t->cpu < 0) {
		t->state = TASK_DEAD;
		task_free(t);
	} else {
		t->is_reaped = true;
	}
}

static void
info_of_death(const struct process *p, struct lx_siginfo *info)
{
	int code = p->exit_code;

	memset(info, 0, sizeof(*info));
	info->si_signo = p->exit_signal;
	info->chld.pid = p->pid;
	info->chld.uid = p->leader->cred.uid;
	info->chld.utime = (int64_t)(p->utime_ns / 10000000);
	info->chld.stime = (int64_t)(p->stime_ns / 10000000);
	if (LX_WTERMSIG(code)) {
		info->si_code =
			code & LX_WCOREFLAG ? LX_CLD_DUMPED : LX_CLD_KILLED;
		info->chld.status = LX_WTERMSIG(code);
	} else {
		info->si_code = LX_CLD_EXITED;
		info->chld.status = LX_WEXITSTATUS(code);
	}
}

/* Returns: true if nobody will ever wait, and the process goes at once. */
static bool
tell_parent(struct process *p)
{
	struct process *parent = p->parent;
	struct lx_sigaction *sa = NULL;
	struct lx_siginfo info;
	bool autoreap = false;

	if (!parent)
		return true;
	if (parent->leader && parent->leader->sighand)
		sa = &parent->leader->sighand->action[LX_SIGCHLD - 1];
	if (p->exit_signal == LX_SIGCHLD && sa &&
	    (sa->handler == LX_SIG_IGN || (sa->flags & LX_SA_NOCLDWAIT)))
		autoreap = true;
	if (p->exit_signal && !(autoreap && sa->handler == LX_SIG_IGN)) {
		info_of_death(p, &info);
		(void)!signal_process_info(parent, &info);
	}
	waitq_wake_all(&parent->child_wq, WAIT_IN);
	return autoreap;
}

/* All threads are gone.  Returns: as tell_parent(). */
static bool
process_zombie(struct process *p)
{
	p->is_zombie = true;
	process_timers_fini(p);
	sigpending_flush(&p->pending);
	if (process_exit_hook)
		process_exit_hook(p);
	check_orphaned(p, p->parent, p);
	reparent_children(p);
	if (trap_observer)
		trap_observer->exited(p->leader, p->exit_code);
	waitq_wake_all(&p->leader->pid->wq, WAIT_IN);
	if (process_is_init(p)) {
		power_off(p->exit_code);
		return false;
	}
	if (p->leader->ptrace) {
		ptrace_zombie(p->leader); /* it first */
		return false;
	}
	return tell_parent(p);
}

static void
settle_exit_code(struct process *p, const struct task *t)
{
	if (p->is_group_exit)
		p->exit_code = p->group_exit_code;
	else if (p->leader == t || p->nthreads == 0)
		p->exit_code = p->leader->exit_code;
}

/* Traced threads are part of it until their tracers have seen their end. */
static bool
is_over(const struct process *p)
{
	return p->nthreads == 0 && p->nzombies == 0;
}

void
task_zombie_seen(struct task *t, bool is_reaped)
{
	struct process *p = t->proc;
	bool is_parents = ptrace_is_by_process(t, p->parent);
	bool gone = false;

	process_get(p);
	ptrace_unlink(t);
	if (t != p->leader) {
		task_retire(t);
		p->nzombies--;
		gone = is_over(p) && process_zombie(p);
	} else if (p->is_zombie) {
		gone = is_parents ? is_reaped : tell_parent(p);
	}
	if (gone)
		process_release(p);
	process_put(p);
}

void
task_finish(struct task *t)
{
	struct process *p = t->proc;
	bool gone;

	t->is_exiting = true;
	/* Even a killed one may stop here; the next SIGKILL ends that. */
	if (t->ptrace)
		t->is_kill_pending = false;
	(void)ptrace_event(t, LX_PTRACE_EVENT_EXIT, (uint64_t)t->exit_code);
	t->run.regs.orig_rax = (uint64_t)-1;
	trace(TR_TASK, t->tid, 3, (uint64_t)t->exit_code);
	ktimer_cancel(&t->sleep_timer);
	ptrace_exit(t);
	if (p->nthreads == 1)
		posix_timers_delete_all(p);
	sem_leave(t);
	release_parts(t);
	/* From here on nothing sleeps, and nobody else gets the kernel lock
	 * before the last schedule(). */
	thread_left(t);
	account(t);
	hand_over_children(t);
	p->nthreads--;
	settle_exit_code(p, t);
	t->state = TASK_ZOMBIE;
	if (p->exec_task && p->exec_task != t)
		task_wake(p->exec_task);
	if (t != p->leader && trap_observer)
		trap_observer->exited(t, p->is_group_exit ? p->group_exit_code
							  : t->exit_code);
	if (t != p->leader && t->ptrace) {
		p->nzombies++;
		ptrace_zombie(t);
	}
	gone = is_over(p) && process_zombie(p);
	if (t != p->leader && !t->ptrace) {
		task_unlink(t);
		t->state = TASK_DEAD;
	}
	if (gone)
		process_release(p);
	if (t->is_reaped)
		t->state = TASK_DEAD;
	schedule();
	panic("task %d came back from the dead", t->tid);
}
