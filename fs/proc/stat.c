/* SPDX-License-Identifier: MIT */
/* fs/proc/stat.c - /proc/PID/stat and statm: a task as one line of numbers. */
#include "base/time.h"
#include "drivers/tty.h"
#include "fs/chrdev.h"
#include "fs/proc/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/signal.h"
#include "kernel/uts.h"
#include "mm/mm.h"

#define TICK_NS 10000000ull /* USER_HZ is 100 */

typedef unsigned long long ull;

char
task_state_letter(const struct task *t)
{
	switch (t->state) {
	case TASK_READY:
		return 'R';
	case TASK_SLEEPING:
		return 'S';
	case TASK_BLOCKED:
		return 'D';
	case TASK_STOPPED:
		return 'T';
	case TASK_TRACED:
		return 't';
	case TASK_ZOMBIE:
		return 'Z';
	case TASK_DEAD:
		break;
	}
	return 'X';
}

void
proc_tty(const struct process *p, int *tty, int *fg)
{
	const struct tty *t = tty_of(p);

	*tty = 0;
	*fg = -1;
	if (!t)
		return;
	*tty = (int)dev_encode(t->rdev);
	if (t->pgrp)
		*fg = t->pgrp->nr;
}

struct times {
	uint64_t utime, stime, minflt, majflt;
};

/* The thread's own, or of all there are and were. */
static void
times_of(const struct proc_inode *pi, struct task *t, struct times *out)
{
	const struct process *p = t->proc;
	const struct task *other;

	if (pi->is_thread) {
		task_cpu_ns(t, &out->utime, &out->stime);
		out->minflt = t->minflt;
		out->majflt = t->majflt;
		return;
	}
	process_cpu_ns(p, &out->utime, &out->stime);
	out->minflt = p->minflt;
	out->majflt = p->majflt;
	LIST_EACH(other, &p->threads, in_process) {
		out->minflt += other->minflt;
		out->majflt += other->majflt;
	}
}

static void
add_ids(const struct task *t, struct strbuf *sb)
{
	const struct process *p = t->proc;
	uint32_t flags = 0x400000; /* PF_RANDOMIZE */
	int tty, fg;

	if (!p->has_execed)
		flags |= 0x40; /* PF_FORKNOEXEC */
	if (t->is_exiting)
		flags |= 0x4; /* PF_EXITING */
	proc_tty(p, &tty, &fg);
	strbuf_add(sb, "%d (%s) %c %d %d %d %d %d %u ", t->tid, t->comm,
		   task_state_letter(t), p->parent ? p->parent->pid : 0,
		   p->pgrp_pid ? p->pgrp_pid->nr : 0,
		   p->session_pid ? p->session_pid->nr : 0, tty, fg, flags);
}

static void
add_times(const struct proc_inode *pi, struct task *t, struct strbuf *sb)
{
	const struct process *p = t->proc;
	struct times tm;
	int prio = t->rt_priority ? -1 - t->rt_priority : 20 + t->nice;
	uint64_t start = pi->is_thread ? t->start_ns : p->start_ns;

	times_of(pi, t, &tm);
	strbuf_add(sb, "%llu %llu %llu %llu %llu %llu %llu %llu %d %d %u 0 ",
		   (ull)tm.minflt, (ull)p->cminflt, (ull)tm.majflt,
		   (ull)p->cmajflt, (ull)(tm.utime / TICK_NS),
		   (ull)(tm.stime / TICK_NS), (ull)(p->cutime_ns / TICK_NS),
		   (ull)(p->cstime_ns / TICK_NS), prio, t->nice, p->nthreads);
	start = start > uts_boot_ns ? start - uts_boot_ns : 0;
	strbuf_add(sb, "%llu ", (ull)(start / TICK_NS));
}

static void
add_signals(const struct task *t, struct strbuf *sb)
{
	uint64_t ignored, caught;

	proc_signal_sets(t, &ignored, &caught);
	/* Only the first 31: what fitted when this was invented. */
	strbuf_add(sb, "%llu %llu %llu %llu ",
		   (ull)(signal_pending_set(t) & 0x7fffffff),
		   (ull)(t->blocked & 0x7fffffff), (ull)(ignored & 0x7fffffff),
		   (ull)(caught & 0x7fffffff));
}

int
pid_stat_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct task *t = proc_task(pi);
	const struct process *p = t->proc;
	struct mm_layout none = {0}, *l = &none;
	struct mm_stat st = {0};
	bool may = proc_may_trace(pi);
	uint64_t rss = 0;

	add_ids(t, sb);
	add_times(pi, t, sb);
	if (t->mm) {
		mm_stat(t->mm, &st);
		rss = st.rss_anon + st.rss_file + st.rss_shmem;
		if (may)
			l = mm_layout(t->mm);
	}
	strbuf_add(sb, "%llu %llu %llu %llu %llu %llu %llu %llu ",
		   (ull)(st.total_vm * PAGE_SIZE), (ull)rss,
		   (ull)p->rlim[LX_RLIMIT_RSS].rlim_cur,
		   may ? (ull)l->start_code : !!t->mm,
		   may ? (ull)l->end_code : !!t->mm, (ull)l->start_stack, 0ull,
		   0ull);
	add_signals(t, sb);
	strbuf_add(sb, "%d 0 0 %d %d %d %d 0 0 0 ", t->wchan != NULL,
		   p->leader == t ? p->exit_signal : -1, MAX(t->cpu, 0),
		   t->rt_priority, t->policy);
	strbuf_add(sb, "%llu %llu %llu %llu %llu %llu %llu %d\n",
		   (ull)l->start_data, (ull)l->end_data, (ull)l->start_brk,
		   (ull)l->arg_start, (ull)l->arg_end, (ull)l->env_start,
		   (ull)l->env_end, may ? t->exit_code : 0);
	return 0;
}

int
pid_statm_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct task *t = proc_task(pi);
	struct mm_stat st = {0};
	uint64_t text = 0;

	if (t->mm) {
		const struct mm_layout *l = mm_layout(t->mm);

		mm_stat(t->mm, &st);
		text = (page_up(l->end_code) - page_down(l->start_code)) /
		       PAGE_SIZE;
	}
	strbuf_add(sb, "%llu %llu %llu %llu 0 %llu 0\n", (ull)st.total_vm,
		   (ull)(st.rss_anon + st.rss_file + st.rss_shmem),
		   (ull)(st.rss_file + st.rss_shmem), (ull)text,
		   (ull)(st.data_vm + st.stack_vm));
	return 0;
}
