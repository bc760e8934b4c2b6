/* SPDX-License-Identifier: MIT */
/* fs/proc/limits.c - /proc/PID/limits, io and sched: what a task may use and
 * has used. */
#include "fs/proc/internal.h"
#include "kernel/sched.h"

typedef unsigned long long ull;

static const struct {
	const char *name, *unit;
} limits[LX_RLIM_NLIMITS] = {
	[LX_RLIMIT_CPU] = {"Max cpu time", "seconds"},
	[LX_RLIMIT_FSIZE] = {"Max file size", "bytes"},
	[LX_RLIMIT_DATA] = {"Max data size", "bytes"},
	[LX_RLIMIT_STACK] = {"Max stack size", "bytes"},
	[LX_RLIMIT_CORE] = {"Max core file size", "bytes"},
	[LX_RLIMIT_RSS] = {"Max resident set", "bytes"},
	[LX_RLIMIT_NPROC] = {"Max processes", "processes"},
	[LX_RLIMIT_NOFILE] = {"Max open files", "files"},
	[LX_RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
	[LX_RLIMIT_AS] = {"Max address space", "bytes"},
	[LX_RLIMIT_LOCKS] = {"Max file locks", "locks"},
	[LX_RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
	[LX_RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
	[LX_RLIMIT_NICE] = {"Max nice priority", ""},
	[LX_RLIMIT_RTPRIO] = {"Max realtime priority", ""},
	[LX_RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void
add_limit(struct strbuf *sb, uint64_t v)
{
	if (v == LX_RLIM_INFINITY)
		strbuf_add(sb, "%-20s ", "unlimited");
	else
		strbuf_add(sb, "%-20llu ", (ull)v);
}

int
pid_limits_show(const struct proc_inode *pi, struct strbuf *sb)
{
	const struct process *p = proc_process(pi);

	strbuf_add(sb, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit",
		   "Hard Limit", "Units");
	for (uint32_t k = 0; k < LX_RLIM_NLIMITS; k++) {
		strbuf_add(sb, "%-25s ", limits[k].name);
		add_limit(sb, p->rlim[k].rlim_cur);
		add_limit(sb, p->rlim[k].rlim_max);
		if (limits[k].unit[0])
			strbuf_add(sb, "%-10s", limits[k].unit);
		strbuf_add(sb, "\n");
	}
	return 0;
}

int
pid_io_show(const struct proc_inode *pi, struct strbuf *sb)
{
	const struct process *p = proc_process(pi);

	strbuf_add(sb,
		   "rchar: %llu\nwchar: %llu\nsyscr: %llu\nsyscw: %llu\n"
		   "read_bytes: 0\nwrite_bytes: 0\n"
		   "cancelled_write_bytes: 0\n",
		   (ull)p->rchar, (ull)p->wchar, (ull)p->syscr, (ull)p->syscw);
	return 0;
}

/* Nanoseconds as milliseconds with a fraction. */
static void
add_ms(struct strbuf *sb, const char *name, uint64_t ns)
{
	strbuf_add(sb, "%-45s:%14llu.%06llu\n", name, (ull)(ns / 1000000),
		   (ull)(ns % 1000000));
}

static void
add_count(struct strbuf *sb, const char *name, int64_t v)
{
	strbuf_add(sb, "%-45s:%21lld\n", name, (long long)v);
}

int
pid_sched_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct task *t = proc_task(pi);
	uint64_t u, s;

	task_cpu_ns(t, &u, &s);
	strbuf_add(sb, "%s (%d, #threads: %u)\n", t->comm, t->tid,
		   t->proc->nthreads);
	strbuf_add(sb, "-------------------------------------------------------"
		       "------------\n");
	add_ms(sb, "se.exec_start", t->started_ns);
	add_ms(sb, "se.vruntime", t->vruntime);
	add_ms(sb, "se.sum_exec_runtime", u + s);
	add_count(sb, "nr_switches", (int64_t)(t->nvcsw + t->nivcsw));
	add_count(sb, "nr_voluntary_switches", (int64_t)t->nvcsw);
	add_count(sb, "nr_involuntary_switches", (int64_t)t->nivcsw);
	add_count(sb, "policy", t->policy);
	add_count(sb, "prio",
		  t->rt_priority ? 99 - t->rt_priority : 120 + t->nice);
	return 0;
}
