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
	 LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE)

#define RETRY_NS 50000

struct sweep {
	struct task *self;
	struct mm *mm; /* NULL: all */
	uint32_t left;
};

static bool
concerns(const struct sweep *s, const struct task *t)
{
	return t != s->self && t->in_guest && (!s->mm || t->mm == s->mm);
}

static void
kick(struct task *t, void *arg)
{
	struct sweep *s = arg;

	if (!concerns(s, t))
		return;
	t->barrier_seen = false;
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
barrier(struct task *t, struct mm *mm)
{
	struct sweep s = {t, mm, 0};

	task_each(kick, &s);
	while (s.left) {
		(void)!task_sleep_killable(t, "membarrier",
					   clock_monotonic_ns() + RETRY_NS);
		s.left = 0;
		task_each(count, &s);
	}
}

sysret_t
sys_membarrier(struct task *t, uint32_t cmd, uint32_t flags, int cpu_id)
{
	struct process *p = t->proc;

	(void)cpu_id;
	if (flags)
		return -EINVAL;
	switch (cmd) {
	case LX_MEMBARRIER_CMD_QUERY:
		return COMMANDS;
	case LX_MEMBARRIER_CMD_GLOBAL:
	case LX_MEMBARRIER_CMD_GLOBAL_EXPEDITED:
		barrier(t, NULL);
		return 0;
	case LX_MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED:
	case LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED:
	case LX_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE:
		p->membarrier |= cmd;
		return 0;
	case LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED:
	case LX_MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE:
		/* Each command's registration is its next higher bit. */
		if (!(p->membarrier & cmd << 1))
			return -EPERM;
		barrier(t, t->mm);
		return 0;
	}
	return -EINVAL;
}
