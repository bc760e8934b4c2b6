/* SPDX-License-Identifier: MIT */
/* kernel/seccomp.c - filters and what they decide; see kernel/seccomp.h. */
#include "kernel/seccomp.h"

#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/capability.h"
#include "include/abi/ptrace.h"
#include "include/abi/seccomp.h"
#include "kernel/cbpf.h"
#include "kernel/facts.h"
#include "kernel/internal.h"
#include "kernel/signal.h"

#define PATH_MAX_INSNS	 32768 /* Linux: of a whole chain */
#define FILTER_PENALTY	 4     /* Linux: what one costs besides */
#define ERRNO_MAX	 4095
#define SI_CODE_SECCOMP	 1 /* SYS_SECCOMP */
#define ACTION_OF(value) ((value)&LX_SECCOMP_RET_ACTION_FULL)

/* The four calls of strict mode. */
enum { NR_read = 0, NR_write = 1, NR_rt_sigreturn = 15, NR_exit = 60 };

struct seccomp {
	uint32_t refs;
	uint32_t len;
	bool logs; /* whatever is not allowed */
	struct seccomp *prev;
	struct lx_sock_filter insn[];
};

static struct seccomp *
get(struct seccomp *s)
{
	if (s)
		s->refs++;
	return s;
}

static void
put(struct seccomp *s)
{
	while (s && !--s->refs) {
		struct seccomp *prev = s->prev;

		kfree(s);
		s = prev;
	}
}

void
seccomp_inherit(struct task *c, const struct task *t)
{
	c->seccomp = get(t->seccomp);
	c->seccomp_mode = t->seccomp_mode;
}

void
seccomp_drop(struct task *t)
{
	put(t->seccomp);
	t->seccomp = NULL;
}

uint32_t
seccomp_count(const struct task *t)
{
	uint32_t n = 0;

	for (const struct seccomp *s = t->seccomp; s; s = s->prev)
		n++;
	return n;
}

/* --- installing --- */

int
seccomp_set_strict(struct task *t)
{
	if (t->seccomp_mode == LX_SECCOMP_MODE_FILTER)
		return -EINVAL;
	t->seccomp_mode = LX_SECCOMP_MODE_STRICT;
	facts_publish(t);
	return 0;
}

int
seccomp_may_filter(const struct task *t)
{
	if (!t->cred.no_new_privs && !cred_capable(&t->cred, LX_CAP_SYS_ADMIN))
		return -EACCES;
	return 0;
}

static bool
is_too_long(const struct task *t, uint32_t len)
{
	uint32_t total = len;

	for (const struct seccomp *s = t->seccomp; s; s = s->prev)
		total += s->len + FILTER_PENALTY;
	return total > PATH_MAX_INSNS;
}

static bool
is_ancestor(const struct seccomp *a, const struct seccomp *s)
{
	while (s && s != a)
		s = s->prev;
	return s == a; /* none is everyone's */
}

/* A thread that has a filter of its own, or 0. */
static int
who_differs(const struct task *t)
{
	struct task *o;

	LIST_EACH(o, &t->proc->threads, in_process) {
		if (o == t || o->is_exiting)
			continue;
		if (o->seccomp_mode == LX_SECCOMP_MODE_STRICT ||
		    !is_ancestor(o->seccomp, t->seccomp))
			return o->tid;
	}
	return 0;
}

static void
give_to_all(struct task *t)
{
	struct task *o;

	LIST_EACH(o, &t->proc->threads, in_process) {
		if (o == t || o->is_exiting)
			continue;
		put(o->seccomp);
		o->seccomp = get(t->seccomp);
		o->seccomp_mode = LX_SECCOMP_MODE_FILTER;
		facts_publish(o);
		if (t->cred.no_new_privs)
			o->cred.no_new_privs = true;
	}
}

int
seccomp_add(struct task *t, const struct lx_sock_filter *f, uint32_t len,
	    uint32_t flags)
{
	bool is_for_all = flags & LX_SECCOMP_FILTER_FLAG_TSYNC;
	struct seccomp *s;
	int err = cbpf_check(f, len), tid;

	if (err)
		return err;
	if (t->seccomp_mode == LX_SECCOMP_MODE_STRICT)
		return -EINVAL;
	if (is_too_long(t, len))
		return -ENOMEM;
	tid = is_for_all ? who_differs(t) : 0;
	if (tid)
		return flags & LX_SECCOMP_FILTER_FLAG_TSYNC_ESRCH ? -ESRCH
								  : tid;
	s = kmalloc(sizeof(*s) + len * sizeof(*f));
	if (!s)
		return -ENOMEM;
	*s = (struct seccomp){
		.refs = 1,
		.len = len,
		.logs = flags & LX_SECCOMP_FILTER_FLAG_LOG,
		.prev = t->seccomp,
	};
	memcpy(s->insn, f, len * sizeof(*f));
	t->seccomp = s;
	t->seccomp_mode = LX_SECCOMP_MODE_FILTER;
	facts_publish(t);
	if (is_for_all)
		give_to_all(t);
	return 0;
}

