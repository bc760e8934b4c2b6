/* SPDX-License-Identifier: MIT */
/*
 * kernel/facts.c - keeping the answers in arch/um/facts.h true.
 *
 * They are only ever written here, each by one store: a thread in guest code
 * sees the old answer or the new one.  What changes an answer publishes before
 * it lets anyone know, still with the kernel lock: so nobody who has learnt of
 * the change finds the old one.
 */
#include "kernel/facts.h"

#include "arch/um/facts.h"
#include "kernel/pid.h"
#include "kernel/task.h"

_Static_assert(sizeof(struct facts) == 64, "");

static bool is_off;

void
facts_off(void)
{
	is_off = true;
}

static void
put(uint32_t *at, uint32_t value)
{
	__atomic_store_n(at, value, __ATOMIC_RELAXED);
}

/* Filters and tracers see each call. */
static bool
may_be_told(const struct task *t)
{
	return !is_off && !t->ptrace && !t->seccomp_mode;
}

static uint32_t
ppid_of(const struct process *p)
{
	return p->parent ? (uint32_t)p->parent->pid : 0;
}

void
facts_publish(struct task *t)
{
	const struct process *p = t->proc;
	struct facts f = {0};

	if (!t->run.facts)
		return;
	if (may_be_told(t) && p->pgrp_pid)
		f = (struct facts){
			.pid = (uint32_t)p->pid + 1,
			.tid = (uint32_t)t->tid + 1,
			.ppid = ppid_of(p) + 1,
			.pgrp = (uint32_t)p->pgrp_pid->nr + 1,
			.uid = t->cred.uid + 1,
			.euid = t->cred.euid + 1,
			.gid = t->cred.gid + 1,
			.egid = t->cred.egid + 1,
		};
#define FACT(nr, name) put(&facts_at(t->run.facts)->name, f.name);
	FACTS
#undef FACT
}

void
facts_publish_all(struct process *p)
{
	struct task *t;

	LIST_EACH(t, &p->threads, in_process)
		facts_publish(t);
}
