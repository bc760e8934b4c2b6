/* SPDX-License-Identifier: MIT */
/* kernel/ipc/semctl.c - semctl(2), /proc/sysvipc/sem. */
#include "base/str.h"
#include "kernel/ipc/sem.h"
#include "kernel/task.h"

int
sem_stat(struct task *t, int id, int cmd, struct lx_semid_ds *out)
{
	struct ipc_lookup how = {cmd != LX_IPC_STAT, cmd == LX_SEM_STAT_ANY};
	struct ipc_object *o;
	const struct sem_set *s;
	int ret = ipc_look(&sem_ids, &t->cred, id, how, &o);

	if (ret < 0)
		return ret;
	s = CONTAINER_OF(o, struct sem_set, o);
	*out = (struct lx_semid_ds){
		.otime = s->otime,
		.ctime = s->ctime,
		.nsems = s->n,
	};
	ipc_stat(o, &out->perm);
	return ret;
}

int
sem_set(struct task *t, int id, const struct lx_semid_ds *ds)
{
	struct sem_set *s;
	int err = sem_find_owned(t, id, &s);

	if (!err)
		err = ipc_set(&s->o, &ds->perm);
	if (!err)
		s->ctime = ipc_now();
	return err;
}

static int
count_sleepers(const struct sem_set *s, int num, bool for_zero)
{
	struct sleeper *sl;
	int n = 0;

	LIST_EACH(sl, &s->sleepers, link)
		n += sl->num == num && sl->for_zero == for_zero;
	return n;
}

int
sem_query(struct task *t, int id, int num, int cmd)
{
	struct sem_set *s;
	int err = sem_find_for(t, id, 4, &s);

	if (err)
		return err;
	if (num < 0 || (uint32_t)num >= s->n)
		return -EINVAL;
	switch (cmd) {
	case LX_GETVAL:
		return s->sem[num].value;
	case LX_GETPID:
		return s->sem[num].pid;
	case LX_GETNCNT:
		return count_sleepers(s, num, false);
	case LX_GETZCNT:
		return count_sleepers(s, num, true);
	}
	return -EINVAL;
}

int
sem_set_value(struct task *t, int id, int num, int value)
{
	struct sem_set *s;
	int err;

	if (value < 0 || value > SEM_VMX)
		return -ERANGE;
	err = sem_find_for(t, id, 2, &s);
	/* Linux: the number is looked at before the rights. */
	if (s && (num < 0 || (uint32_t)num >= s->n))
		return -EINVAL;
	if (err)
		return err;
	undo_clear(s, (uint32_t)num, (uint32_t)num + 1);
	s->sem[num].value = (uint16_t)value;
	s->sem[num].pid = t->proc->pid;
	s->ctime = ipc_now();
	sem_changed(s);
	return 0;
}

int
sem_count(struct task *t, int id, uint32_t want)
{
	struct sem_set *s;
	int err = sem_find_for(t, id, want, &s);

	return err ? err : (int)s->n;
}

int
sem_get_all(struct task *t, int id, uint16_t *out, uint32_t n)
{
	struct sem_set *s;
	int err = sem_find_for(t, id, 4, &s);

	if (err)
		return err;
	if (n != s->n) /* another set by now */
		return -EIDRM;
	for (uint32_t i = 0; i < n; i++)
		out[i] = s->sem[i].value;
	return 0;
}

int
sem_set_all(struct task *t, int id, const uint16_t *in, uint32_t n)
{
	struct sem_set *s;
	int err = sem_find_for(t, id, 2, &s);

	if (err)
		return err;
	if (n != s->n)
		return -EIDRM;
	for (uint32_t i = 0; i < n; i++)
		if (in[i] > SEM_VMX)
			return -ERANGE;
	for (uint32_t i = 0; i < n; i++) {
		s->sem[i].value = in[i];
		s->sem[i].pid = t->proc->pid;
	}
	undo_clear(s, 0, n);
	s->ctime = ipc_now();
	sem_changed(s);
	return 0;
}

void
sem_show(struct strbuf *sb)
{
	strbuf_add(sb, "       key      semid perms      nsems   uid   gid"
		       "  cuid  cgid      otime      ctime\n");
	for (int i = 0; i <= ipc_highest(&sem_ids); i++) {
		struct ipc_object *o = ipc_find_slot(&sem_ids, i);
		const struct sem_set *s;

		if (!o)
			continue;
		s = CONTAINER_OF(o, struct sem_set, o);
		strbuf_add(sb, "%10d %10d  %4o %10u ", o->key, o->id, o->mode,
			   s->n);
		strbuf_add(sb, "%5u %5u %5u %5u %10lld %10lld\n", o->uid,
			   o->gid, o->cuid, o->cgid, (long long)s->otime,
			   (long long)s->ctime);
	}
}
