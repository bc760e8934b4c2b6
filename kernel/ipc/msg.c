/* SPDX-License-Identifier: MIT */
/* kernel/ipc/msg.c - System V message queues: msgget(2), msgop(2), msgctl(2).
 */
#include "kernel/ipc/internal.h"

#include "base/list.h"
#include "base/slab.h"
#include "base/str.h"
#include "include/abi/capability.h"
#include "kernel/block.h"
#include "kernel/task.h"

struct message {
	struct list link;
	int64_t type;
	void *text;
	uint64_t len;
};

struct queue {
	struct ipc_object o; /* WAIT_IN: a message came; WAIT_OUT: one went */
	struct list messages;
	uint64_t bytes, n, max_bytes;
	int64_t stime, rtime, ctime;
	int lspid, lrpid;
};

static void queue_free(struct ipc_object *o);
static struct ipc_ids ids = {.free = queue_free};

struct msg_limits msg_limits = {.max = 8192, .mnb = 16384, .mni = 32000};

static struct queue *
queue_from(struct ipc_object *o)
{
	return o ? CONTAINER_OF(o, struct queue, o) : NULL;
}

static void
message_free(struct message *m)
{
	list_del(&m->link);
	kfree(m->text);
	kfree(m);
}

static void
queue_free(struct ipc_object *o)
{
	struct queue *q = queue_from(o);
	struct message *m, *tmp;

	LIST_EACH_SAFE(m, tmp, &q->messages, link)
		message_free(m);
	kfree(q);
}

static int
queue_new(struct task *t, int32_t key, int flags)
{
	struct queue *q = KNEW(struct queue);
	int id;

	if (!q)
		return -ENOMEM;
	ids.max = (uint32_t)msg_limits.mni;
	id = ipc_add(&ids, &q->o, &t->cred, key, (uint32_t)flags);
	if (id < 0) {
		kfree(q);
		return id;
	}
	list_init(&q->messages);
	q->max_bytes = (uint64_t)msg_limits.mnb;
	q->ctime = ipc_now();
	return id;
}

int
msg_get(struct task *t, int32_t key, int flags)
{
	struct ipc_object *o;
	int err = ipc_which(&ids, key, flags, &o);

	if (err < 0)
		return err;
	if (err)
		return queue_new(t, key, flags);
	err = ipc_may(o, &t->cred, ipc_wanted(flags));
	return err ? err : o->id;
}

/* 0: look again. Linux restarts neither call once a handler ran. */
static int
queue_wait(struct task *t, struct queue *q, uint32_t events)
{
	int err = ipc_sleep(&ids, &q->o, t, events, TIME_NEVER);

	return err == -ERESTARTSYS ? -ERESTARTNOHAND : err;
}

/* As ipc_find_for(). */
static int
find_for(struct task *t, int id, uint32_t want, struct queue **out)
{
	struct ipc_object *o;
	int err = ipc_find_for(&ids, id, &t->cred, want, &o);

	*out = queue_from(o);
	return err;
}

static int
find_owned(struct task *t, int id, struct queue **out)
{
	struct ipc_object *o;
	int err = ipc_find_owned(&ids, id, &t->cred, &o);

	*out = queue_from(o);
	return err;
}

/* --- msgsnd --- */

static bool
has_room(const struct queue *q, uint64_t len)
{
	return q->bytes + len <= q->max_bytes && q->n + 1 <= q->max_bytes;
}

static int
queue_for_sending(struct task *t, int id, uint64_t len, int flags,
		  struct queue **out)
{
	for (;;) {
		int err = find_for(t, id, 2, out);

		if (err || has_room(*out, len))
			return err;
		if (flags & LX_IPC_NOWAIT)
			return -EAGAIN;
		err = queue_wait(t, *out, WAIT_OUT);
		if (err)
			return err;
	}
}

int
msg_send(struct task *t, int id, int64_t type, void *text, uint64_t len,
	 int flags)
{
	struct message *m = KNEW(struct message);
	struct queue *q;
	int err = m ? queue_for_sending(t, id, len, flags, &q) : -ENOMEM;

	if (err) {
		kfree(m);
		kfree(text);
		return err;
	}
	*m = (struct message){.type = type, .text = text, .len = len};
	list_append(&q->messages, &m->link);
	q->bytes += len;
	q->n++;
	q->stime = ipc_now();
	q->lspid = t->proc->pid;
	waitq_wake_all(&q->o.wq, WAIT_IN);
	return 0;
}

/* --- msgrcv --- */

static bool
is_wanted(const struct message *m, int64_t type, int flags)
{
	if (!type)
		return true;
	if (type < 0)
		return m->type <= (type == INT64_MIN ? INT64_MAX : -type);
	return (m->type == type) == !(flags & LX_MSG_EXCEPT);
}

/* The first that fits; for a negative @type the lowest of those. */
static struct message *
find_message(const struct queue *q, int64_t type, int flags)
{
	struct message *m, *best = NULL;

	LIST_EACH(m, &q->messages, link) {
		if (!is_wanted(m, type, flags))
			continue;
		if (type >= 0)
			return m;
		if (!best || m->type < best->type)
			best = m;
	}
	return best;
}

