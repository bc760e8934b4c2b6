/* SPDX-License-Identifier: MIT */
/*
 * syscalls/membarrier.c - membarrier(2).
 *
 * A barrier on every thread that runs: each is kicked out of guest code and
 * enters the kernel, which is one.  Waiting for them is waiting until none has
 * been in guest code since before the kick.
 */
#include "include/abi/process.h"
#include "kernel/block.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "mm/mm.h"
#include "syscalls/sysdef.h"

#define COMMANDS                                                               \
	(LX_MEMBARRIER_CMD_GLOBAL | LX_MEMBARRIER_CMD_GLOBAL_EXPEDITED |       \
	 LX_MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |                         \
	 LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED |                                 \
	 LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED |                        \
	 LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE |                       \
	 LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE |              \
	 LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ |                            \
	 LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ |                   \
	 LX_MEMBARRIER_CMD_GET_REGISTRATIONS)

#define RETRY_NS 50000

struct sweep {
	struct task *self;
	struct mm *mm;	 /* NULL: all */
	int cpu;	 /* -1: all */
	bool ends_rseqs; /* those in critical sections start again */
	uint32_t left;
};

static bool
concerns(const struct sweep *s, const struct task *t)
{
	return t != s->self && t->in_guest && (!s->mm || t->mm == s->mm) &&
	       (s->cpu < 0 || t->cpu == s->cpu);
}

static void
kick(struct task *t, void *arg)
{
	struct sweep *s = arg;

	if (!concerns(s, t))
		return;
	t->barrier_seen = false;
	if (s->ends_rseqs)
		t->rseq_stale = true;
	sched_kick(t);
	s->left++;
}

static void
count(struct task *t, void *arg)
{
	struct sweep *s = arg;

	if (concerns(s, t) && !t->barrier_seen)
		s->left++;
}

static void
sweep(struct sweep *s)
{
	task_each(kick, s);
	while (s->left) {
		(void)!task_sleep_killable(s->self, "membarrier",
					   clock_monotonic_ns() + RETRY_NS);
		s->left = 0;
		task_each(count, s);
	}
}

static sysret_t
barrier(struct task *t, struct mm *mm)
{
	struct sweep s = {.self = t, .mm = mm, .cpu = -1};

	sweep(&s);
	return 0;
}

static sysret_t
rseq_barrier(struct task *t, int cpu)
{
	struct sweep s = {
		.self = t,
		.mm = t->mm,
		.cpu = cpu,
		.ends_rseqs = true,
	};

	sweep(&s);
	return 0;
}

static bool
is_registered(const struct task *t, uint32_t cmd)
{
	/* Each command's registration is its next higher bit. */
	return t->proc->membarrier & cmd << 1;
}

sysret_t
sys_membarrier(struct task *t, uint32_t cmd, uint32_t flags, int cpu_id)
{
	struct process *p = t->proc;

	if (cmd == LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ) {
		if (flags & ~(uint32_t)LX_MEMBARRIER_CMD_FLAG_CPU)
			return -EINVAL;
		if (!is_registered(t, cmd))
			return -EPERM;
		if (flags && cpu_id < 0)
			return 0; /* Linux: not online, nothing to do */
		return rseq_barrier(t, flags ? cpu_id : -1);
	}
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case LX_MEMBARRIER_CMD_QUERY:
		return COMMANDS;
	case LX_MEMBARRIER_CMD_GET_REGISTRATIONS:
		return p->membarrier;
	case LX_MEMBARRIER_CMD_GLOBAL:
	case LX_MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		return barrier(t, NULL);
	case LX_MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
	case LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ:
		p->membarrier |= cmd;
		return 0;
	case LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED:
	case LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		return is_registered(t, cmd) ? barrier(t, t->mm) : -EPERM;
	}
	return -EINVAL;
}
