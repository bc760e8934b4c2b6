/* SPDX-License-Identifier: MIT */
/*
 * kernel/signal.c - pending sets and queues: sending, finding a thread to
 * take a signal, dequeueing.  Delivery is kernel/sigdeliver.c's, stopping
 * kernel/stop.c's.
 *
 * Invariant: bit N-1 of a set is on iff signal N is pending there; queue
 * entries carry the siginfo where there was memory for it.
 */
#include "kernel/signal.h"

#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/trace.h"
#include "include/abi/capability.h"
#include "kernel/block.h"
#include "kernel/internal.h"
#include "kernel/itimer.h"
#include "kernel/pid.h"
#include "kernel/sched.h"

#define SET_STOP                                                               \
	(LX_SIGMASK(LX_SIGSTOP) | LX_SIGMASK(LX_SIGTSTP) |                     \
	 LX_SIGMASK(LX_SIGTTIN) | LX_SIGMASK(LX_SIGTTOU))
#define SET_IGNORE                                                             \
	(LX_SIGMASK(LX_SIGCONT) | LX_SIGMASK(LX_SIGCHLD) |                     \
	 LX_SIGMASK(LX_SIGWINCH) | LX_SIGMASK(LX_SIGURG))
/* Faults come before everything else that is pending. */
#define SET_SYNC                                                               \
	(LX_SIGMASK(LX_SIGSEGV) | LX_SIGMASK(LX_SIGBUS) |                      \
	 LX_SIGMASK(LX_SIGILL) | LX_SIGMASK(LX_SIGTRAP) |                      \
	 LX_SIGMASK(LX_SIGFPE) | LX_SIGMASK(LX_SIGSYS))

static uint32_t queued_total;
struct waitq signal_wq = WAITQ_INIT(signal_wq);

int
sighand_new(struct sighand **out)
{
	struct sighand *sh = KNEW(struct sighand);

	if (!sh)
		return -ENOMEM;
	sh->refs = 1;
	*out = sh;
	return 0;
}

int
sighand_copy(const struct sighand *src, struct sighand **out)
{
	int err = sighand_new(out);

	if (!err)
		memcpy((*out)->action, src->action, sizeof(src->action));
	return err;
}

void
sighand_put(struct sighand *sh)
{
	if (sh && !--sh->refs)
		kfree(sh);
}

void
sighand_flush(struct sighand *sh, bool all)
{
	for (int i = 0; i < LX_NSIG; i++) {
		struct lx_sigaction *sa = &sh->action[i];

		if (all || sa->handler != LX_SIG_IGN)
			*sa = (struct lx_sigaction){.handler = LX_SIG_DFL};
		else
			*sa = (struct lx_sigaction){.handler = LX_SIG_IGN};
	}
}

void
sigpending_init(struct sigpending *sp)
{
	sp->set = 0;
	list_init(&sp->queue);
}

static void
entry_drop(struct sigqueue *q)
{
	list_del(&q->link);
	q->is_queued = false;
	if (q->timer) {
		posix_timer_entry_dropped(q);
		return;
	}
	queued_total--;
	kfree(q);
}

void
sigpending_flush(struct sigpending *sp)
{
	struct sigqueue *q, *tmp;

	LIST_EACH_SAFE(q, tmp, &sp->queue, link)
		entry_drop(q);
	sp->set = 0;
}

static void
pending_remove(struct sigpending *sp, uint64_t mask)
{
	struct sigqueue *q, *tmp;

	if (!(sp->set & mask))
		return;
	sp->set &= ~mask;
	LIST_EACH_SAFE(q, tmp, &sp->queue, link)
		if (LX_SIGMASK(q->info.si_signo) & mask)
			entry_drop(q);
}

static void
process_remove(struct process *p, uint64_t mask)
{
	struct task *t;

	pending_remove(&p->pending, mask);
	LIST_EACH(t, &p->threads, in_process)
		pending_remove(&t->pending, mask);
}

static bool
action_ignores(const struct task *t, int sig)
{
	uint64_t h = t->sighand->action[sig - 1].handler;

	if (h == LX_SIG_IGN)
		return true;
	return h == LX_SIG_DFL && (SET_IGNORE & LX_SIGMASK(sig));
}

