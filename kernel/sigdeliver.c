/* SPDX-License-Identifier: MIT */
/*
 * kernel/sigdeliver.c - acting on signals on the way back to guest code:
 * default actions, frames for handlers, restarts, rt_sigreturn(2).
 */
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/ucontext.h"
#include "include/abi/wait.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/rseq.h"
#include "kernel/signal.h"
#include "kernel/trap.h"
#include "mm/usercopy.h"

#define EFLAGS_DF 0x400ull
#define EFLAGS_RF 0x10000ull
#define USER_CS	  0x33
#define USER_SS	  0x2b

#define NR_restart_syscall 219

#define XFEATURES_LEGACY 3 /* x87, SSE */

/* rewind - execute the call's two-byte instruction again. */
static void
rewind_call(struct task *t, uint64_t nr)
{
	t->run.regs.rax = nr;
	t->run.regs.rip -= 2;
	t->run.regs.orig_rax = (uint64_t)-1;
	t->run.flags |= RUN_SET_REGS;
}

/* What becomes of an interrupted call when a handler runs (@sa) or none
 * (NULL): signal(7), "Interruption of system calls". */
static void
settle_call(struct task *t, const struct lx_sigaction *sa)
{
	uint64_t nr = t->run.regs.orig_rax;

	if ((int64_t)nr < 0)
		return;
	switch ((int64_t)t->run.regs.rax) {
	case -ERESTART_RESTARTBLOCK:
		if (sa)
			break;
		rewind_call(t, NR_restart_syscall);
		return;
	case -ERESTARTNOHAND:
		if (sa)
			break;
		rewind_call(t, nr);
		return;
	case -ERESTARTSYS:
		if (sa && !(sa->flags & LX_SA_RESTART))
			break;
		rewind_call(t, nr);
		return;
	case -ERESTARTNOINTR:
		rewind_call(t, nr);
		return;
	default:
		t->run.regs.orig_rax = (uint64_t)-1;
		return;
	}
	t->run.regs.rax = (uint64_t)-EINTR;
	t->run.regs.orig_rax = (uint64_t)-1;
	t->run.flags |= RUN_SET_REGS;
}

static bool
on_altstack(const struct task *t, uint64_t sp)
{
	const struct lx_sigaltstack *ss = &t->altstack;

	if (ss->ss_flags & (int32_t)LX_SS_AUTODISARM)
		return false;
	return sp > ss->ss_sp && sp - ss->ss_sp <= ss->ss_size;
}

/* Where the frame goes: below the red zone, or on the alternate stack. */
static int
frame_sp(struct task *t, const struct lx_sigaction *sa, uint64_t fp_len,
	 uint64_t *fp_at, uint64_t *frame_at)
{
	uint64_t sp = t->run.regs.rsp - LX_REDZONE;
	bool nested = on_altstack(t, t->run.regs.rsp);
	const struct lx_sigaltstack *ss = &t->altstack;

	if ((sa->flags & LX_SA_ONSTACK) && !nested &&
	    !(ss->ss_flags & LX_SS_DISABLE) && ss->ss_size)
		sp = ss->ss_sp + ss->ss_size;
	*fp_at = (sp - fp_len) & ~63ull;
	*frame_at = ((*fp_at - sizeof(struct lx_rt_sigframe)) & ~15ull) - 8;
	/* An overflown alternate stack is a SIGSEGV, not a scribble. */
	if (nested && !on_altstack(t, *frame_at))
		return -EFAULT;
	if ((sa->flags & LX_SA_ONSTACK) && sp == ss->ss_sp + ss->ss_size &&
	    *frame_at < ss->ss_sp)
		return -EFAULT;
	return 0;
}

