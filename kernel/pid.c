/* SPDX-License-Identifier: MIT */
/*
 * kernel/pid.c - numbers, process groups, sessions.
 *
 * Invariant: a struct pid is hashed as long as it is counted; its number is
 * not given out again before that.
 */
#include "kernel/pid.h"

#include "base/idalloc.h"
#include "base/panic.h"
#include "base/slab.h"
#include "kernel/facts.h"

static struct hash pids;
static struct idalloc numbers;
static uint32_t limit = PID_MAX;
static int last_nr;

void
pid_init(uint32_t max)
{
	if (hash_init(&pids))
		panic("no memory for the pid table");
	idalloc_init(&numbers, PID_MAX);
	if (max && max < PID_MAX)
		limit = max;
}

uint32_t
pid_limit(void)
{
	return limit;
}

int
pid_last(void)
{
	return last_nr;
}

struct pid *
pid_find(int nr)
{
	struct hash_node *n = hash_first(&pids, hash_u64((uint64_t)nr));

	for (; n; n = hash_next(n)) {
		struct pid *p = CONTAINER_OF(n, struct pid, node);

		if (p->nr == nr)
			return p;
	}
	return NULL;
}

static int
take_number(int want, int *out)
{
	uint32_t id;
	int err;

	if (want > 0) {
		if (pid_find(want))
			return -EEXIST;
		err = id_lowest(&numbers, (uint32_t)want, &id);
		if (!err && id != (uint32_t)want) {
			id_free(&numbers, id);
			return -EEXIST;
		}
	} else {
		err = id_cyclic(&numbers, last_nr ? 2 : 1, &id);
	}
	if (err)
		return err == -ENOMEM ? err : -EAGAIN;
	*out = (int)id;
	return 0;
}

int
pid_new(int want, struct pid **out)
{
	struct pid *p;
	int nr, err;

	if (task_count >= limit)
		return -EAGAIN;
	p = KNEW(struct pid);
	if (!p)
		return -ENOMEM;
	err = take_number(want, &nr);
	if (err) {
		kfree(p);
		return err;
	}
	p->nr = nr;
	p->refs = 1;
	list_init(&p->pgrp);
	list_init(&p->session);
	waitq_init(&p->wq);
	hash_add(&pids, &p->node, hash_u64((uint64_t)nr));
	last_nr = nr;
	*out = p;
	return 0;
}

struct pid *
pid_get(struct pid *p)
{
	p->refs++;
	return p;
}

void
pid_put(struct pid *p)
{
	if (!p || --p->refs)
		return;
	hash_del(&pids, &p->node);
	id_free(&numbers, (uint32_t)p->nr);
	kfree(p);
}

void
process_set_pgrp(struct process *p, struct pid *pgrp)
{
	struct pid *old = p->pgrp_pid;

	if (old == pgrp)
		return;
	list_del(&p->in_pgrp);
	p->pgrp_pid = pgrp ? pid_get(pgrp) : NULL;
	if (pgrp)
		list_append(&pgrp->pgrp, &p->in_pgrp);
	pid_put(old);
	facts_publish_all(p);
}

void
process_set_session(struct process *p, struct pid *session)
{
	struct pid *old = p->session_pid;

	if (old == session)
		return;
	list_del(&p->in_session);
	p->session_pid = session ? pid_get(session) : NULL;
	if (session)
		list_append(&session->session, &p->in_session);
	pid_put(old);
}

bool
pgrp_is_orphaned(struct pid *pgrp, const struct process *ignore)
{
	struct process *p;

	LIST_EACH(p, &pgrp->pgrp, in_pgrp) {
		struct process *parent = p->parent;

		if (p == ignore || p->is_zombie || !parent ||
		    process_is_init(parent))
			continue;
		if (parent->pgrp_pid != pgrp &&
		    parent->session_pid == p->session_pid)
			return false;
	}
	return true;
}

struct task *
task_find(int tid)
{
	struct pid *p = pid_find(tid);

	return p ? p->task : NULL;
}

struct process *
process_find(int pid)
{
	struct pid *p = pid_find(pid);

	return p ? p->process : NULL;
}