bool
signal_ignored(const struct task *t, int sig)
{
	if (process_is_init(t->proc) && sig != LX_SIGKILL &&
	    t->sighand->action[sig - 1].handler == LX_SIG_DFL)
		return true;
	return action_ignores(t, sig);
}

uint64_t
signal_pending_set(const struct task *t)
{
	return t->pending.set | t->proc->pending.set;
}

bool
signal_is_pending(const struct task *t)
{
	return t->is_kill_pending || task_must_stop(t) ||
	       (signal_pending_set(t) & ~t->blocked) || t->ptrace_notice;
}

void
task_notice(struct task *t, bool fatal)
{
	if (fatal)
		t->is_kill_pending = true;
	switch (t->state) {
	case TASK_SLEEPING:
		sched_ready(t);
		break;
	case TASK_BLOCKED:
	case TASK_STOPPED:
	case TASK_TRACED:
		/* A mutex's or a disk's sleeper looks and sleeps again. */
		if (fatal && t->mm)
			sched_ready(t);
		break;
	default:
		sched_kick(t);
	}
}

/* Can @t take @sig now? */
static bool
wants(const struct task *t, int sig)
{
	uint64_t bit = LX_SIGMASK(sig);

	if (t->is_exiting || t->state == TASK_ZOMBIE)
		return false;
	if (sig == LX_SIGKILL)
		return true;
	/* Linux: one that stands still takes nothing that others may. */
	if (t->is_trace_stopped)
		return false;
	return !(t->blocked & bit) || (t->awaited & bit);
}

static struct task *
find_taker(struct process *p, struct task *prefer, int sig)
{
	struct task *t;

	if (prefer && wants(prefer, sig))
		return prefer;
	LIST_EACH(t, &p->threads, in_process)
		if (wants(t, sig))
			return t;
	return NULL;
}

/* SIGKILL, and what kills: every thread must look at once. */
static void
wake_all_fatal(struct process *p, int status)
{
	struct task *t;

	if (!p->is_group_exit) {
		p->is_group_exit = true;
		p->group_exit_code = status;
	}
	p->is_stopped = false;
	LIST_EACH(t, &p->threads, in_process)
		if (!t->is_exiting)
			task_notice(t, true);
}

/* SIGKILL ends even the stop before the end; ptrace(2), PTRACE_EVENT_EXIT. */
static void
end_exit_stops(struct process *p)
{
	struct task *t;

	LIST_EACH(t, &p->threads, in_process)
		if (t->is_trace_stopped)
			task_notice(t, true);
}

/* Effects that come with sending, whether or not it will be delivered. */
static void
side_effects(struct process *p, int sig)
{
	if (sig == LX_SIGCONT) {
		process_remove(p, SET_STOP);
		process_continue(p);
	} else if (LX_SIGMASK(sig) & SET_STOP) {
		process_remove(p, LX_SIGMASK(LX_SIGCONT));
	}
}

static bool
over_limit(const struct task *t)
{
	return queued_total >= rlimit_get(t, LX_RLIMIT_SIGPENDING);
}

/* Put @info into @sp. -EAGAIN only where kill(2) family must say so. */
static int
enqueue(struct task *t, struct sigpending *sp, const struct lx_siginfo *info)
{
	int sig = info->si_signo;
	struct sigqueue *q;

	if (sig < LX_SIGRTMIN && (sp->set & LX_SIGMASK(sig)))
		return 0; /* one pending is as good as many */
	q = (sig >= LX_SIGRTMIN && over_limit(t)) ? NULL
						  : KNEW(struct sigqueue);
	if (q) {
		q->info = *info;
		q->is_queued = true;
		list_append(&sp->queue, &q->link);
		queued_total++;
	} else if (sig >= LX_SIGRTMIN && info->si_code != LX_SI_USER) {
		return -EAGAIN;
	}
	sp->set |= LX_SIGMASK(sig);
	return 0;
}

static void
announce(struct process *p, struct task *prefer, int sig, bool to_process)
{
	struct task *taker;

	waitq_wake_all(&signal_wq, WAIT_IN);
	taker = to_process ? find_taker(p, prefer, sig)
			   : (wants(prefer, sig) ? prefer : NULL);
	if (!taker) {
		if (sig == LX_SIGKILL)
			end_exit_stops(p);
		return;
	}
	if (sig == LX_SIGKILL)
		wake_all_fatal(p, LX_SIGKILL);
	else
		task_notice(taker, false);
}

