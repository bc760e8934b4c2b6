/* SPDX-License-Identifier: MIT */
/* syscalls/signal.c - dispositions, masks, sending and awaiting signals. */
#include "kernel/signal.h"

#include "base/str.h"
#include "include/abi/time.h"
#include "kernel/block.h"
#include "kernel/pid.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define SIGSET_SIZE sizeof(uint64_t)

sysret_t
sys_rt_sigaction(struct task *t, int sig, uaddr_t act, uaddr_t oact,
		 uint64_t sigsetsize)
{
	struct lx_sigaction fresh, *sa;
	int err;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (!uaddr_is_null(act) && get_user(t->mm, &fresh, act))
		return -EFAULT;
	if (sig < 1 || sig > LX_NSIG)
		return -EINVAL;
	if (!uaddr_is_null(act) && (LX_SIGMASK(sig) & SIG_KERNEL_ONLY))
		return -EINVAL;
	sa = &t->sighand->action[sig - 1];
	if (!uaddr_is_null(oact)) {
		struct lx_sigaction old = *sa;

		err = put_user(t->mm, oact, &old);
		if (err)
			return err;
	}
	if (uaddr_is_null(act))
		return 0;
	fresh.mask &= ~SIG_KERNEL_ONLY;
	fresh.flags &= ~(uint64_t)LX_SA_UNSUPPORTED;
	*sa = fresh;
	/* POSIX: setting "ignore" discards what is pending. */
	if (signal_ignored(t, sig))
		signal_flush_ignored(t, sig);
	return 0;
}

sysret_t
sys_rt_sigprocmask(struct task *t, int how, uaddr_t set, uaddr_t oset,
		   uint64_t sigsetsize)
{
	uint64_t old = t->blocked, v;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (!uaddr_is_null(set)) {
		if (get_user(t->mm, &v, set))
			return -EFAULT;
		switch (how) {
		case LX_SIG_BLOCK:
			signal_set_blocked(t, old | v);
			break;
		case LX_SIG_UNBLOCK:
			signal_set_blocked(t, old & ~v);
			break;
		case LX_SIG_SETMASK:
			signal_set_blocked(t, v);
			break;
		default:
			return -EINVAL;
		}
	}
	return uaddr_is_null(oset) ? 0 : put_user(t->mm, oset, &old);
}

sysret_t
sys_rt_sigpending(struct task *t, uaddr_t set, uint64_t sigsetsize)
{
	uint64_t v = signal_pending_set(t) & t->blocked;

	if (sigsetsize > SIGSET_SIZE)
		return -EINVAL;
	return copy_out(t->mm, set, &v, sigsetsize);
}

sysret_t
sys_rt_sigsuspend(struct task *t, uaddr_t set, uint64_t sigsetsize)
{
	uint64_t v;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(t->mm, &v, set))
		return -EFAULT;
	signal_set_temporary(t, v);
	while (!signal_is_pending(t))
		(void)!task_sleep(t, "sigsuspend", TIME_NEVER);
	return -ERESTARTNOHAND;
}

sysret_t
sys_pause(struct task *t)
{
	while (!signal_is_pending(t))
		(void)!task_sleep(t, "pause", TIME_NEVER);
	return -ERESTARTNOHAND;
}

static int
deadline_of(struct task *t, uaddr_t timeout, uint64_t *out)
{
	struct lx_timespec ts;

	*out = TIME_NEVER;
	if (uaddr_is_null(timeout))
		return 0;
	if (get_user(t->mm, &ts, timeout))
		return -EFAULT;
	if (ts.tv_sec < 0 || (uint64_t)ts.tv_nsec >= NSEC_PER_SEC)
		return -EINVAL;
	if ((uint64_t)ts.tv_sec < TIME_NEVER / NSEC_PER_SEC / 2)
		*out = clock_monotonic_ns() +
		       (uint64_t)ts.tv_sec * NSEC_PER_SEC +
		       (uint64_t)ts.tv_nsec;
	return 0;
}

sysret_t
sys_rt_sigtimedwait(struct task *t, uaddr_t set, uaddr_t info, uaddr_t timeout,
		    uint64_t sigsetsize)
{
	struct lx_siginfo si;
	uint64_t want, deadline;
	int sig, err;

	if (sigsetsize != SIGSET_SIZE)
		return -EINVAL;
	if (get_user(t->mm, &want, set))
		return -EFAULT;
	want &= ~SIG_KERNEL_ONLY;
	err = deadline_of(t, timeout, &deadline);
	if (err)
		return err;
	while (!(sig = signal_dequeue(t, want, &si))) {
		t->awaited = want;
		if (!(signal_pending_set(t) & want))
			err = task_sleep(t, "sigtimedwait", deadline);
		t->awaited = 0;
		if (err) {
			sig = signal_dequeue(t, want, &si);
			if (sig)
				break;
			return err == -ETIMEDOUT ? -EAGAIN : -EINTR;
		}
	}
	if (!uaddr_is_null(info) && put_user(t->mm, info, &si))
		return -EFAULT;
	return sig;
}

sysret_t
sys_rt_sigreturn(struct task *t)
{
	return signal_return(t);
}

