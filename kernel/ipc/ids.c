/* SPDX-License-Identifier: MIT */
/* kernel/ipc/ids.c - keys, ids and permissions: ipc(5), sysvipc(7). */
#include "kernel/ipc/internal.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "include/abi/capability.h"
#include "kernel/block.h"

#define SLOTS_FIRST 16u

struct ipc_object *
ipc_find_key(struct ipc_ids *ids, int32_t key)
{
	for (uint32_t i = 0; i < ids->nslots; i++)
		if (ids->slot[i] && ids->slot[i]->key == key)
			return ids->slot[i];
	return NULL;
}

struct ipc_object *
ipc_find_slot(struct ipc_ids *ids, int slot)
{
	return slot >= 0 && (uint32_t)slot < ids->nslots ? ids->slot[slot]
							 : NULL;
}

struct ipc_object *
ipc_find(struct ipc_ids *ids, int id)
{
	struct ipc_object *o =
		id < 0 ? NULL : ipc_find_slot(ids, id & (IPC_SLOTS - 1));

	return o && o->id == id ? o : NULL;
}

int
ipc_highest(const struct ipc_ids *ids)
{
	for (uint32_t i = ids->nslots; i-- > 0;)
		if (ids->slot[i])
			return (int)i;
	return 0;
}

static int
free_slot(struct ipc_ids *ids, uint32_t *out)
{
	uint32_t n;
	struct ipc_object **bigger;

	for (uint32_t i = 0; i < ids->nslots; i++)
		if (!ids->slot[i]) {
			*out = i;
			return 0;
		}
	n = MAX(ids->nslots * 2, SLOTS_FIRST);
	bigger = krealloc(ids->slot, n * sizeof(*bigger));
	if (!bigger)
		return -ENOMEM;
	memset(bigger + ids->nslots, 0, (n - ids->nslots) * sizeof(*bigger));
	*out = ids->nslots;
	ids->slot = bigger;
	ids->nslots = n;
	return 0;
}

int
ipc_add(struct ipc_ids *ids, struct ipc_object *o, const struct cred *cred,
	int32_t key, uint32_t mode)
{
	uint32_t slot;
	int err;

	if (ids->used >= ids->max)
		return -ENOSPC;
	err = free_slot(ids, &slot);
	if (err)
		return err;
	/* An id comes again only after all others of its slot. */
	if ((int32_t)slot <= ids->last)
		ids->seq = (ids->seq + 1) & (INT32_MAX >> IPC_SLOT_BITS);
	ids->last = (int32_t)slot;
	*o = (struct ipc_object){
		.key = key,
		.id = (int32_t)(ids->seq << IPC_SLOT_BITS | (int32_t)slot),
		.uid = cred->euid,
		.gid = cred->egid,
		.cuid = cred->euid,
		.cgid = cred->egid,
		.mode = mode & 0777,
		.refs = 1,
	};
	waitq_init(&o->wq);
	ids->slot[slot] = o;
	ids->used++;
	return o->id;
}

void
ipc_remove(struct ipc_ids *ids, struct ipc_object *o)
{
	o->is_removed = true;
	ids->slot[o->id & (IPC_SLOTS - 1)] = NULL;
	ids->used--;
	waitq_wake_all(&o->wq, WAIT_ALL);
	ipc_put(ids, o);
}

void
ipc_put(struct ipc_ids *ids, struct ipc_object *o)
{
	if (!--o->refs)
		ids->free(o);
}

int
ipc_may(const struct ipc_object *o, const struct cred *cred, uint32_t want)
{
	uint32_t granted = o->mode;

	if (cred->euid == o->cuid || cred->euid == o->uid)
		granted >>= 6;
	else if (cred_in_group(cred, o->cgid) || cred_in_group(cred, o->gid))
		granted >>= 3;
	if (!(want & ~granted & 7) || cred_capable(cred, LX_CAP_IPC_OWNER))
		return 0;
	return -EACCES;
}

int
ipc_owns(const struct ipc_object *o, const struct cred *cred)
{
	if (cred->euid == o->cuid || cred->euid == o->uid ||
	    cred_capable(cred, LX_CAP_SYS_ADMIN))
		return 0;
	return -EPERM;
}

int
ipc_find_for(struct ipc_ids *ids, int id, const struct cred *cred,
	     uint32_t want, struct ipc_object **out)
{
	*out = ipc_find(ids, id);
	return *out ? ipc_may(*out, cred, want) : -EINVAL;
}

int
ipc_find_owned(struct ipc_ids *ids, int id, const struct cred *cred,
	       struct ipc_object **out)
{
	*out = ipc_find(ids, id);
	return *out ? ipc_owns(*out, cred) : -EINVAL;
}

int
ipc_sleep(struct ipc_ids *ids, struct ipc_object *o, struct task *t,
	  uint32_t events, uint64_t deadline_ns)
{
	struct waiter w;
	int err;

	o->refs++;
	task_waiter_listen(&w, t, &o->wq, events);
	err = task_block_until(t, &w, deadline_ns);
	waitq_leave(&o->wq, &w);
	if (o->is_removed)
		err = -EIDRM;
	ipc_put(ids, o);
	return err;
}

int
ipc_which(struct ipc_ids *ids, int32_t key, int flags, struct ipc_object **out)
{
	struct ipc_object *o =
		key == LX_IPC_PRIVATE ? NULL : ipc_find_key(ids, key);

	if (!o)
		return key == LX_IPC_PRIVATE || (flags & LX_IPC_CREAT)
			       ? 1
			       : -ENOENT;
	if ((flags & LX_IPC_CREAT) && (flags & LX_IPC_EXCL))
		return -EEXIST;
	*out = o;
	return 0;
}

int
ipc_set(struct ipc_object *o, const struct lx_ipc_perm *p)
{
	if (p->uid == ~0u || p->gid == ~0u)
		return -EINVAL;
	o->uid = p->uid;
	o->gid = p->gid;
	o->mode = (o->mode & ~0777u) | (p->mode & 0777);
	return 0;
}

void
ipc_stat(const struct ipc_object *o, struct lx_ipc_perm *p)
{
	*p = (struct lx_ipc_perm){
		.key = o->key,
		.uid = o->uid,
		.gid = o->gid,
		.cuid = o->cuid,
		.cgid = o->cgid,
		.mode = o->mode,
		.seq = (uint16_t)(o->id >> IPC_SLOT_BITS),
	};
}

int
ipc_look(struct ipc_ids *ids, const struct cred *cred, int n,
	 struct ipc_lookup how, struct ipc_object **out)
{
	struct ipc_object *o =
		how.is_slot ? ipc_find_slot(ids, n) : ipc_find(ids, n);
	int err;

	if (!o)
		return -EINVAL;
	err = how.is_any ? 0 : ipc_may(o, cred, 4);
	if (err)
		return err;
	*out = o;
	return how.is_slot ? o->id : 0;
}

int64_t
ipc_now(void)
{
	return (int64_t)(clock_realtime_ns() / NSEC_PER_SEC);
}