static int
take(struct task *t, struct queue *q, struct message *m, uint64_t max,
     int flags)
{
	if (m->len > max && !(flags & LX_MSG_NOERROR))
		return -E2BIG;
	list_del(&m->link);
	q->bytes -= m->len;
	q->n--;
	q->rtime = ipc_now();
	q->lrpid = t->proc->pid;
	waitq_wake_all(&q->o.wq, WAIT_OUT);
	return 0;
}

static int
receive(struct task *t, int id, int64_t type, uint64_t max, int flags,
	struct message **out)
{
	for (;;) {
		struct queue *q;
		int err = find_for(t, id, 4, &q);

		if (err)
			return err;
		*out = find_message(q, type, flags);
		if (*out)
			return take(t, q, *out, max, flags);
		if (flags & LX_IPC_NOWAIT)
			return -ENOMSG;
		err = queue_wait(t, q, WAIT_IN);
		if (err)
			return err;
	}
}

int64_t
msg_receive(struct task *t, int id, int64_t *type, uint64_t max, int flags,
	    void **text)
{
	struct message *m;
	int64_t len;
	int err;

	if (flags & LX_MSG_COPY) /* Linux: CONFIG_CHECKPOINT_RESTORE */
		return -ENOSYS;
	err = receive(t, id, *type, max, flags, &m);
	if (err)
		return err;
	*type = m->type;
	*text = m->text;
	len = (int64_t)MIN(m->len, max);
	kfree(m);
	return len;
}

/* --- msgctl --- */

int
msg_stat(struct task *t, int id, int cmd, struct lx_msqid_ds *out)
{
	struct ipc_lookup how = {cmd != LX_IPC_STAT, cmd == LX_MSG_STAT_ANY};
	struct ipc_object *o;
	const struct queue *q;
	int ret = ipc_look(&ids, &t->cred, id, how, &o);

	if (ret < 0)
		return ret;
	q = queue_from(o);
	*out = (struct lx_msqid_ds){
		.stime = q->stime,
		.rtime = q->rtime,
		.ctime = q->ctime,
		.cbytes = q->bytes,
		.qnum = q->n,
		.qbytes = q->max_bytes,
		.lspid = q->lspid,
		.lrpid = q->lrpid,
	};
	ipc_stat(o, &out->perm);
	return ret;
}

int
msg_set(struct task *t, int id, const struct lx_msqid_ds *ds)
{
	struct queue *q;
	int err = find_owned(t, id, &q);

	if (err)
		return err;
	if (ds->qbytes > (uint64_t)msg_limits.mnb &&
	    !cred_capable(&t->cred, LX_CAP_SYS_RESOURCE))
		return -EPERM;
	err = ipc_set(&q->o, &ds->perm);
	if (err)
		return err;
	q->max_bytes = ds->qbytes;
	q->ctime = ipc_now();
	waitq_wake_all(&q->o.wq, WAIT_ALL);
	return 0;
}

int
msg_remove(struct task *t, int id)
{
	struct queue *q;
	int err = find_owned(t, id, &q);

	if (!err)
		ipc_remove(&ids, &q->o);
	return err;
}

int
msg_info(struct lx_msginfo *out, bool is_usage)
{
	*out = (struct lx_msginfo){
		.msgpool = (int32_t)((int64_t)msg_limits.mni * msg_limits.mnb /
				     1024),
		.msgmap = msg_limits.mnb,
		.msgmax = msg_limits.max,
		.msgmnb = msg_limits.mnb,
		.msgmni = msg_limits.mni,
		.msgssz = 16,
		.msgtql = msg_limits.mnb,
		.msgseg = 0xffff,
	};
	if (!is_usage)
		return ipc_highest(&ids);
	out->msgpool = (int32_t)ids.used;
	out->msgmap = out->msgtql = 0;
	for (int i = 0; i <= ipc_highest(&ids); i++) {
		const struct queue *q = queue_from(ipc_find_slot(&ids, i));

		out->msgmap += q ? (int32_t)q->n : 0;
		out->msgtql += q ? (int32_t)q->bytes : 0;
	}
	return ipc_highest(&ids);
}

void
msg_show(struct strbuf *sb)
{
	strbuf_add(sb, "       key      msqid perms      cbytes       qnum"
		       " lspid lrpid   uid   gid  cuid  cgid      stime"
		       "      rtime      ctime\n");
	for (int i = 0; i <= ipc_highest(&ids); i++) {
		const struct queue *q = queue_from(ipc_find_slot(&ids, i));

		if (!q)
			continue;
		strbuf_add(sb, "%10d %10d  %4o  %10llu %10llu %5u %5u ",
			   q->o.key, q->o.id, q->o.mode,
			   (unsigned long long)q->bytes,
			   (unsigned long long)q->n, q->lspid, q->lrpid);
		strbuf_add(sb, "%5u %5u %5u %5u %10lld %10lld %10lld\n",
			   q->o.uid, q->o.gid, q->o.cuid, q->o.cgid,
			   (long long)q->stime, (long long)q->rtime,
			   (long long)q->ctime);
	}
}
