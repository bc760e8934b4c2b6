/* SPDX-License-Identifier: MIT */
/* kernel/kstack.c - a task's kernel stack, and what schedules it from there. */
#include "arch/um/layout.h"
#include "arch/um/x86_64/switch.h"
#include "base/idalloc.h"
#include "kernel/internal.h"
#include "kernel/sched.h"

static struct idalloc stacks;

int
sched_task_init(struct task *t, void (*fn)(void *), void *arg)
{
	uint32_t id;
	int err;

	if (!stacks.max)
		idalloc_init(&stacks, KSTACK_AREA / KSTACK_SIZE);
	/* The first VCPU_MAX stacks are the idle ones. */
	err = id_lowest(&stacks, VCPU_MAX, &id);
	if (err)
		return -EAGAIN;

	t->kstack = KSTACK_BASE + (uint64_t)id * KSTACK_SIZE;
	((uint64_t *)t->kstack)[0] = (uint64_t)t;
	t->ksp = stack_prepare(t->kstack + KSTACK_SIZE, fn, arg);
	t->cpu = -1;
	t->pinned_cpu = -1;
	t->affinity = ~0ull;
	list_init(&t->in_queue);
	return 0;
}

void
sched_task_fini(struct task *t)
{
	if (!t->kstack)
		return;
	id_free(&stacks, (uint32_t)((t->kstack - KSTACK_BASE) / KSTACK_SIZE));
	t->kstack = 0;
}