int
signal_send(struct task *t, const struct lx_siginfo *info, bool to_process)
{
	struct process *p = t->proc;
	int sig = info->si_signo;
	int err;

	if (sig <= 0 || sig > LX_NSIG || p->is_zombie || !t->sighand)
		return 0;
	side_effects(p, sig);
	/* Blocked signals stay, since the action may change meanwhile. */
	if (signal_ignored(t, sig) && !(t->blocked & LX_SIGMASK(sig)) &&
	    !(t->awaited & LX_SIGMASK(sig)) && !t->ptrace) {
		sigwatch_ignored(to_process ? find_taker(p, t, sig) : t, info);
		return 0;
	}
	trace(TR_SIGNAL, t->tid, (uint64_t)sig, (uint64_t)t->tid);
	err = enqueue(t, to_process ? &p->pending : &t->pending, info);
	if (err)
		return err;
	announce(p, t, sig, to_process);
	return 0;
}

int
signal_send_queued(struct task *t, struct sigqueue *q, bool to_process)
{
	struct process *p = t->proc;
	struct sigpending *sp = to_process ? &p->pending : &t->pending;
	int sig = q->info.si_signo;

	if (p->is_zombie || !t->sighand || q->is_queued)
		return q->is_queued ? 1 : 0;
	if (signal_ignored(t, sig) && !(t->blocked & LX_SIGMASK(sig)) &&
	    !(t->awaited & LX_SIGMASK(sig)))
		return 0;
	q->is_queued = true;
	list_append(&sp->queue, &q->link);
	sp->set |= LX_SIGMASK(sig);
	announce(p, t, sig, to_process);
	return 0;
}

static void
info_from(struct lx_siginfo *info, int sig, const struct task *from)
{
	memset(info, 0, sizeof(*info));
	info->si_signo = sig;
	info->si_code = from ? LX_SI_USER : LX_SI_KERNEL;
	if (from) {
		info->kill.pid = from->proc->pid;
		info->kill.uid = from->cred.uid;
	}
}

/* A task through which to reach @p: one that still has its parts. */
static struct task *
live_thread(struct process *p)
{
	struct task *t;

	if (p->leader && p->leader->sighand)
		return p->leader;
	LIST_EACH(t, &p->threads, in_process)
		if (t->sighand)
			return t;
	return NULL;
}

int
signal_process(struct process *p, int sig, const struct task *from)
{
	struct lx_siginfo info;
	struct task *t = live_thread(p);

	if (!sig || !t)
		return 0;
	info_from(&info, sig, from);
	return signal_send(t, &info, true);
}

int
signal_process_info(struct process *p, const struct lx_siginfo *info)
{
	struct task *t = live_thread(p);

	return t ? signal_send(t, info, true) : 0;
}

int
signal_pgrp(struct pid *pgrp, int sig, const struct task *from)
{
	struct process *p, *tmp;
	int n = 0;

	LIST_EACH_SAFE(p, tmp, &pgrp->pgrp, in_pgrp) {
		n++;
		(void)!signal_process(p, sig, from);
	}
	return n ? 0 : -ESRCH;
}

void
task_signal(struct task *t, int sig)
{
	struct lx_siginfo info;

	info_from(&info, sig, NULL);
	(void)!signal_send(t, &info, false);
}

void
signal_force(struct task *t, const struct lx_siginfo *info)
{
	struct lx_sigaction *sa = &t->sighand->action[info->si_signo - 1];
	uint64_t bit = LX_SIGMASK(info->si_signo);

	if ((t->blocked & bit) || sa->handler == LX_SIG_IGN) {
		sa->handler = LX_SIG_DFL;
		t->blocked &= ~bit;
	}
	t->is_forced = true; /* init dies of its own faults */
	pending_remove(&t->pending, bit);
	if (enqueue(t, &t->pending, info))
		log_once("a fault's signal could not be queued");
	t->pending.set |= bit;
	trace(TR_SIGNAL, t->tid, (uint64_t)info->si_signo, (uint64_t)t->tid);
}