static void
fill_context(struct task *t, struct lx_sigcontext *sc, uint64_t fp_at)
{
	const struct um_regs *r = &t->run.regs;

	*sc = (struct lx_sigcontext){
		.r8 = r->r8,
		.r9 = r->r9,
		.r10 = r->r10,
		.r11 = r->r11,
		.r12 = r->r12,
		.r13 = r->r13,
		.r14 = r->r14,
		.r15 = r->r15,
		.di = r->rdi,
		.si = r->rsi,
		.bp = r->rbp,
		.bx = r->rbx,
		.dx = r->rdx,
		.ax = r->rax,
		.cx = r->rcx,
		.sp = r->rsp,
		.ip = r->rip,
		.flags = r->eflags,
		.cs = USER_CS,
		.ss = USER_SS,
		.err = t->fault_err,
		.trapno = t->fault_trapno,
		.cr2 = t->fault_addr,
		.oldmask = t->blocked,
		.fpstate = fp_at,
	};
}

static int
push_frame(struct task *t, const struct lx_sigaction *sa,
	   const struct lx_siginfo *info)
{
	struct lx_rt_sigframe f = {0};
	uint64_t fp_at, at;
	uint32_t fp_len;
	void *fp;
	int err;

	if (!(sa->flags & LX_SA_RESTORER))
		return -EFAULT;
	err = thread_fp_save(t, &fp, &fp_len);
	if (err)
		return err;
	err = frame_sp(t, sa, fp_len, &fp_at, &at);
	if (!err && fp_len)
		err = copy_out(t->mm, uaddr(fp_at), fp, fp_len);
	kfree(fp);
	if (err)
		return err;

	f.pretcode = sa->restorer;
	f.uc.uc_flags = LX_UC_SIGCONTEXT_SS | LX_UC_STRICT_RESTORE_SS;
	if (fp_len > sizeof(struct lx_fpstate))
		f.uc.uc_flags |= LX_UC_FP_XSTATE;
	f.uc.uc_stack = t->altstack;
	if (on_altstack(t, t->run.regs.rsp))
		f.uc.uc_stack.ss_flags |= LX_SS_ONSTACK;
	fill_context(t, &f.uc.uc_mcontext, fp_len ? fp_at : 0);
	f.uc.uc_sigmask = t->restore_mask ? t->saved_mask : t->blocked;
	f.info = *info;
	err = copy_out(t->mm, uaddr(at), &f, sizeof(f));
	if (!err)
		err = thread_fp_load(t, NULL, 0); /* handlers start afresh */
	if (err)
		return err;

	t->run.regs.rdi = (uint64_t)info->si_signo;
	t->run.regs.rsi = at + offsetof(struct lx_rt_sigframe, info);
	t->run.regs.rdx = at + offsetof(struct lx_rt_sigframe, uc);
	t->run.regs.rax = 0;
	t->run.regs.rip = sa->handler;
	t->run.regs.rsp = at;
	t->run.regs.eflags &= ~(EFLAGS_DF | EFLAGS_RF | UM_EFLAGS_TF);
	t->run.flags |= RUN_SET_REGS;
	return 0;
}

static void
run_handler(struct task *t, struct lx_sigaction *sa,
	    const struct lx_siginfo *info)
{
	struct lx_sigaction a = *sa;
	uint64_t mask = t->blocked | a.mask;
	int err;

	settle_call(t, &a);
	rseq_signal(t);
	if (a.flags & LX_SA_RESETHAND)
		sa->handler = LX_SIG_DFL;
	err = push_frame(t, &a, info);
	if (err) {
		/* Linux: no room for a frame kills, if need be through
		 * SIGSEGV's own handler. */
		if (info->si_signo == LX_SIGSEGV)
			t->sighand->action[LX_SIGSEGV - 1].handler = LX_SIG_DFL;
		t->restore_mask = false;
		signal_force_fault(t, LX_SIGSEGV, LX_SI_KERNEL, 0);
		return;
	}
	if (t->altstack.ss_flags & (int32_t)LX_SS_AUTODISARM)
		t->altstack = (struct lx_sigaltstack){
			.ss_flags = LX_SS_DISABLE,
		};
	if (!(a.flags & LX_SA_NODEFER))
		mask |= LX_SIGMASK(info->si_signo);
	t->restore_mask = false;
	signal_set_blocked(t, mask);
	ptrace_handler_set_up(t);
}

