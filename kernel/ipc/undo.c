/* SPDX-License-Identifier: MIT */
/* kernel/ipc/undo.c - SEM_UNDO: what a task's exit gives back; semop(2). */
#include "base/slab.h"
#include "base/str.h"
#include "kernel/ipc/sem.h"
#include "kernel/task.h"

static int
list_of(struct task *t, struct sem_undos **out)
{
	if (!t->sem_undos) {
		t->sem_undos = KNEW(struct sem_undos);
		if (!t->sem_undos)
			return -ENOMEM;
		t->sem_undos->refs = 1;
		list_init(&t->sem_undos->list);
	}
	*out = t->sem_undos;
	return 0;
}

int
undo_for(struct task *t, struct sem_set *s, struct undo **out)
{
	struct sem_undos *l;
	struct undo *u;
	int err = list_of(t, &l);

	if (err)
		return err;
	LIST_EACH(u, &l->list, in_list) {
		*out = u;
		if (u->set == s)
			return 0;
	}
	u = kzalloc(sizeof(*u) + s->n * sizeof(u->adj[0]));
	if (!u)
		return -ENOMEM;
	u->set = s;
	list_append(&l->list, &u->in_list);
	list_append(&s->undos, &u->in_set);
	*out = u;
	return 0;
}

static void
undo_free(struct undo *u)
{
	list_del(&u->in_set);
	list_del(&u->in_list);
	kfree(u);
}

void
undo_clear(struct sem_set *s, uint32_t from, uint32_t to)
{
	struct undo *u;

	LIST_EACH(u, &s->undos, in_set)
		memset(&u->adj[from], 0, (to - from) * sizeof(u->adj[0]));
}

void
undo_drop_all(struct sem_set *s)
{
	struct undo *u, *tmp;

	LIST_EACH_SAFE(u, tmp, &s->undos, in_set)
		undo_free(u);
}

/* Linux: a value that would leave its range stops at the end of it. */
static void
pay(const struct undo *u, int pid)
{
	bool is_change = false;

	for (uint32_t i = 0; i < u->set->n; i++) {
		int v = u->set->sem[i].value + u->adj[i];

		if (!u->adj[i])
			continue;
		u->set->sem[i].value = (uint16_t)(v < 0		? 0
						  : v > SEM_VMX ? SEM_VMX
								: v);
		u->set->sem[i].pid = pid;
		is_change = true;
	}
	if (is_change) {
		u->set->otime = ipc_now();
		sem_changed(u->set);
	}
}

int
sem_clone(struct task *c, struct task *t, bool share)
{
	struct sem_undos *l;
	int err;

	c->sem_undos = NULL;
	if (!share)
		return 0;
	err = list_of(t, &l);
	if (err)
		return err;
	l->refs++;
	c->sem_undos = l;
	return 0;
}

void
sem_leave(struct task *t)
{
	struct sem_undos *l = t->sem_undos;
	struct undo *u, *tmp;

	t->sem_undos = NULL;
	if (!l || --l->refs)
		return;
	LIST_EACH_SAFE(u, tmp, &l->list, in_list) {
		pay(u, t->proc->pid);
		undo_free(u);
	}
	kfree(l);
}