void
signal_force_fault(struct task *t, int sig, int code, uint64_t addr)
{
	struct lx_siginfo info = {
		.si_signo = sig,
		.si_code = code,
	};

	info.fault.addr = addr;
	signal_force(t, &info);
}

bool
signal_may(const struct task *from, const struct task *to, int sig)
{
	const struct cred *a = &from->cred, *b = &to->cred;

	if (from->proc == to->proc)
		return true;
	if (a->euid == b->suid || a->euid == b->uid || a->uid == b->suid ||
	    a->uid == b->uid)
		return true;
	if (sig == LX_SIGCONT && from->proc->session_pid &&
	    from->proc->session_pid == to->proc->session_pid)
		return true;
	return cred_capable(a, LX_CAP_KILL);
}

void
signal_set_blocked(struct task *t, uint64_t mask)
{
	uint64_t newly;
	int sig;

	mask &= ~SIG_KERNEL_ONLY;
	newly = mask & ~t->blocked & t->proc->pending.set;
	t->blocked = mask;
	/* Others may take what we have just closed ourselves to. */
	for (sig = 1; newly && sig <= LX_NSIG; sig++) {
		struct task *other;

		if (!(newly & LX_SIGMASK(sig)))
			continue;
		newly &= ~LX_SIGMASK(sig);
		other = find_taker(t->proc, NULL, sig);
		if (other && other != t)
			task_notice(other, false);
	}
}

void
signal_set_temporary(struct task *t, uint64_t mask)
{
	t->saved_mask = t->blocked;
	t->restore_mask = true;
	signal_set_blocked(t, mask);
}

void
signal_end_temporary(struct task *t, bool interrupted)
{
	if (interrupted && signal_is_pending(t))
		return; /* delivery restores it, after the handler's frame */
	if (!t->restore_mask)
		return;
	t->restore_mask = false;
	signal_set_blocked(t, t->saved_mask);
}

/* Which of @set comes next: faults, then the lowest number. */
static int
next_signal(uint64_t set)
{
	if (set & SET_SYNC)
		set &= SET_SYNC;
	return set ? __builtin_ctzll(set) + 1 : 0;
}

static void
take(struct sigpending *sp, int sig, struct lx_siginfo *out)
{
	struct sigqueue *q, *tmp, *first = NULL;
	bool more = false;

	LIST_EACH_SAFE(q, tmp, &sp->queue, link) {
		if (q->info.si_signo != sig)
			continue;
		if (first)
			more = true;
		else
			first = q;
	}
	if (!more)
		sp->set &= ~LX_SIGMASK(sig);
	memset(out, 0, sizeof(*out));
	out->si_signo = sig;
	out->si_code = LX_SI_USER; /* Linux: where the queue was full */
	if (!first)
		return;
	*out = first->info;
	if (first->timer)
		posix_timer_dequeued(first, out);
	entry_drop(first);
}

int
signal_dequeue(struct task *t, uint64_t set, struct lx_siginfo *out)
{
	int sig = next_signal(t->pending.set & set);

	if (sig) {
		take(&t->pending, sig, out);
		return sig;
	}
	sig = next_signal(t->proc->pending.set & set);
	if (sig)
		take(&t->proc->pending, sig, out);
	if (sig == LX_SIGALRM)
		itimer_taken(t->proc);
	return sig;
}

bool
signal_peek(const struct task *t, bool of_process, uint64_t n,
	    struct lx_siginfo *out)
{
	const struct sigpending *sp =
		of_process ? &t->proc->pending : &t->pending;
	struct sigqueue *q;

	LIST_EACH(q, &sp->queue, link) {
		if (n--)
			continue;
		*out = q->info;
		return true;
	}
	return false;
}

void
signal_flush_ignored(struct task *t, int sig)
{
	process_remove(t->proc, LX_SIGMASK(sig));
}

/* --- ends --- */

void
task_exit_group(struct task *t, int code)
{
	struct process *p = t->proc;

	if (p->is_group_exit)
		code = p->group_exit_code;
	t->exit_code = code;
	t->is_exiting = true;
	wake_all_fatal(p, code);
}

void
task_exit(struct task *t, int code)
{
	t->exit_code = code;
	t->is_exiting = true;
}