sysret_t
sys_sigaltstack(struct task *t, uaddr_t ss, uaddr_t old_ss)
{
	struct lx_sigaltstack fresh, old;
	int err;

	signal_altstack_get(t, t->run.regs.rsp, &old);
	if (!uaddr_is_null(ss)) {
		if (get_user(t->mm, &fresh, ss))
			return -EFAULT;
		err = signal_altstack_set(t, &fresh, t->run.regs.rsp);
		if (err)
			return err;
	}
	return uaddr_is_null(old_ss) ? 0 : put_user(t->mm, old_ss, &old);
}

/* --- sending --- */

static void
info_user(const struct task *t, int sig, int code, struct lx_siginfo *si)
{
	memset(si, 0, sizeof(*si));
	si->si_signo = sig;
	si->si_code = code;
	si->kill.pid = t->proc->pid;
	si->kill.uid = t->cred.uid;
}

/* A task of @p that can be asked about ids. */
static struct task *
any_thread(struct process *p)
{
	return p->leader;
}

static int
send_to_process(struct task *t, struct process *p, const struct lx_siginfo *si,
		int sig)
{
	if (!signal_may(t, any_thread(p), sig))
		return -EPERM;
	return sig ? signal_process_info(p, si) : 0;
}

struct broadcast {
	struct task *from;
	const struct lx_siginfo *si;
	int sig, err;
	bool seen;
};

static void
broadcast_one(struct process *p, void *arg)
{
	struct broadcast *b = arg;
	int err;

	if (process_is_init(p) || p == b->from->proc)
		return;
	b->seen = true;
	err = send_to_process(b->from, p, b->si, b->sig);
	if (err != -EPERM)
		b->err = err;
}

static int
kill_group(struct task *t, struct pid *pgrp, const struct lx_siginfo *si,
	   int sig)
{
	struct process *p, *tmp;
	int ok = 0, err = -ESRCH;

	if (!pgrp)
		return -ESRCH;
	pid_get(pgrp);
	LIST_EACH_SAFE(p, tmp, &pgrp->pgrp, in_pgrp) {
		int e = send_to_process(t, p, si, sig);

		if (e)
			err = e;
		else
			ok++;
	}
	pid_put(pgrp);
	return ok ? 0 : err;
}

sysret_t
sys_kill(struct task *t, int pid, int sig)
{
	struct lx_siginfo si;

	if (sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	info_user(t, sig, LX_SI_USER, &si);
	if (pid > 0) {
		struct task *o = task_find(pid);

		/* kill(2) takes any thread's number for its process. */
		return o ? send_to_process(t, o->proc, &si, sig) : -ESRCH;
	}
	if (pid == -1) {
		struct broadcast b = {t, &si, sig, 0, false};

		/* Linux: no word of those one may not. */
		process_each(broadcast_one, &b);
		return b.seen ? b.err : -ESRCH;
	}
	if (pid == INT32_MIN)
		return -ESRCH;
	return kill_group(t, pid ? pid_find(-pid) : t->proc->pgrp_pid, &si,
			  sig);
}

static sysret_t
send_to_thread(struct task *t, int tgid, int tid, const struct lx_siginfo *si,
	       int sig)
{
	struct task *o = task_find(tid);

	if (!o || (tgid > 0 && o->proc->pid != tgid))
		return -ESRCH;
	if (!signal_may(t, o, sig))
		return -EPERM;
	return sig ? signal_send(o, si, false) : 0;
}

sysret_t
sys_tkill(struct task *t, int tid, int sig)
{
	struct lx_siginfo si;

	if (tid <= 0 || sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	info_user(t, sig, LX_SI_TKILL, &si);
	return send_to_thread(t, 0, tid, &si, sig);
}

sysret_t
sys_tgkill(struct task *t, int tgid, int tid, int sig)
{
	struct lx_siginfo si;

	if (tid <= 0 || tgid <= 0 || sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	info_user(t, sig, LX_SI_TKILL, &si);
	return send_to_thread(t, tgid, tid, &si, sig);
}

/* Only the kernel may claim its own codes to others: rt_sigqueueinfo(2). */
static int
read_info(struct task *t, int target, int sig, uaddr_t info,
	  struct lx_siginfo *si)
{
	if (get_user(t->mm, si, info))
		return -EFAULT;
	si->si_signo = sig;
	if ((si->si_code >= 0 || si->si_code == LX_SI_TKILL) &&
	    target != t->proc->pid)
		return -EPERM;
	return 0;
}

sysret_t
sys_rt_sigqueueinfo(struct task *t, int pid, int sig, uaddr_t info)
{
	struct lx_siginfo si;
	struct task *o;
	int err = read_info(t, pid, sig, info, &si);

	if (err)
		return err;
	if (sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	o = task_find(pid);
	return o ? send_to_process(t, o->proc, &si, sig) : -ESRCH;
}

sysret_t
sys_rt_tgsigqueueinfo(struct task *t, int tgid, int tid, int sig, uaddr_t info)
{
	struct lx_siginfo si;
	int err;

	if (tid <= 0 || tgid <= 0)
		return -EINVAL;
	err = read_info(t, tgid, sig, info, &si);
	if (err)
		return err;
	if (sig < 0 || sig > LX_NSIG)
		return -EINVAL;
	return send_to_thread(t, tgid, tid, &si, sig);
}
