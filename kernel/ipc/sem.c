/* SPDX-License-Identifier: MIT */
/*
 * kernel/ipc/sem.c - System V semaphores: semget(2), semop(2).
 *
 * A semop() is tried as a whole and changes nothing unless all of it can be
 * done.  Who can't sleeps on the set and tries again when a value changed.
 */
#include "kernel/ipc/sem.h"

#include "base/slab.h"
#include "kernel/task.h"

static void set_free(struct ipc_object *o);
struct ipc_ids sem_ids = {.max = SEM_MNI, .free = set_free};
static uint32_t used_sems;

static struct sem_set *
set_from(struct ipc_object *o)
{
	return o ? CONTAINER_OF(o, struct sem_set, o) : NULL;
}

static void
set_free(struct ipc_object *o)
{
	kfree(set_from(o));
}

int
sem_find_for(struct task *t, int id, uint32_t want, struct sem_set **out)
{
	struct ipc_object *o;
	int err = ipc_find_for(&sem_ids, id, &t->cred, want, &o);

	*out = set_from(o);
	return err;
}

int
sem_find_owned(struct task *t, int id, struct sem_set **out)
{
	struct ipc_object *o;
	int err = ipc_find_owned(&sem_ids, id, &t->cred, &o);

	*out = set_from(o);
	return err;
}

void
sem_changed(struct sem_set *s)
{
	waitq_wake_all(&s->o.wq, WAIT_ALL);
}

/* --- semget --- */

static int
set_new(struct task *t, int32_t key, int nsems, int flags)
{
	struct sem_set *s;
	int id;

	if (nsems <= 0 || nsems > SEM_MSL)
		return -EINVAL;
	if (used_sems + (uint32_t)nsems > SEM_MNS)
		return -ENOSPC;
	s = kzalloc(sizeof(*s) + (uint32_t)nsems * sizeof(s->sem[0]));
	if (!s)
		return -ENOMEM;
	id = ipc_add(&sem_ids, &s->o, &t->cred, key, (uint32_t)flags);
	if (id < 0) {
		kfree(s);
		return id;
	}
	list_init(&s->sleepers);
	list_init(&s->undos);
	s->n = (uint32_t)nsems;
	s->ctime = ipc_now();
	used_sems += s->n;
	return id;
}

int
sem_get(struct task *t, int32_t key, int nsems, int flags)
{
	struct ipc_object *o;
	int err;

	if (nsems < 0 || nsems > SEM_MSL)
		return -EINVAL;
	err = ipc_which(&sem_ids, key, flags, &o);
	if (err < 0)
		return err;
	if (err)
		return set_new(t, key, nsems, flags);
	if ((uint32_t)nsems > set_from(o)->n)
		return -EINVAL;
	err = ipc_may(o, &t->cred, ipc_wanted(flags));
	return err ? err : o->id;
}

int
sem_remove(struct task *t, int id)
{
	struct sem_set *s;
	int err = sem_find_owned(t, id, &s);

	if (err)
		return err;
	undo_drop_all(s);
	used_sems -= s->n;
	ipc_remove(&sem_ids, &s->o);
	return 0;
}

int
sem_info(struct lx_seminfo *out, bool is_usage)
{
	*out = (struct lx_seminfo){
		.semmap = SEM_MNS,
		.semmni = SEM_MNI,
		.semmns = SEM_MNS,
		.semmnu = SEM_MNS,
		.semmsl = SEM_MSL,
		.semopm = SEM_OPM,
		.semume = SEM_OPM,
		.semusz = is_usage ? (int32_t)sem_ids.used : 20,
		.semvmx = SEM_VMX,
		.semaem = is_usage ? (int32_t)used_sems : SEM_VMX,
	};
	return ipc_highest(&sem_ids);
}

/* --- semop --- */

struct attempt {
	struct task *t;
	struct sem_set *s;
	struct undo *undo; /* NULL: none asked for */
	const struct lx_sembuf *ops;
	uint32_t n;
};

