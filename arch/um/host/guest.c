/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/guest.c - address spaces and guest threads by number.
 *
 * A number is an index and a generation, so a stale one is told apart.  An
 * entry in use by a hypercall cannot be freed meanwhile (-EBUSY); kicks work
 * under the table's lock.
 */
#include "arch/um/host/host.h"

#include <stdlib.h>
#include <string.h>

#define INDEX_BITS 18
#define INDEX_MASK ((1u << INDEX_BITS) - 1)
#define GEN_MASK   0xfffu
#define OPS_MAX	   (1u << 20)

struct entry {
	void *obj;
	uint32_t gen;
	uint32_t busy;	  /* hypercalls that use it */
	uint32_t as;	  /* thread: index of its address space */
	uint32_t threads; /* address space: how many it has */
	uint32_t next_free;
};

struct table {
	struct entry *e;
	uint32_t n, free; /* index + 1 */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct table spaces, threads;

static int64_t
insert_locked(struct table *t, void *obj)
{
	struct entry *e;

	if (!t->free) {
		uint32_t n = t->n ? t->n * 2 : 64;
		struct entry *p;

		if (n > INDEX_MASK)
			return -EAGAIN;
		p = realloc(t->e, n * sizeof *p);
		if (!p)
			return -ENOMEM;
		memset(p + t->n, 0, (n - t->n) * sizeof *p);
		for (uint32_t i = t->n; i < n; i++)
			p[i].next_free = i + 1 < n ? i + 2 : 0;
		t->free = t->n + 1;
		t->e = p;
		t->n = n;
	}
	e = &t->e[t->free - 1];
	t->free = e->next_free;
	e->obj = obj;
	e->gen = (e->gen + 1) & GEN_MASK;
	e->busy = e->threads = 0;
	return (int64_t)e->gen << INDEX_BITS | (e - t->e);
}

static struct entry *
find_locked(struct table *t, uint64_t id)
{
	uint32_t i = id & INDEX_MASK;

	if (id >> INDEX_BITS > GEN_MASK || i >= t->n || !t->e[i].obj ||
	    t->e[i].gen != id >> INDEX_BITS)
		return NULL;
	return &t->e[i];
}

static void
remove_locked(struct table *t, struct entry *e)
{
	e->obj = NULL;
	e->next_free = t->free;
	t->free = (uint32_t)(e - t->e) + 1;
}

/* Use: no free until unuse().  NULL if there is no such. */
static void *
use(struct table *t, uint64_t id)
{
	struct entry *e;
	void *obj = NULL;

	pthread_mutex_lock(&lock);
	e = find_locked(t, id);
	if (e) {
		e->busy++;
		obj = e->obj;
	}
	pthread_mutex_unlock(&lock);
	return obj;
}

static void
unuse(struct table *t, uint64_t id)
{
	pthread_mutex_lock(&lock);
	t->e[id & INDEX_MASK].busy--;
	pthread_mutex_unlock(&lock);
}

/* --- address spaces --- */

int64_t
hc_AS_NEW(const uint64_t *a)
{
	struct aspace *as;
	int64_t id;
	int err = mach.tracer->as_new(&as);

	if (err)
		return err;
	pthread_mutex_lock(&lock);
	id = insert_locked(&spaces, as);
	pthread_mutex_unlock(&lock);
	if (id < 0)
		mach.tracer->as_free(as);
	return id;
}

int64_t
hc_AS_FREE(const uint64_t *a)
{
	struct aspace *as = NULL;
	struct entry *e;
	int err = -EBADF;

	pthread_mutex_lock(&lock);
	e = find_locked(&spaces, a[0]);
	if (e)
		err = e->busy || e->threads ? -EBUSY : 0;
	if (!err) {
		as = e->obj;
		remove_locked(&spaces, e);
	}
	pthread_mutex_unlock(&lock);
	if (as)
		mach.tracer->as_free(as);
	return err;
}

int64_t
hc_AS_SYNC(const uint64_t *a)
{
	struct aspace *as;
	int err;

	if (a[2] > OPS_MAX || a[1] % 8 ||
	    !arena_readable(a[1], a[2] * sizeof(struct as_op)))
		return -EFAULT;
	as = use(&spaces, a[0]);
	if (!as)
		return -EBADF;
	err = mach.tracer->as_sync(as, (const struct as_op *)a[1], a[2]);
	unuse(&spaces, a[0]);
	return err;
}

/* Where the only thread of an address space in use is in the table, or NULL. */
static struct gthread *
only_thread(uint64_t as_id)
{
	uint32_t as = as_id & INDEX_MASK;
	struct gthread *t = NULL;

	pthread_mutex_lock(&lock);
	if (spaces.e[as].threads == 1)
		for (uint32_t i = 0; i < threads.n && !t; i++)
			if (threads.e[i].obj && threads.e[i].as == as)
				t = threads.e[i].obj;
	pthread_mutex_unlock(&lock);
	return t;
}

int64_t
hc_AS_WIPE(const uint64_t *a)
{
	struct aspace *as = use(&spaces, a[0]);
	struct gthread *t;
	int err = -EBUSY;

	if (!as)
		return -EBADF;
	t = only_thread(a[0]);
	if (!mach.tracer->as_wipe)
		err = -ENOSYS;
	else if (t)
		err = mach.tracer->as_wipe(as, t, a[1]);
	unuse(&spaces, a[0]);
	return err;
}

int64_t
hc_AS_PIN(const uint64_t *a)
{
	struct aspace *as = use(&spaces, a[0]);
	int pin;

	if (!as)
		return -EBADF;
	pin = mach.tracer->as_pin(as);
	unuse(&spaces, a[0]);
	return pin;
}

/* --- threads --- */

static int64_t
enter_thread(struct gthread *t, uint64_t as_id)
{
	int64_t id;

	pthread_mutex_lock(&lock);
	id = insert_locked(&threads, t);
	if (id >= 0) {
		threads.e[id & INDEX_MASK].as = as_id & INDEX_MASK;
		spaces.e[as_id & INDEX_MASK].threads++;
	}
	pthread_mutex_unlock(&lock);
	if (id < 0)
		mach.tracer->thread_free(t);
	return id;
}

/* In an address space in use. */
static int64_t
new_thread(struct aspace *as, uint64_t as_id, const struct um_regs *regs,
	   uint32_t *carrier, uint32_t *facts)
{
	struct gthread *t;
	int64_t id = mach.tracer->thread_new(as, regs, &t);
	int err;

	if (id < 0)
		return id;
	*facts = mach.tracer->thread_facts(t);
	id = enter_thread(t, as_id);
	if (id < 0 || !mach.tracer->in_guest)
		return id;
	err = mach.tracer->thread_named(t, (uint64_t)id, as_id, carrier);
	if (!err)
		return id;
	(void)hc_THREAD_FREE((const uint64_t[]){(uint64_t)id});
	return err;
}

/* The address of a number that is wanted, or 0: none is. */
static bool
may_tell(uint64_t at)
{
	return !at || (at % 4 == 0 && arena_writable(at, sizeof(uint32_t)));
}

int64_t
hc_THREAD_NEW(const uint64_t *a)
{
	struct um_regs regs;
	struct aspace *as;
	uint32_t carrier = 0, facts = 0;
	int64_t id;

	if (a[1] % 8 || !arena_readable(a[1], sizeof regs) || !may_tell(a[2]) ||
	    !may_tell(a[3]))
		return -EFAULT;
	regs = *(const struct um_regs *)a[1];
	as = use(&spaces, a[0]);
	if (!as)
		return -EBADF;
	id = new_thread(as, a[0], &regs, &carrier, &facts);
	unuse(&spaces, a[0]);
	if (id >= 0 && a[2])
		*(uint32_t *)a[2] = carrier;
	if (id >= 0 && a[3])
		*(uint32_t *)a[3] = facts;
	return id;
}

int64_t
hc_THREAD_FREE(const uint64_t *a)
{
	struct gthread *t = NULL;
	struct entry *e;
	int err = -EBADF;
	uint32_t as = 0;

	pthread_mutex_lock(&lock);
	e = find_locked(&threads, a[0]);
	if (e)
		err = e->busy ? -EBUSY : 0;
	if (!err) {
		t = e->obj;
		as = e->as;
		remove_locked(&threads, e);
	}
	pthread_mutex_unlock(&lock);
	if (!t)
		return err;
	mach.tracer->thread_free(t);
	pthread_mutex_lock(&lock);
	spaces.e[as].threads--;
	pthread_mutex_unlock(&lock);
	return 0;
}

/* The thread that @v ran before goes to sleep, most likely. */
static void
rest_last(struct vcpu *v, uint64_t id)
{
	struct entry *e;

	if (v->last == id)
		return;
	pthread_mutex_lock(&lock);
	e = find_locked(&threads, v->last);
	if (e && mach.tracer->thread_rest)
		mach.tracer->thread_rest(e->obj);
	pthread_mutex_unlock(&lock);
	v->last = id;
}

void
guest_wake_spare(struct thread_run *run)
{
	const uint64_t spare = run->spare;

	run->spare = 0;
	if (spare)
		(void)hc_CPU_WAKE((const uint64_t[]){spare - 1});
}

static int
run_on(struct vcpu *v, struct gthread *t, struct thread_run *run)
{
	int err;

	atomic_store_explicit(&v->running, t, memory_order_release);
	atomic_store(&v->w->state, VCPU_GUEST);
	if (event_pending())
		mach.tracer->thread_kick(t); /* but do apply the ops */
	err = mach.tracer->thread_run(t, run, (int)v->id);
	atomic_store_explicit(&v->w->state, VCPU_KERNEL, memory_order_release);
	atomic_store_explicit(&v->running, NULL, memory_order_release);
	return err;
}

int64_t
hc_THREAD_RUN(const uint64_t *a)
{
	struct thread_run *run = (struct thread_run *)a[1];
	struct gthread *t;
	int err;

	if (!this_cpu || !arena_writable(a[1], sizeof *run) || a[1] % 8)
		return -EFAULT;
	if (run->nops > OPS_MAX ||
	    !arena_readable((uint64_t)run->ops,
			    run->nops * sizeof(struct as_op)))
		return -EFAULT;
	t = use(&threads, a[0]);
	if (!t)
		return -EBADF;
	rest_last(this_cpu, a[0]);
	err = run_on(this_cpu, t, run);
	unuse(&threads, a[0]);
	return err;
}

bool
guest_kick_cpu(struct vcpu *v)
{
	struct gthread *t;

	if (!atomic_load(&v->is_started))
		return false;
	if (mach.tracer->in_guest)
		return mach.tracer->kick_owner(atomic_load(&v->w->owner));
	if (atomic_load(&v->w->state) != VCPU_GUEST)
		return false;
	pthread_mutex_lock(&lock);
	t = atomic_load(&v->running);
	if (t)
		mach.tracer->thread_kick(t);
	pthread_mutex_unlock(&lock);
	return t;
}

int64_t
hc_THREAD_KICK(const uint64_t *a)
{
	struct entry *e;

	pthread_mutex_lock(&lock);
	e = find_locked(&threads, a[0]);
	if (e)
		mach.tracer->thread_kick(e->obj);
	pthread_mutex_unlock(&lock);
	return e ? 0 : -EBADF;
}

int64_t
hc_THREAD_GET_FP(const uint64_t *a)
{
	struct gthread *t;
	int ret;

	if (!arena_writable(a[1], a[2]))
		return -EFAULT;
	t = use(&threads, a[0]);
	if (!t)
		return -EBADF;
	ret = mach.tracer->get_fp(t, (void *)a[1], a[2]);
	unuse(&threads, a[0]);
	return ret;
}

int64_t
hc_THREAD_SET_FP(const uint64_t *a)
{
	struct gthread *t;
	int ret;

	if (a[2] && !arena_readable(a[1], a[2]))
		return -EFAULT;
	t = use(&threads, a[0]);
	if (!t)
		return -EBADF;
	ret = mach.tracer->set_fp(t, (const void *)a[1], a[2]);
	unuse(&threads, a[0]);
	return ret;
}
