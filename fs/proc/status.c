/* SPDX-License-Identifier: MIT */
/* fs/proc/status.c - /proc/PID/status: a task in words. */
#include "fs/path.h"
#include "fs/fdtable.h"
#include "fs/proc/internal.h"
#include "kernel/pid.h"
#include "kernel/ptrace.h"
#include "kernel/sched.h"
#include "kernel/seccomp.h"
#include "kernel/signal.h"
#include "mm/mm.h"

typedef unsigned long long ull;

void
proc_signal_sets(const struct task *t, uint64_t *ignored, uint64_t *caught)
{
	*ignored = *caught = 0;
	for (int sig = 1; t->sighand && sig <= LX_NSIG; sig++) {
		uint64_t h = t->sighand->action[sig - 1].handler;

		if (h == LX_SIG_IGN)
			*ignored |= LX_SIGMASK(sig);
		else if (h != LX_SIG_DFL)
			*caught |= LX_SIGMASK(sig);
	}
}

static uint32_t
count(const struct list *queue)
{
	uint32_t n = 0;

	for (const struct list *l = queue->next; l != queue; l = l->next)
		n++;
	return n;
}

uint32_t
proc_queued(const struct task *t)
{
	return count(&t->pending.queue) + count(&t->proc->pending.queue);
}

void
proc_add_list(struct strbuf *sb, uint64_t set)
{
	const char *sep = "";

	for (uint32_t from = 0, to; from < 64; from = to + 1) {
		to = from;
		if (!(set >> from & 1))
			continue;
		while (to < 63 && (set >> (to + 1) & 1))
			to++;
		strbuf_add(sb, "%s%u", sep, from);
		if (to > from)
			strbuf_add(sb, "-%u", to);
		sep = ",";
	}
}

/* The name on one line, whatever is in it. */
static void
add_name(const struct task *t, struct strbuf *sb)
{
	strbuf_add(sb, "Name:\t");
	for (const char *c = t->comm; *c; c++) {
		if (*c == '\n')
			strbuf_add(sb, "\\n");
		else if (*c == '\\')
			strbuf_add(sb, "\\\\");
		else
			strbuf_put(sb, c, 1);
	}
	strbuf_add(sb, "\n");
}

static const char *
state_name(char letter)
{
	switch (letter) {
	case 'R':
		return "running";
	case 'S':
		return "sleeping";
	case 'D':
		return "disk sleep";
	case 'T':
		return "stopped";
	case 't':
		return "tracing stop";
	case 'Z':
		return "zombie";
	}
	return "dead";
}

static void
add_ids(const struct task *t, struct strbuf *sb)
{
	const struct process *p = t->proc;
	const struct cred *c = &t->cred;
	char letter = task_state_letter(t);

	if (t->fs)
		strbuf_add(sb, "Umask:\t%04o\n", t->fs->umask);
	strbuf_add(sb, "State:\t%c (%s)\n", letter, state_name(letter));
	strbuf_add(sb, "Tgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\n", p->pid,
		   t->tid, p->parent ? p->parent->pid : 0);
	strbuf_add(sb, "TracerPid:\t%d\n", ptrace_tracer_tid(t));
	strbuf_add(sb, "Uid:\t%u\t%u\t%u\t%u\n", c->uid, c->euid, c->suid,
		   c->fsuid);
	strbuf_add(sb, "Gid:\t%u\t%u\t%u\t%u\n", c->gid, c->egid, c->sgid,
		   c->fsgid);
	strbuf_add(sb, "FDSize:\t%d\nGroups:\t",
		   t->files ? fd_table_size(t->files) : 0);
	for (uint32_t k = 0; c->groups && k < c->groups->n; k++)
		strbuf_add(sb, "%u ", c->groups->gid[k]);
	strbuf_add(sb, "\nNStgid:\t%d\nNSpid:\t%d\n", p->pid, t->tid);
	strbuf_add(sb, "NSpgid:\t%d\nNSsid:\t%d\nKthread:\t0\n",
		   p->pgrp_pid ? p->pgrp_pid->nr : 0,
		   p->session_pid ? p->session_pid->nr : 0);
}

static void
add_kb(struct strbuf *sb, const char *name, uint64_t pages)
{
	strbuf_add(sb, "%s:\t%8llu kB\n", name, (ull)(pages * 4));
}