/* --- deciding --- */

/* All are asked; the severest wins, of equals the youngest. */
static uint32_t
ask(const struct task *t, bool *logs)
{
	const struct um_regs *r = &t->run.regs;
	struct lx_seccomp_data data = {
		.nr = (int32_t)r->orig_rax,
		.arch = LX_AUDIT_ARCH_X86_64,
		.instruction_pointer = r->rip,
	};
	uint32_t best = LX_SECCOMP_RET_ALLOW;

	regs_sysargs(r, data.args);
	*logs = false;
	for (const struct seccomp *s = t->seccomp; s; s = s->prev) {
		uint32_t v = cbpf_run(s->insn, &data);

		if ((int32_t)ACTION_OF(v) < (int32_t)ACTION_OF(best)) {
			best = v;
			*logs = s->logs;
		}
	}
	return best;
}

static void
note(const struct task *t, const char *what)
{
	log_info("seccomp: %s (%d): call %lld %s", t->comm, t->tid,
		 (long long)t->run.regs.orig_rax, what);
}

/* Linux: what a handler or a core sees is the state before the call. */
static void
fill_sigsys(struct task *t, uint32_t value, struct lx_siginfo *info)
{
	struct um_regs *r = &t->run.regs;

	memset(info, 0, sizeof(*info));
	info->si_signo = LX_SIGSYS;
	info->si_code = SI_CODE_SECCOMP;
	info->si_errno = (int32_t)(value & LX_SECCOMP_RET_DATA);
	info->sys.call_addr = r->rip;
	info->sys.syscall = (int32_t)r->orig_rax;
	info->sys.arch = LX_AUDIT_ARCH_X86_64;
	r->rax = r->orig_rax;
}

static void
trap(struct task *t, uint32_t value)
{
	struct lx_siginfo info;

	fill_sigsys(t, value, &info);
	signal_force(t, &info);
}

static void
kill_for(struct task *t, uint32_t value)
{
	struct lx_siginfo info;

	note(t, "ends it");
	if (value == LX_SECCOMP_RET_KILL_THREAD && t->proc->nthreads > 1) {
		task_exit(t, LX_SIGSYS);
		return;
	}
	fill_sigsys(t, value, &info);
	crash_report(t, &info);
	task_exit_group(t, LX_SIGSYS);
}

static void
fail(struct task *t, int err)
{
	t->run.regs.rax = (uint64_t)-err;
}

/* May the call be made after what the tracer has done to it? */
static bool
ask_tracer(struct task *t, uint32_t value)
{
	uint64_t data = value & LX_SECCOMP_RET_DATA;

	if (!ptrace_event(t, LX_PTRACE_EVENT_SECCOMP, data)) {
		fail(t, ENOSYS);
		return false;
	}
	return !t->is_kill_pending && (int64_t)t->run.regs.orig_rax >= 0;
}

/* @is_asked: the tracer has seen it. */
static bool
decide(struct task *t, bool is_asked)
{
	bool logs;
	uint32_t value = ask(t, &logs);

	if (logs && ACTION_OF(value) != LX_SECCOMP_RET_ALLOW)
		note(t, "is not simply allowed");
	switch (ACTION_OF(value)) {
	case LX_SECCOMP_RET_ALLOW:
		return true;
	case LX_SECCOMP_RET_LOG:
		if (!logs)
			note(t, "is allowed");
		return true;
	case LX_SECCOMP_RET_ERRNO:
		fail(t, (int)MIN(value & LX_SECCOMP_RET_DATA,
				 (uint32_t)ERRNO_MAX));
		return false;
	case LX_SECCOMP_RET_TRAP:
		trap(t, value);
		return false;
	case LX_SECCOMP_RET_TRACE:
		if (is_asked)
			return true;
		/* What it made of the call is looked at again. */
		return ask_tracer(t, value) && decide(t, true);
	case LX_SECCOMP_RET_USER_NOTIF:
		fail(t, ENOSYS); /* nobody can listen */
		return false;
	default:
		kill_for(t, ACTION_OF(value));
		return false;
	}
}

static bool
is_strict_call(uint64_t nr)
{
	return nr == NR_read || nr == NR_write || nr == NR_rt_sigreturn ||
	       nr == NR_exit;
}

bool
seccomp_allows(struct task *t)
{
	if (t->seccomp_mode != LX_SECCOMP_MODE_STRICT)
		return decide(t, false);
	if (is_strict_call(t->run.regs.orig_rax))
		return true;
	note(t, "ends it");
	task_exit(t, LX_SIGKILL);
	return false;
}
