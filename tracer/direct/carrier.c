/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/carrier.c - which host thread is which carrier, and what
 * becomes of a vCPU whose carrier's process dies.
 */
#include "tracer/direct/internal.h"

#include "tracer/seccomp/internal.h"

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

void
carrier_start(struct gthread *t)
{
	if (t->is_carried)
		return;
	t->ctl->ksp = KSTACK_BASE; /* traps are for the kernel from now on */
	turn_give(t);
	t->is_carried = true;
}

struct gthread *
carrier_hold(uint32_t owner)
{
	uint32_t i = owner & OWNER_INDEX;

	pthread_mutex_lock(&carriers.lock);
	return i < carriers.used ? carriers.at[i] : NULL;
}

void
carrier_release(void)
{
	pthread_mutex_unlock(&carriers.lock);
}

void
carrier_give(struct carrier *c)
{
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

static bool
is_carrier(uint64_t at)
{
	return at > CARRIERS && at % CARRIER_LEN == 0 &&
	       at < CARRIERS + (uint64_t)CARRIERS_MAX * CARRIER_LEN;
}

/* It may have given its vCPU away, and told nobody. */
static void
finish_leaving(const struct gthread *t)
{
	volatile const struct stub_ctl *ctl = t->ctl;
	uint64_t at = ctl->next;
	uint32_t ticket = ctl->ticket, before = ticket - 1;
	struct carrier *next = (struct carrier *)at;

	/* Who left to viv, or is still the owner, is seen by that. */
	if (!is_carrier(at))
		return;
	for (unsigned i = 0; i < tracer_env.ncpus; i++)
		if (atomic_load(&vcpu_words(i)->owner) == t->carrier)
			return;
	atomic_compare_exchange_strong(&next->ticket, &before, ticket);
	host_futex_wake(&next->ticket, FUTEX_FOR_GUEST);
}

/* Has a carrier of @as this vCPU?  *@owner says which. */
static bool
is_with(struct vcpu_words *w, const struct aspace *as, uint32_t *owner)
{
	struct gthread *t;
	bool is;

	*owner = atomic_load(&w->owner);
	t = carrier_hold(*owner);
	is = t && t->as == as && !(*owner & OWNER_VIV);
	carrier_release();
	return is;
}

void
direct_process_died(struct aspace *as)
{
	unsigned used = atomic_load(&as->used);
	uint32_t owner;

	if (tracer_env.arena_fd < 0)
		return; /* no kernel */
	if (direct_is_home(as))
		tracer_env.lost(DIED_IN_KERNEL);
	for (unsigned i = 0; i < used; i++)
		if (as->slot[i]->carrier)
			atomic_store(&carrier_at(as->slot[i]->carrier)->is_dead,
				     1);
	for (unsigned i = 0; i < used; i++)
		if (as->slot[i]->ctl->in_kernel == KERNEL_LEAVES)
			finish_leaving(as->slot[i]);
	for (unsigned i = 0; i < tracer_env.ncpus; i++) {
		struct vcpu_words *w = vcpu_words(i);

		if (is_with(w, as, &owner))
			carrier_lost(w, owner);
		else
			host_futex_wake(&w->owner, FUTEX_FOR_VIV);
	}
}