static void
add_memory(struct mm *mm, struct strbuf *sb)
{
	const struct mm_layout *l = mm_layout(mm);
	struct mm_stat st;
	uint64_t rss, text, lib;

	mm_stat(mm, &st);
	rss = st.rss_anon + st.rss_file + st.rss_shmem;
	text = (page_up(l->end_code) - page_down(l->start_code)) / PAGE_SIZE;
	text = MIN(text, st.exec_vm);
	lib = st.exec_vm - text;
	add_kb(sb, "VmPeak", MAX(st.peak_vm, st.total_vm));
	add_kb(sb, "VmSize", st.total_vm);
	add_kb(sb, "VmLck", st.locked_vm);
	add_kb(sb, "VmPin", 0);
	add_kb(sb, "VmHWM", MAX(st.peak_rss, rss));
	add_kb(sb, "VmRSS", rss);
	add_kb(sb, "RssAnon", st.rss_anon);
	add_kb(sb, "RssFile", st.rss_file);
	add_kb(sb, "RssShmem", st.rss_shmem);
	add_kb(sb, "VmData", st.data_vm);
	add_kb(sb, "VmStk", st.stack_vm);
	add_kb(sb, "VmExe", text);
	add_kb(sb, "VmLib", lib);
	add_kb(sb, "VmPTE", (rss + 511) / 512 + 3);
	add_kb(sb, "VmSwap", 0);
	strbuf_add(sb, "HugetlbPages:\t       0 kB\n");
	strbuf_add(sb, "CoreDumping:\t0\nTHP_enabled:\t0\n");
}

static void
add_signals(const struct task *t, struct strbuf *sb)
{
	uint64_t ignored, caught, shared = t->proc->pending.set;

	proc_signal_sets(t, &ignored, &caught);
	strbuf_add(sb, "SigQ:\t%u/%llu\n", proc_queued(t),
		   (ull)t->proc->rlim[LX_RLIMIT_SIGPENDING].rlim_cur);
	strbuf_add(sb, "SigPnd:\t%016llx\nShdPnd:\t%016llx\n",
		   (ull)t->pending.set, (ull)shared);
	strbuf_add(sb, "SigBlk:\t%016llx\nSigIgn:\t%016llx\nSigCgt:\t%016llx\n",
		   (ull)t->blocked, (ull)ignored, (ull)caught);
}

static void
add_caps(const struct task *t, struct strbuf *sb)
{
	const struct cred *c = &t->cred;

	strbuf_add(sb, "CapInh:\t%016llx\nCapPrm:\t%016llx\n",
		   (ull)c->cap_inheritable, (ull)c->cap_permitted);
	strbuf_add(sb, "CapEff:\t%016llx\nCapBnd:\t%016llx\nCapAmb:\t%016llx\n",
		   (ull)c->cap_effective, (ull)c->cap_bounding,
		   (ull)c->cap_ambient);
	strbuf_add(sb, "NoNewPrivs:\t%d\n", c->no_new_privs);
	strbuf_add(sb, "Seccomp:\t%d\nSeccomp_filters:\t%u\n", t->seccomp_mode,
		   seccomp_count(t));
	strbuf_add(sb, "Speculation_Store_Bypass:\tunknown\n");
	strbuf_add(sb, "SpeculationIndirectBranch:\tunknown\n");
}

/* A mask in groups of 32 bits, then as a list of ranges. */
static void
add_cpus(const struct task *t, struct strbuf *sb)
{
	uint64_t all = vcpu_count >= 64 ? ~0ull : (1ull << vcpu_count) - 1;
	uint64_t set = t->affinity & all;

	if (vcpu_count > 32)
		strbuf_add(sb, "Cpus_allowed:\t%0*llx,%08llx\n",
			   (int)(vcpu_count - 32 + 3) / 4, (ull)(set >> 32),
			   (ull)(set & 0xffffffff));
	else
		strbuf_add(sb, "Cpus_allowed:\t%0*llx\n",
			   (int)(vcpu_count + 3) / 4, (ull)set);
	strbuf_add(sb, "Cpus_allowed_list:\t");
	proc_add_list(sb, set);
	strbuf_add(sb, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
}

int
pid_status_show(const struct proc_inode *pi, struct strbuf *sb)
{
	const struct task *t = proc_task(pi);

	add_name(t, sb);
	add_ids(t, sb);
	if (t->mm)
		add_memory(t->mm, sb);
	strbuf_add(sb, "Threads:\t%u\n", MAX(t->proc->nthreads, 1u));
	add_signals(t, sb);
	add_caps(t, sb);
	add_cpus(t, sb);
	strbuf_add(sb,
		   "voluntary_ctxt_switches:\t%llu\n"
		   "nonvoluntary_ctxt_switches:\t%llu\n",
		   (ull)t->nvcsw, (ull)t->nivcsw);
	return 0;
}
