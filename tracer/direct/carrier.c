/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/carrier.c - which host thread is which carrier, and what
 * becomes of a vCPU whose carrier's process dies.
 */
#include "tracer/direct/internal.h"

#include <errno.h>

/* A slot has its number as long as it exists: its host threads come and go. */
static struct {
	pthread_mutex_t lock;
	struct gthread *at[CARRIERS_MAX];
	uint32_t next_free[CARRIERS_MAX];
	uint32_t free, used; /* number; numbers given out ever */
} carriers = {.lock = PTHREAD_MUTEX_INITIALIZER, .used = 1};

static uint32_t
number_locked(void)
{
	uint32_t i = carriers.free;

	if (i)
		carriers.free = carriers.next_free[i];
	else if (carriers.used < CARRIERS_MAX)
		i = carriers.used++;
	return i;
}

int
carrier_make(struct gthread *t)
{
	struct carrier *c;
	uint32_t i;

	if (!t->carrier) {
		pthread_mutex_lock(&carriers.lock);
		i = number_locked();
		if (i)
			carriers.at[i] = t;
		pthread_mutex_unlock(&carriers.lock);
		if (!i)
			return -EAGAIN;
		t->carrier = i;
		c = carrier_at(i);
		c->self = i;
		c->ctl = gthread_area_addr(t) + AREA_SIZE - CTL_LEN;
		c->seen = atomic_load(&c->ticket);
		atomic_store(&c->sp, 0);
		atomic_store(&c->sleeps, 0);
		atomic_store(&c->is_dead, atomic_load(&t->as->is_dead));
	}
	t->ctl->carrier = (uint64_t)carrier_at(t->carrier);
	return 0;
}

void
carrier_free(struct gthread *t)
{
	if (!t->carrier)
		return;
	pthread_mutex_lock(&carriers.lock);
	carriers.at[t->carrier] = NULL;
	carriers.next_free[t->carrier] = carriers.free;
	carriers.free = t->carrier;
	pthread_mutex_unlock(&carriers.lock);
	t->carrier = 0;
}

struct gthread *
carrier_thread(uint32_t owner)
{
	uint32_t i = owner & OWNER_INDEX;
	struct gthread *t;

	pthread_mutex_lock(&carriers.lock);
	t = i < carriers.used ? carriers.at[i] : NULL;
	pthread_mutex_unlock(&carriers.lock);
	return t;
}

bool
carrier_with(uint32_t owner, bool (*fn)(struct gthread *t))
{
	uint32_t i = owner & OWNER_INDEX;
	bool is = false;

	if (owner & OWNER_VIV)
		return false;
	pthread_mutex_lock(&carriers.lock);
	if (i < carriers.used && carriers.at[i])
		is = fn(carriers.at[i]);
	pthread_mutex_unlock(&carriers.lock);
	return is;
}

void
carrier_give(struct gthread *t)
{
	struct carrier *c = carrier_at(t->carrier);

	atomic_fetch_add(&c->ticket, 1);
	if (atomic_load(&c->sleeps))
		host_futex_wake(&c->ticket, FUTEX_FOR_GUEST);
}

/* --- deaths --- */

bool
carrier_lost(struct vcpu_words *w, uint32_t owner)
{
	bool was = atomic_compare_exchange_strong(&w->owner, &owner,
						  owner | OWNER_DEAD);

	host_futex_wake(&w->owner, FUTEX_FOR_VIV);
	return was;
}

/* It may have given its vCPU away, and told nobody. */
static void
finish_leaving(const struct stub_ctl *ctl)
{
	const struct carrier *own = (const struct carrier *)ctl->carrier;
	struct carrier *next = (struct carrier *)ctl->next;
	struct vcpu_words *w = (struct vcpu_words *)ctl->words;
	uint32_t before = ctl->ticket - 1;

	if (atomic_load(&w->owner) == own->self || !next)
		return;
	atomic_compare_exchange_strong(&next->ticket, &before, ctl->ticket);
	host_futex_wake(&next->ticket, FUTEX_FOR_GUEST);
}

void
direct_process_died(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);

	if (tracer_env.arena_fd < 0)
		return; /* no kernel */
	for (unsigned i = 0; i < used; i++)
		if (as->slot[i]->carrier)
			atomic_store(&carrier_at(as->slot[i]->carrier)->is_dead,
				     1);
	for (unsigned i = 0; i < used; i++)
		if (as->slot[i]->ctl->in_kernel == KERNEL_LEAVES)
			finish_leaving(as->slot[i]->ctl);
	for (unsigned i = 0; i < tracer_env.ncpus; i++) {
		struct vcpu_words *w = vcpu_words(i);
		uint32_t owner = atomic_load(&w->owner);
		struct gthread *t = carrier_thread(owner);

		if (t && t->as == as && !(owner & OWNER_VIV))
			carrier_lost(w, owner);
		else
			host_futex_wake(&w->owner, FUTEX_FOR_VIV);
	}
}