static void
take_back(const struct attempt *a, uint32_t n)
{
	while (n-- > 0) {
		const struct lx_sembuf *op = &a->ops[n];

		a->s->sem[op->num].value =
			(uint16_t)(a->s->sem[op->num].value - op->op);
		if (op->flg & LX_SEM_UNDO)
			a->undo->adj[op->num] =
				(int16_t)(a->undo->adj[op->num] + op->op);
	}
}

/* 0; -EAGAIN: it would have to wait; -ERANGE. */
static int
apply(const struct attempt *a, const struct lx_sembuf *op)
{
	struct sem *sem = &a->s->sem[op->num];
	int value = sem->value + op->op;

	if (!op->op)
		return sem->value ? -EAGAIN : 0;
	if (value < 0)
		return -EAGAIN;
	if (value > SEM_VMX)
		return -ERANGE;
	if (op->flg & LX_SEM_UNDO) {
		int adj = a->undo->adj[op->num] - op->op;

		if (adj < -SEM_VMX - 1 || adj > SEM_VMX)
			return -ERANGE;
		a->undo->adj[op->num] = (int16_t)adj;
	}
	sem->value = (uint16_t)value;
	return 0;
}

/* All or nothing; *@stuck is the operation that would wait. */
static int
try_all(const struct attempt *a, const struct lx_sembuf **stuck)
{
	bool is_change = false;

	for (uint32_t i = 0; i < a->n; i++) {
		int err = apply(a, &a->ops[i]);

		if (err) {
			take_back(a, i);
			*stuck = &a->ops[i];
			return err;
		}
		is_change = is_change || a->ops[i].op;
	}
	for (uint32_t i = 0; i < a->n; i++)
		a->s->sem[a->ops[i].num].pid = a->t->proc->pid;
	a->s->otime = ipc_now();
	if (is_change)
		sem_changed(a->s);
	return 0;
}

/* An interrupted semop(2) is never restarted: signal(7). */
static int
wait_for_change(struct attempt *a, const struct lx_sembuf *stuck,
		uint64_t deadline_ns)
{
	struct sleeper sl = {.num = stuck->num, .for_zero = !stuck->op};
	int err;

	a->s->o.refs++; /* @sl is in its list */
	list_append(&a->s->sleepers, &sl.link);
	err = ipc_sleep(&sem_ids, &a->s->o, a->t, WAIT_ALL, deadline_ns);
	list_del(&sl.link);
	ipc_put(&sem_ids, &a->s->o);
	if (err == -ETIMEDOUT)
		return -EAGAIN;
	return err == -ERESTARTSYS ? -EINTR : err;
}

static int
check_ops(const struct attempt *a, bool *has_undo)
{
	bool alters = false;

	*has_undo = false;
	for (uint32_t i = 0; i < a->n; i++) {
		if (a->ops[i].num >= a->s->n)
			return -EFBIG;
		alters = alters || a->ops[i].op;
		if ((a->ops[i].flg & LX_SEM_UNDO) && a->ops[i].op)
			*has_undo = true;
	}
	return ipc_may(&a->s->o, &a->t->cred, alters ? 2 : 4);
}

int
sem_op(struct task *t, int id, const struct lx_sembuf *ops, uint32_t n,
       uint64_t deadline_ns)
{
	struct attempt a = {.t = t, .ops = ops, .n = n};
	const struct lx_sembuf *stuck;
	bool has_undo;
	int err;

	a.s = set_from(ipc_find(&sem_ids, id));
	if (!a.s)
		return -EINVAL;
	err = check_ops(&a, &has_undo);
	if (!err && has_undo)
		err = undo_for(t, a.s, &a.undo);
	while (!err) {
		err = try_all(&a, &stuck);
		if (err != -EAGAIN || (stuck->flg & LX_IPC_NOWAIT))
			return err;
		err = wait_for_change(&a, stuck, deadline_ns);
	}
	return err;
}
