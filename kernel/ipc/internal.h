/* SPDX-License-Identifier: MIT */
/* kernel/ipc/internal.h - what the three kinds of System V objects share. */
#ifndef KERNEL_IPC_INTERNAL_H
#define KERNEL_IPC_INTERNAL_H

#include "base/cred.h"
#include "base/waitq.h"
#include "include/abi/ipc.h"
#include "include/annotate.h"
#include "include/types.h"
#include "kernel/ipc/ipc.h"

#define IPC_SLOT_BITS 15
#define IPC_SLOTS     (1 << IPC_SLOT_BITS)

/* First member of every object. */
struct ipc_object {
	int32_t key, id;
	uint32_t uid, gid, cuid, cgid, mode;
	bool is_removed; /* its id is gone; sleepers get -EIDRM */
	uint32_t refs;	 /* the id, and each who sleeps on it */
	struct waitq wq; /* it changed, or was removed */
};

/* One kind's ids: an id is a slot and how often it was given out. */
struct ipc_ids {
	struct ipc_object **slot;
	uint32_t nslots, max, used;
	int32_t last, seq;
	/* The object has no more references. */
	void (*free)(struct ipc_object *o);
};

/* ipc_find_key - the object of @key, or NULL. */
struct ipc_object *ipc_find_key(struct ipc_ids *ids, int32_t key);

/* ipc_find - the object with @id, or NULL. */
struct ipc_object *ipc_find(struct ipc_ids *ids, int id);

/* ipc_find_slot - the object in @slot, for IPC_STAT's cousins, or NULL. */
struct ipc_object *ipc_find_slot(struct ipc_ids *ids, int slot);

/* ipc_highest - the highest slot in use; 0 if none is. */
int ipc_highest(const struct ipc_ids *ids);

/* ipc_add - give @o an id; the creator owns it. Returns: the id; -ENOSPC,
 * -ENOMEM. */
MUST_CHECK int ipc_add(struct ipc_ids *ids, struct ipc_object *o,
		       const struct cred *cred, int32_t key, uint32_t mode);

/* ipc_remove - take @o's id away, tell its sleepers, drop that reference. */
void ipc_remove(struct ipc_ids *ids, struct ipc_object *o);
void ipc_put(struct ipc_ids *ids, struct ipc_object *o);

/*
 * ipc_which - the common part of shmget(2) and kin: the object that @key and
 * @flags mean.  Returns: 1 - a new one must be made; 0 and *@out, which the
 * caller checks; -ENOENT, -EEXIST.
 */
MUST_CHECK int ipc_which(struct ipc_ids *ids, int32_t key, int flags,
			 struct ipc_object **out);

/* ipc_may - is @want (4 read, 2 write, 1 execute) allowed? 0 or -EACCES. */
MUST_CHECK int ipc_may(const struct ipc_object *o, const struct cred *cred,
		       uint32_t want);

/* ipc_wanted - what the flags of a *get() ask for, for ipc_may(). */
static inline uint32_t
ipc_wanted(int flags)
{
	return (uint32_t)((flags >> 6) | (flags >> 3) | flags) & 7;
}

/* ipc_owns - may @cred change or remove it? 0 or -EPERM. */
MUST_CHECK int ipc_owns(const struct ipc_object *o, const struct cred *cred);

/* ipc_find_for, ipc_find_owned - the object with @id, if ipc_may() or
 * ipc_owns() says so. Returns: 0 and *@out; -EINVAL: none; -EACCES; -EPERM. */
MUST_CHECK int ipc_find_for(struct ipc_ids *ids, int id,
			    const struct cred *cred, uint32_t want,
			    struct ipc_object **out);
MUST_CHECK int ipc_find_owned(struct ipc_ids *ids, int id,
			      const struct cred *cred, struct ipc_object **out);

/* ipc_sleep - until @o tells of one of @events, as task_block_until(); @o stays
 * only for its other references. Returns: 0, -EIDRM, -ERESTARTSYS, -ETIMEDOUT.
 */
MUST_CHECK int ipc_sleep(struct ipc_ids *ids, struct ipc_object *o,
			 struct task *t, uint32_t events, uint64_t deadline_ns);

/* ipc_set - IPC_SET's common part. -EINVAL for ids that are none. */
MUST_CHECK int ipc_set(struct ipc_object *o, const struct lx_ipc_perm *p);
void ipc_stat(const struct ipc_object *o, struct lx_ipc_perm *p);

/*
 * ipc_look - the object of a *ctl() that only looks: by id, or by slot with
 * reading allowed to all who may or, @any, to everyone.
 * Returns: 0 for an id, the id for a slot; -EINVAL, -EACCES.
 */
struct ipc_lookup {
	bool is_slot, is_any;
};
MUST_CHECK int ipc_look(struct ipc_ids *ids, const struct cred *cred, int n,
			struct ipc_lookup how, struct ipc_object **out);

/* ipc_now - seconds of CLOCK_REALTIME. */
int64_t ipc_now(void);

#endif /* KERNEL_IPC_INTERNAL_H */
