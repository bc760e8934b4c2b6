/* SPDX-License-Identifier: MIT */
/*
 * syscalls/dispatch.c - from a number to a handler and back: look up, trace,
 * call, check what comes back.
 */
#include "arch/um/x86_64/regs.h"
#include "base/log.h"
#include "base/panic.h"
#include "kernel/facts.h"
#include "kernel/task.h"
#include "kernel/trap.h"
#include "syscalls/syscalls.h"
#include "syscalls/sysdef.h"

/* A handler answers >= 0, a guest's error number, or one of the four that
 * say how to restart. */
static bool
may_answer(sysret_t ret)
{
	if (ret >= 0 || ret < -4095 || ret > -ERESTARTSYS)
		return true;
	return ret == -ERESTARTSYS || ret == -ERESTARTNOINTR ||
	       ret == -ERESTARTNOHAND || ret == -ERESTART_RESTARTBLOCK;
}

/* Told once each: programs try what is not there again and again. */
static sysret_t
refuse(const struct task *t, uint64_t nr, const struct sys_desc *d)
{
	static uint64_t told[SYS_MAX / 64];
	static bool told_others;

	if (!d) {
		if (!told_others)
			log_info("%s (%d) calls unknown number %#lx", t->comm,
				 t->tid, (unsigned long)nr);
		told_others = true;
		return -ENOSYS;
	}
	if (!(told[nr / 64] >> nr % 64 & 1))
		log_info("%s (%d) calls %s, which is not there: %s", t->comm,
			 t->tid, d->name, d->note);
	told[nr / 64] |= 1ull << nr % 64;
	return -d->err;
}

/* A PID 1 that is the kernel's own and makes no calls is nobody to name. */
static bool init_calls;

static bool
has_many(void)
{
	return task_count > (init_calls ? 1 : 2);
}

/* The calls of one task are shown without its number. */
static void
trace_enter(struct strace_call *call, struct task *t,
	    const struct um_regs *regs)
{
	if (t->tid == 1)
		init_calls = true;
	strace_enter(call, t->tid, t->mm, regs);
}

sysret_t
syscall_dispatch(struct task *t, const struct um_regs *regs)
{
	uint64_t nr = regs_sysno(regs), arg[6];
	const struct sys_desc *d = NULL;
	struct strace_call call;
	sysret_t ret;

	if (nr < SYS_MAX && sys_table[nr].name)
		d = &sys_table[nr];
	call.buf = NULL;
	if (strace_is_on())
		trace_enter(&call, t, regs);
	regs_sysargs(regs, arg);
	ret = d && d->call ? d->call(t, arg) : refuse(t, nr, d);
	kassert(may_answer(ret));
	if (call.buf)
		strace_exit(&call, t->mm, ret);
	return ret;
}

static void
on_signal(struct task *t, const void *siginfo)
{
	strace_signal(t->tid, siginfo);
}

static void
on_stop(struct task *t, int sig)
{
	strace_stopped(t->tid, sig);
}

static void
on_exit(struct task *t, int status)
{
	if (t->tid == 1 && !init_calls)
		return;
	strace_exited(t->tid, status);
}

static void
on_sleep(struct task *t)
{
	strace_flush(t->tid);
}

int
syscalls_trace(const char *filter, strace_out_fn *out)
{
	static const struct trap_observer observer = {
		.signal = on_signal,
		.stopped = on_stop,
		.exited = on_exit,
		.sleeps = on_sleep,
	};
	const struct strace_conf conf = {filter, out, has_many};
	char bad[64];

	if (strace_start(&conf, bad, sizeof(bad))) {
		log_error("--strace: %s is no system call or class", bad);
		return -EINVAL;
	}
	trap_observer = &observer;
	facts_off(); /* all calls are to be seen */
	return 0;
}

void
syscalls_init(void)
{
	syscall_hook = syscall_dispatch;
}
