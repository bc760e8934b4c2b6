/* SPDX-License-Identifier: MIT */
/*
 * syscalls/decode_task.c - the life of tasks and what is asked about them:
 * clone, exec, wait, limits, usage, ids, capabilities, scheduling, uname.
 */
#include "include/abi/capability.h"
#include "include/abi/resource.h"
#include "include/abi/sched.h"
#include "include/abi/sysinfo.h"
#include "include/abi/utsname.h"
#include "include/abi/wait.h"
#include "syscalls/internal_decode.h"

/* clone(2) is shown as its manual has it: stack first, then flags. */
void
dec_CLONE(struct decode *d, int i)
{
	uint64_t flags = d->arg[i] & ~(uint64_t)LX_CSIGNAL;
	int sig = (int)(d->arg[i] & LX_CSIGNAL);

	put(d, "child_stack=");
	dec_addr(d, d->arg[i + 1]);
	put(d, ", flags=");
	if (flags || !sig)
		name_flags(d->out, ARG_CLONE_FLAGS, flags);
	if (sig) {
		put(d, flags ? "|" : "");
		name_signal(d->out, sig);
	}
}

/* What clone(2) uses of its other arguments. */
void
dec_clone_late(struct decode *d)
{
	uint64_t flags = d->arg[0];
	int32_t id;

	if (flags & (LX_CLONE_PARENT_SETTID | LX_CLONE_PIDFD)) {
		put(d, ", parent_tid=");
		if (d->is_error)
			dec_addr(d, d->arg[2]);
		else if (dec_get(d, &id, d->arg[2], sizeof(id)))
			put(d, "[%d]", id);
	}
	if (flags & LX_CLONE_SETTLS)
		put(d, ", tls=%#lx", (unsigned long)d->arg[4]);
	if (flags & (LX_CLONE_CHILD_SETTID | LX_CLONE_CHILD_CLEARTID)) {
		put(d, ", child_tidptr=");
		dec_addr(d, d->arg[3]);
	}
}