static bool
dumps_core(int sig)
{
	switch (sig) {
	case LX_SIGQUIT:
	case LX_SIGILL:
	case LX_SIGTRAP:
	case LX_SIGABRT:
	case LX_SIGBUS:
	case LX_SIGFPE:
	case LX_SIGSEGV:
	case LX_SIGXCPU:
	case LX_SIGXFSZ:
	case LX_SIGSYS:
		return true;
	}
	return false;
}

static bool
stops(int sig)
{
	return sig == LX_SIGSTOP || sig == LX_SIGTSTP || sig == LX_SIGTTIN ||
	       sig == LX_SIGTTOU;
}

/* signal(7)'s table of default actions. */
static void
default_action(struct task *t, const struct lx_siginfo *info)
{
	int sig = info->si_signo;

	/* A fault ends init too, or it would take it for ever. */
	if (process_is_init(t->proc) && !t->is_forced && sig != LX_SIGKILL)
		return;
	if (stops(sig)) {
		if (sig != LX_SIGSTOP && t->proc->pgrp_pid &&
		    pgrp_is_orphaned(t->proc->pgrp_pid, NULL))
			return;
		task_do_stop(t, sig);
		return;
	}
	if (signal_ignored(t, sig) && !t->is_forced)
		return;
	/* Core files are not written: the status says so only by omission, as
	 * Linux does with RLIMIT_CORE 0. */
	if (dumps_core(sig))
		crash_report(t, info);
	task_exit_group(t, sig);
}

/* One signal; false when none is left. */
static bool
deliver_one(struct task *t)
{
	struct lx_siginfo info;
	struct lx_sigaction *sa;
	int sig = signal_dequeue(t, ~t->blocked, &info);

	if (!sig)
		return false;
	if (t->ptrace && sig != LX_SIGKILL) {
		sig = ptrace_signal(t, &info);
		if (!sig) {
			t->is_forced = false;
			return true;
		}
	}
	if (trap_observer)
		trap_observer->signal(t, &info);
	sa = &t->sighand->action[sig - 1];
	if (sa->handler != LX_SIG_IGN) {
		if (sa->handler == LX_SIG_DFL)
			default_action(t, &info);
		else
			run_handler(t, sa, &info);
	}
	t->is_forced = false;
	return true;
}

/* Killed with its process, or by another thread's execve(2) alone. */
static void
end_task(struct task *t)
{
	const struct process *p = t->proc;

	if (p->is_group_exit)
		task_exit_group(t, p->group_exit_code);
	else if (p->exec_task && p->exec_task != t)
		task_exit(t, 0);
	else
		task_exit_group(t, LX_SIGKILL);
}

void
signal_deliver(struct task *t)
{
	while (!t->is_exiting) {
		sigwatch_show(t);
		if (t->is_kill_pending) {
			end_task(t);
			return;
		}
		if (task_must_stop(t)) {
			task_do_stop(t, 0);
			continue;
		}
		if (t->ptrace_notice) {
			ptrace_notice(t);
			continue;
		}
		if (!deliver_one(t))
			break;
	}
	if (t->is_exiting)
		return;
	settle_call(t, NULL);
	if (t->restore_mask) {
		t->restore_mask = false;
		signal_set_blocked(t, t->saved_mask);
	}
}

/* The image a frame holds has the machine's own form, magic numbers and all;
 * where a handler left the legacy part alone, that goes into a present one. */
static int
legacy_fp(struct task *t, uint64_t at)
{
	struct lx_xstate_header *h;
	uint32_t len;
	void *buf;
	int err = thread_fp_save(t, &buf, &len);

	if (err)
		return err;
	err = copy_in(t->mm, buf, uaddr(at), offsetof(struct lx_fpstate, sw));
	if (!err && len > sizeof(struct lx_fpstate)) {
		h = (struct lx_xstate_header *)((char *)buf +
						sizeof(struct lx_fpstate));
		h->xfeatures = XFEATURES_LEGACY;
	}
	if (!err)
		err = thread_fp_load(t, buf, len);
	kfree(buf);
	return err;
}

