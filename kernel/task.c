/* SPDX-License-Identifier: MIT */
/* kernel/task.c - tasks and processes as objects: making, linking, finding. */
#include "kernel/task.h"

#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/file.h"
#include "include/abi/capability.h"
#include "include/abi/resource.h"
#include "kernel/internal.h"
#include "kernel/pid.h"
#include "kernel/sched.h"
#include "kernel/seccomp.h"
#include "kernel/signal.h"

static struct list all_tasks = LIST_INIT(all_tasks);
static struct list all_processes = LIST_INIT(all_processes);
uint32_t task_count, process_count;
uint64_t task_forks;

int
task_alloc(struct task **out)
{
	struct task *t = KNEW(struct task);

	if (!t)
		return -ENOMEM;
	t->thread = -1;
	t->cpu = -1;
	t->state = TASK_BLOCKED;
	t->altstack.ss_flags = LX_SS_DISABLE;
	t->start_ns = clock_monotonic_ns();
	t->timer_slack_ns = 50000;
	sigpending_init(&t->pending);
	list_init(&t->unseen);
	list_init(&t->in_process);
	list_init(&t->in_all);
	list_init(&t->pi_held);
	list_init(&t->tracees);
	*out = t;
	return 0;
}

void
task_free(struct task *t)
{
	sched_task_fini(t);
	sigpending_flush(&t->pending);
	sigwatch_forget(t);
	cred_fini(&t->cred);
	if (t->proc)
		process_put(t->proc);
	seccomp_drop(t);
	kfree(t->initial_fp);
	kfree(t);
}

int
process_alloc(struct process **out)
{
	struct process *p = KNEW(struct process);

	if (!p)
		return -ENOMEM;
	p->refs = 1;
	p->is_dumpable = true;
	p->start_ns = clock_monotonic_ns();
	for (int i = 0; i < LX_RLIM_NLIMITS; i++)
		p->rlim[i] =
			(struct lx_rlimit){LX_RLIM_INFINITY, LX_RLIM_INFINITY};
	list_init(&p->threads);
	list_init(&p->in_all);
	list_init(&p->children);
	list_init(&p->sibling);
	list_init(&p->in_pgrp);
	list_init(&p->in_session);
	waitq_init(&p->child_wq);
	sigpending_init(&p->pending);
	process_timers_init(p);
	*out = p;
	return 0;
}

struct process *
process_get(struct process *p)
{
	p->refs++;
	return p;
}

void
process_put(struct process *p)
{
	if (!p || --p->refs)
		return;
	sigpending_flush(&p->pending);
	file_put(p->exe);
	kfree(p);
}

void
task_link(struct task *t)
{
	struct process *p = t->proc;

	t->pid->task = t;
	list_append(&p->threads, &t->in_process);
	list_append(&all_tasks, &t->in_all);
	p->nthreads++;
	task_count++;
	task_forks++;
	if (p->leader == t) {
		t->pid->process = p;
		list_append(&all_processes, &p->in_all);
		process_count++;
	}
}

void
task_unlink(struct task *t)
{
	list_del(&t->in_process);
	list_del(&t->in_all);
	task_count--;
	if (t->pid) {
		t->pid->task = NULL;
		pid_put(t->pid);
		t->pid = NULL;
	}
}

void
task_each(void (*fn)(struct task *t, void *arg), void *arg)
{
	struct task *t, *tmp;

	LIST_EACH_SAFE(t, tmp, &all_tasks, in_all)
		fn(t, arg);
}

void
process_each(void (*fn)(struct process *p, void *arg), void *arg)
{
	struct process *p, *tmp;

	LIST_EACH_SAFE(p, tmp, &all_processes, in_all)
		fn(p, arg);
}

void
task_cpu_ns(struct task *t, uint64_t *utime, uint64_t *stime)
{
	if (sched_is_running(t))
		sched_settle(t);
	*utime = t->utime_ns;
	*stime = t->stime_ns;
}

void
process_cpu_ns(const struct process *p, uint64_t *utime, uint64_t *stime)
{
	struct task *t;

	*utime = p->utime_ns;
	*stime = p->stime_ns;
	LIST_EACH(t, &p->threads, in_process) {
		uint64_t u, s;

		task_cpu_ns(t, &u, &s);
		*utime += u;
		*stime += s;
	}
}

void
task_set_comm(struct task *t, const char *name)
{
	memset(t->comm, 0, sizeof(t->comm));
	str_copy(t->comm, name, sizeof(t->comm));
}

static const char *const state_names[] = {
	"ready", "sleeping", "blocked", "stopped", "traced", "zombie", "dead",
};

/* For panics and EVENT_DUMP: who is there and what it waits for. */
static void
dump_task(struct task *t, void *arg)
{
	const char *chan = t->wchan ? t->wchan : "-";

	log_error("%5d %5d %-15s %-8s cpu %2d chan %-12s rip %#lx pending %#lx",
		  t->tid, t->proc->pid, t->comm, state_names[t->state], t->cpu,
		  chan, (unsigned long)t->run.regs.rip,
		  (unsigned long)signal_pending_set(t));
	for (uint32_t i = 0; i < ARRAY_LEN(t->last); i++) {
		uint32_t n = (t->last_n + i) % ARRAY_LEN(t->last);

		if (t->last[n].kind)
			log_error("      trap %u: %#lx", t->last[n].kind,
				  (unsigned long)t->last[n].a);
	}
}

void
task_dump_all(void)
{
	log_error("tasks: %u, processes: %u", task_count, process_count);
	task_each(dump_task, NULL);
}

bool
task_may_trace(const struct task *by, const struct task *of)
{
	const struct cred *a = &by->cred, *b = &of->cred;

	if (by->proc == of->proc)
		return true;
	if (cred_capable(a, LX_CAP_SYS_PTRACE))
		return true;
	return a->uid == b->uid && a->uid == b->euid && a->uid == b->suid &&
	       a->gid == b->gid && a->gid == b->egid && a->gid == b->sgid &&
	       !(b->cap_permitted & ~a->cap_permitted) && of->proc->is_dumpable;
}