void
dec_CLONE_PTR(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

void
dec_CLONE_TLS(struct decode *d, int i)
{
	dec_addr(d, d->arg[i]);
}

static void
put_field_addr(struct decode *d, const char *name, uint64_t at)
{
	put(d, ", %s=", name);
	dec_addr(d, at);
}

void
dec_CLONE_ARGS(struct decode *d, int i)
{
	struct lx_clone_args a = {0};
	uint64_t size = d->arg[i + 1], flags;

	if (size < LX_CLONE_ARGS_SIZE_VER0) {
		dec_addr(d, d->arg[i]);
		return;
	}
	if (!dec_get(d, &a, d->arg[i], size < sizeof(a) ? size : sizeof(a)))
		return;
	flags = a.flags;
	put(d, "{flags=");
	if (!name_flags_only(d->out, ARG_CLONE_FLAGS, &flags, true) ||
	    a.flags >> 32) {
		flags = a.flags & ~0xffffffffull;
		if (!flags)
			put(d, "0");
		else
			name_flags_only(d->out, ARG_CLONE3_FLAGS, &flags,
					!(uint32_t)a.flags);
	}
	if (a.flags & LX_CLONE_PIDFD)
		put_field_addr(d, "pidfd", a.pidfd);
	if (a.flags & (LX_CLONE_CHILD_SETTID | LX_CLONE_CHILD_CLEARTID))
		put_field_addr(d, "child_tid", a.child_tid);
	if (a.flags & LX_CLONE_PARENT_SETTID)
		put_field_addr(d, "parent_tid", a.parent_tid);
	put(d, ", exit_signal=");
	name_signal(d->out, (int)a.exit_signal);
	put_field_addr(d, "stack", a.stack);
	put(d, ", stack_size=%#lx", (unsigned long)a.stack_size);
	if (a.flags & LX_CLONE_SETTLS)
		put_field_addr(d, "tls", a.tls);
	if (a.set_tid_size) {
		put_field_addr(d, "set_tid", a.set_tid);
		put(d, ", set_tid_size=%lu", (unsigned long)a.set_tid_size);
	}
	put(d, "}");
}

/* " => {pidfd=[4], parent_tid=[123]}": what clone3(2) stored. */
void
dec_clone3_late(struct decode *d)
{
	struct lx_clone_args a;
	const char *gap = " => {";
	int32_t v;

	if (!dec_peek(d, &a, d->arg[0], LX_CLONE_ARGS_SIZE_VER0))
		return;
	if (a.flags & LX_CLONE_PIDFD && dec_peek(d, &v, a.pidfd, sizeof(v))) {
		put(d, "%spidfd=[%d]", gap, v);
		gap = ", ";
	}
	if (a.flags & LX_CLONE_PARENT_SETTID &&
	    dec_peek(d, &v, a.parent_tid, sizeof(v))) {
		put(d, "%sparent_tid=[%d]", gap, v);
		gap = ", ";
	}
	if (*gap == ',')
		put(d, "}");
}

void
dec_ARGV(struct decode *d, int i)
{
	uint64_t at = d->arg[i], arg;

	if (!dec_get(d, &arg, at, sizeof(arg)))
		return;
	put(d, "[");
	for (int k = 0; arg; k++) {
		if (k)
			put(d, ", ");
		if (k == DEC_MAX) {
			put(d, "...");
			break;
		}
		dec_string(d, arg, DEC_MAX);
		at += sizeof(arg);
		if (!dec_peek(d, &arg, at, sizeof(arg))) {
			put(d, ", %#lx", (unsigned long)at);
			break;
		}
	}
	put(d, "]");
}

/* strace's habit too: the environment is counted, not shown. */
void
dec_ENVP(struct decode *d, int i)
{
	uint64_t at = d->arg[i], var;
	int n = 0;

	dec_addr(d, at);
	if (!dec_peek(d, &var, at, sizeof(var)))
		return;
	while (var && n < 100000) {
		at += sizeof(var);
		n++;
		if (!dec_peek(d, &var, at, sizeof(var)))
			break;
	}
	put(d, " /* %d var%s */", n, n == 1 ? "" : "s");
}

static void
put_status(struct decode *d, uint32_t s)
{
	if (LX_WIFCONTINUED(s)) {
		put(d, "[{WIFCONTINUED(s)}]");
	} else if (LX_WIFSTOPPED(s)) {
		put(d, "[{WIFSTOPPED(s) && WSTOPSIG(s) == ");
		name_signal(d->out, (int)LX_WSTOPSIG(s & 0x7fff));
		if (s >> 16) {
			put(d, " | ");
			name_value(d->out, ARG_PTRACE_EVENT, s >> 16);
			put(d, " << 16");
		}
		put(d, "}]");
	} else if (LX_WIFEXITED(s)) {
		put(d, "[{WIFEXITED(s) && WEXITSTATUS(s) == %u}]",
		    LX_WEXITSTATUS(s));
	} else {
		put(d, "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
		name_signal(d->out, (int)LX_WTERMSIG(s));
		put(d, s & LX_WCOREFLAG ? " && WCOREDUMP(s)}]" : "}]");
	}
}

/* Nothing is stored when no child had anything to say. */
void
dec_WSTATUS_OUT(struct decode *d, int i)
{
	uint32_t status;

	if (d->ret <= 0)
		dec_addr(d, d->arg[i]);
	else if (dec_get(d, &status, d->arg[i], sizeof(status)))
		put_status(d, status);
}

void
dec_WAITID_ID(struct decode *d, int i)
{
	put(d, "%d", (int)d->arg[i]);
}

void
dec_RUSAGE_OUT(struct decode *d, int i)
{
	struct lx_rusage ru;

	if (d->desc->ret == RET_TID && d->ret <= 0)
		dec_addr(d, d->arg[i]);
	else if (dec_get(d, &ru, d->arg[i], sizeof(ru)))
		put(d,
		    "{ru_utime={tv_sec=%ld, tv_usec=%lu}, "
		    "ru_stime={tv_sec=%ld, tv_usec=%lu}, ...}",
		    (long)ru.ru_utime.tv_sec,
		    (unsigned long)ru.ru_utime.tv_usec,
		    (long)ru.ru_stime.tv_sec,
		    (unsigned long)ru.ru_stime.tv_usec);
}

static void
put_limit(struct decode *d, uint64_t v)
{
	if (v == LX_RLIM_INFINITY)
		put(d, "RLIM64_INFINITY");
	else if (v > 1024 && !(v % 1024))
		put(d, "%lu*1024", (unsigned long)(v / 1024));
	else
		put(d, "%lu", (unsigned long)v);
}

static void
rlimit_at(struct decode *d, uint64_t at)
{
	struct lx_rlimit r;

	if (!dec_get(d, &r, at, sizeof(r)))
		return;
	put(d, "{rlim_cur=");
	put_limit(d, r.rlim_cur);
	put(d, ", rlim_max=");
	put_limit(d, r.rlim_max);
	put(d, "}");
}

void
dec_RLIMIT_IN(struct decode *d, int i)
{
	rlimit_at(d, d->arg[i]);
}

void
dec_RLIMIT_OUT(struct decode *d, int i)
{
	rlimit_at(d, d->arg[i]);
}

void
dec_UTSNAME_OUT(struct decode *d, int i)
{
	struct lx_utsname un;

	if (!dec_get(d, &un, d->arg[i], sizeof(un)))
		return;
	put(d, "{sysname=");
	dec_quote(d, un.sysname, strnlen(un.sysname, LX_UTS_LEN), false);
	put(d, ", nodename=");
	dec_quote(d, un.nodename, strnlen(un.nodename, LX_UTS_LEN), false);
	put(d, ", ...}");
}

void
dec_SYSINFO_OUT(struct decode *d, int i)
{
	struct lx_sysinfo si;

	if (!dec_get(d, &si, d->arg[i], sizeof(si)))
		return;
	put(d, "{uptime=%ld, loads=[%lu, %lu, %lu], totalram=%lu, freeram=%lu",
	    (long)si.uptime, (unsigned long)si.loads[0],
	    (unsigned long)si.loads[1], (unsigned long)si.loads[2],
	    (unsigned long)si.totalram, (unsigned long)si.freeram);
	put(d, ", sharedram=%lu, bufferram=%lu, totalswap=%lu, freeswap=%lu",
	    (unsigned long)si.sharedram, (unsigned long)si.bufferram,
	    (unsigned long)si.totalswap, (unsigned long)si.freeswap);
	put(d, ", procs=%u, totalhigh=%lu, freehigh=%lu, mem_unit=%u}",
	    si.procs, (unsigned long)si.totalhigh, (unsigned long)si.freehigh,
	    si.mem_unit);
}