static int
restore_fp(struct task *t, uint64_t at)
{
	struct lx_fpx_sw_bytes sw;
	uint32_t len = thread_fp_size();
	void *buf;
	int err;

	if (!at)
		return thread_fp_load(t, NULL, 0);
	err = copy_in(t->mm, &sw, uaddr(at + offsetof(struct lx_fpstate, sw)),
		      sizeof(sw));
	if (err)
		return err;
	if (sw.magic1 != LX_FP_XSTATE_MAGIC1 || sw.extended_size != len)
		return legacy_fp(t, at);
	buf = kmalloc(len);
	if (!buf)
		return -ENOMEM;
	err = copy_in(t->mm, buf, uaddr(at), len);
	if (!err)
		err = thread_fp_load(t, buf, len);
	kfree(buf);
	return err;
}

static void
restore_regs(struct um_regs *r, const struct lx_sigcontext *sc)
{
	r->r8 = sc->r8, r->r9 = sc->r9, r->r10 = sc->r10, r->r11 = sc->r11;
	r->r12 = sc->r12, r->r13 = sc->r13, r->r14 = sc->r14, r->r15 = sc->r15;
	r->rdi = sc->di, r->rsi = sc->si, r->rbp = sc->bp, r->rbx = sc->bx;
	r->rdx = sc->dx, r->rax = sc->ax, r->rcx = sc->cx, r->rsp = sc->sp;
	r->rip = sc->ip;
	r->eflags =
		(r->eflags & ~UM_EFLAGS_USER) | (sc->flags & UM_EFLAGS_USER);
}

sysret_t
signal_return(struct task *t)
{
	uint64_t at = t->run.regs.rsp - 8;
	struct lx_rt_sigframe f;

	if (copy_in(t->mm, &f, uaddr(at), sizeof(f)) ||
	    restore_fp(t, f.uc.uc_mcontext.fpstate)) {
		t->run.regs.orig_rax = (uint64_t)-1;
		signal_force_fault(t, LX_SIGSEGV, LX_SI_KERNEL, 0);
		return 0;
	}
	signal_set_blocked(t, f.uc.uc_sigmask);
	restore_regs(&t->run.regs, &f.uc.uc_mcontext);
	f.uc.uc_stack.ss_flags &= ~LX_SS_ONSTACK;
	/* Linux: errors of this one are ignored. */
	(void)!signal_altstack_set(t, &f.uc.uc_stack, t->run.regs.rsp);
	t->run.regs.orig_rax = (uint64_t)-1;
	t->run.flags |= RUN_SET_REGS | RUN_RETURNED;
	return (sysret_t)t->run.regs.rax;
}

int
signal_altstack_set(struct task *t, const struct lx_sigaltstack *ss,
		    uint64_t sp)
{
	uint32_t mode = (uint32_t)ss->ss_flags & ~LX_SS_AUTODISARM;

	if (on_altstack(t, sp))
		return -EPERM;
	if (mode != LX_SS_DISABLE && mode != LX_SS_ONSTACK && mode != 0)
		return -EINVAL;
	if (mode == LX_SS_DISABLE) {
		t->altstack = (struct lx_sigaltstack){
			.ss_flags = ss->ss_flags,
		};
		return 0;
	}
	if (ss->ss_size < LX_MINSIGSTKSZ)
		return -ENOMEM;
	t->altstack = *ss;
	return 0;
}

void
signal_altstack_get(const struct task *t, uint64_t sp,
		    struct lx_sigaltstack *out)
{
	*out = t->altstack;
	out->pad = 0;
	if (!(out->ss_flags & LX_SS_DISABLE)) {
		out->ss_flags &= (int32_t)LX_SS_AUTODISARM;
		if (on_altstack(t, sp))
			out->ss_flags |= LX_SS_ONSTACK;
	}
}
