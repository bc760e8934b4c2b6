/* SPDX-License-Identifier: MIT */
/*
 * kernel/trap.c - trap_handle(): system calls, faults, exceptions, kicks;
 * then, on the way back, events, signals, the end of the task.
 *
 * While orig_rax >= 0 and rax holds -ERESTART*, an interrupted call waits for
 * signal_deliver() to restart it or to make it -EINTR; no guest sees those.
 */
#include "kernel/trap.h"

#include "base/log.h"
#include "base/time.h"
#include "base/trace.h"
#include "kernel/internal.h"
#include "kernel/oom.h"
#include "kernel/patch.h"
#include "kernel/sched.h"
#include "kernel/seccomp.h"
#include "kernel/signal.h"
#include "mm/mm.h"

int64_t (*syscall_hook)(struct task *t, const struct um_regs *regs);
const struct trap_observer *trap_observer;

static void
note_trap(struct task *t, const struct stop *stop)
{
	uint64_t a =
		stop->kind == STOP_SYSCALL ? t->run.regs.orig_rax : stop->addr;
	uint32_t i = t->last_n++ % ARRAY_LEN(t->last);

	t->last[i].kind = stop->kind;
	t->last[i].a = a;
	trace_at(t->mode_tsc, TR_TRAP, t->tid, stop->kind, a);
}

static bool
is_restart(uint64_t rax)
{
	return rax <= (uint64_t)-ERESTARTSYS &&
	       rax >= (uint64_t)-ERESTART_RESTARTBLOCK;
}

void
trap_syscall_return(struct task *t, int64_t ret)
{
	t->run.regs.rax = (uint64_t)ret;
	t->run.flags |= RUN_SET_RAX;
}

/* A tracer may have changed the number, or made it none; a filter may be
 * against it. */
static bool
may_call(struct task *t)
{
	if (t->ptrace && !ptrace_syscall_enter(t))
		return false;
	if (t->ptrace && (int64_t)t->run.regs.orig_rax < 0)
		return false;
	return !t->seccomp_mode || seccomp_allows(t);
}

static void
do_syscall(struct task *t)
{
	uint64_t nr;
	int64_t ret;

	t->run.regs.rax = (uint64_t)-ENOSYS;
	if (may_call(t)) {
		nr = t->run.regs.orig_rax;
		ret = syscall_hook(t, &t->run.regs);
		trap_syscall_return(t, ret);
		trace(TR_RETURN, t->tid, nr, (uint64_t)ret);
	}
	t->run.flags |= RUN_SET_RAX;
	if (t->ptrace)
		ptrace_syscall_exit(t);
}

static void
do_fault(struct task *t, const struct stop *stop)
{
	struct fault_result res = {0};

	trace(TR_FAULT, t->tid, stop->addr, stop->error_code);
	t->fault_addr = stop->addr;
	t->fault_err = stop->error_code & ~FAULT_GUESSED;
	t->fault_trapno = 14;
	for (;;) {
		mm_fault(t->mm, stop->addr, (uint32_t)stop->error_code,
			 t->run.regs.rsp, &res);
		if (!res.oom)
			break;
		if (!oom_kill(t))
			break;
		res = (struct fault_result){0};
		if (t->is_kill_pending)
			return;
	}
	if (res.signo)
		signal_force_fault(t, res.signo, res.code, res.addr);
}

/* The host's own refusal to hand out a page shows as SIGBUS. */
static void
do_exception(struct task *t, const struct stop *stop)
{
	struct lx_siginfo info = {
		.si_signo = stop->signo,
		.si_code = stop->code,
	};

	if (stop->signo == LX_SIGBUS && stop->trapno == 14) {
		struct fault_result res = {0};

		mm_host_error(t->mm, stop->addr, &res);
		if (res.oom && oom_kill(t))
			return;
		if (res.signo)
			signal_force_fault(t, res.signo, res.code, res.addr);
		return;
	}
	if (stop->signo <= 0 || stop->signo > LX_NSIG) {
		info.si_signo = LX_SIGSEGV;
		info.si_code = LX_SI_KERNEL;
	}
	info.fault.addr = stop->addr;
	t->fault_err = stop->error_code;
	t->fault_trapno = stop->trapno;
	signal_force(t, &info);
}

void
trap_handle(struct task *t, const struct stop *stop)
{
	note_trap(t, stop);
	if (stop->kind != STOP_SYSCALL) {
		t->run.regs.orig_rax = (uint64_t)-1;
		if (patch_trap(t, stop))
			return;
	}
	switch (stop->kind) {
	case STOP_SYSCALL:
		patch_syscall(t, stop);
		do_syscall(t);
		break;
	case STOP_FAULT:
		do_fault(t, stop);
		break;
	case STOP_EXCEPTION:
		do_exception(t, stop);
		break;
	case STOP_KICKED:
		break;
	default: /* STOP_DIED: as if by SIGKILL, and the guest goes on */
		log_warn("process %d: its host process died", t->proc->pid);
		task_exit_group(t, LX_SIGKILL);
		break;
	}
}

static bool
has_exit_work(const struct task *t)
{
	if (signal_is_pending(t) || t->restore_mask || !list_empty(&t->unseen))
		return true;
	return (int64_t)t->run.regs.orig_rax >= 0 &&
	       is_restart(t->run.regs.rax);
}

void
trap_exit(struct task *t)
{
	for (;;) {
		irq_poll();
		sched_maybe();
		if (t->is_exiting)
			task_finish(t);
		if (!has_exit_work(t))
			break;
		signal_deliver(t);
	}
}
