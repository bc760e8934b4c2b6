/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/serve.c - a vCPU's thread of viv: it carries out the
 * hypercalls that need viv, one at a time, for whoever has the vCPU.
 *
 * No kernel code runs in viv.  A stack without a carrier of its own (a task
 * that has no thread yet, the idle loop) runs in a process apart, home, which
 * is as any other guest process but has no guest code.
 *
 * What the arena and the threads' areas say may be lies, and change while it
 * is looked at: a word is read once, an address checked, and which thread it
 * is about is looked up in tables of viv's own.
 */
#include "tracer/direct/internal.h"

#include "arch/um/hypercall_abi.h"
#include "tracer/seccomp/internal.h"

#include <string.h>

#define COMPUTES_NS 4000000ll	/* not soon back */
#define WATCH_NS    500000000ll /* how often a waiting vCPU looks around */
#define GRACE_NS                                                               \
	2000000ll /* work waits so long for somebody with time;                \
		   * less than COMPUTES_NS, after which the one                \
		   * that took it on looks */

/* Of a vCPU's thread. */
static __thread struct spin patience;
static __thread uint32_t placed; /* carrier that is kept off or on our core */
static __thread uint32_t own_home;

static struct {
	pthread_mutex_t lock;
	struct aspace *_Atomic as;
} home = {.lock = PTHREAD_MUTEX_INITIALIZER};

bool
direct_is_home(const struct aspace *as)
{
	return as == atomic_load(&home.as);
}

/* --- stacks --- */

/* From which the image's @entry is called, on the stack that ends at @top. */
static uint64_t
first_stack(uint64_t top, uint64_t entry, int cpu)
{
	/* r15, r14, r13, r12, rbx, rbp, the return address; as aligned */
	const uint64_t words[] = {0, 0, (uint64_t)cpu,	   entry,
				  0, 0, STUB_DIRECT_FIRST, 0};
	uint64_t sp = top - 8 - sizeof words;

	memcpy((void *)sp, words, sizeof words);
	return sp;
}

/* --- where carriers are --- */

static void
let_go(uint32_t carrier)
{
	struct gthread *t = carrier_hold(carrier);

	if (t)
		place_free(&t->place, t->tid);
	carrier_release();
}

/* Looking is of use only from another core; who sleeps is woken quickest on the
 * waker's. */
static void
place(struct gthread *t, bool is_apart)
{
	placed = t->carrier;
	if (is_apart)
		place_apart(&t->place, t->tid);
	else
		place_near(&t->place, t->tid);
}

/* --- a vCPU comes and goes --- */

static bool
is_back(uint32_t owner)
{
	return owner & (OWNER_VIV | OWNER_DEAD);
}

static bool
is_gone(uint32_t owner)
{
	struct gthread *t = carrier_hold(owner);
	bool is = t && gthread_is_gone(t);

	carrier_release();
	return is;
}

/* Meanwhile, and before it sleeps, it does what waits for somebody with time.
 * Returns: the vCPU's owner, back or not. */
static uint32_t
look_out(struct vcpu_words *w, unsigned spins)
{
	uint32_t owner = 0;

	for (unsigned i = spins; i; i--) {
		owner = atomic_load_explicit(&w->owner, memory_order_acquire);
		if (is_back(owner))
			break;
		if (tracer_env.work(INT64_MAX))
			i = spins;
		else
			__builtin_ia32_pause();
	}
	spin_learn(&patience, spins, is_back(owner));
	return owner;
}

/* What nobody had time for until now. */
static uint32_t
clear_up(struct vcpu_words *w)
{
	uint32_t owner;

	do
		owner = atomic_load(&w->owner);
	while (!is_back(owner) && tracer_env.work(now_ns() - GRACE_NS));
	return owner;
}

/* Until the vCPU comes back.  Returns its owner. */
static uint32_t
await(struct vcpu_words *w, unsigned spins)
{
	int64_t wait_ns = COMPUTES_NS;
	uint32_t owner = spins ? look_out(w, spins) : 0;

	if (is_back(owner))
		return owner;
	owner = clear_up(w);
	if (is_back(owner))
		return owner;
	atomic_store(&w->viv_sleeps, 1);
	while (!is_back(owner = atomic_load(&w->owner))) {
		if (!host_futex_wait(&w->owner, owner, now_ns() + wait_ns))
			continue;
		let_go(placed);
		placed = 0;
		if (wait_ns == WATCH_NS && is_gone(owner))
			carrier_lost(w, owner);
		wait_ns = WATCH_NS;
		(void)clear_up(w);
	}
	atomic_store(&w->viv_sleeps, 0);
	return owner;
}

/* Returns: how often to look for the vCPU to come back. */
static unsigned
prepare(uint32_t number, const struct carrier *c)
{
	unsigned spins = spin_count(&patience);
	struct gthread *t;

	if (placed && placed != number)
		let_go(placed);
	t = carrier_hold(number);
	if (t) {
		spin_learn(&t->guest_spin, t->guest_spins,
			   !atomic_load(&c->sleeps));
		t->guest_spins = spin_count(&t->guest_spin);
		t->ctl->spin = t->guest_spins;
		place(t, spins || t->guest_spins);
	}
	carrier_release();
	return spins;
}

/* @number goes on with @sp, as carrier.sp.  Returns: as prepare(). */
static unsigned
give(struct vcpu_words *w, uint32_t number, uint64_t sp, int64_t result)
{
	struct carrier *c = carrier_at(number);
	unsigned spins;

	if (!is_kstack(sp & ~1ull))
		tracer_env.lost("a guest process left no kernel stack");
	spins = prepare(number, c);
	carrier_stack(c, sp, (uint32_t)(w - vcpu_words(0)));
	c->result = result;
	atomic_store(&w->owner, number);
	carrier_give(c);
	/* direct_process_died() may have come before. */
	if (atomic_load(&c->is_dead))
		carrier_lost(w, number);
	return spins;
}

static void
say_died(uint64_t run)
{
	struct thread_run *r = (struct thread_run *)run;

	if (run % 8 == 0 && run >= ARENA_BASE &&
	    run < ARENA_BASE + ARENA_SIZE - sizeof *r)
		r->stop = (struct stop){.kind = STOP_DIED, .signo = SIGKILL};
}

/* What a dead carrier's stack is to go on with; 0: nothing can. */
static uint64_t
left_by(struct gthread *t, int64_t *result)
{
	struct carrier *c = carrier_at(t->carrier);
	volatile const struct stub_ctl *ctl = t->ctl;
	uint64_t sp = atomic_exchange(&c->sp, 0);
	uint32_t in_kernel = ctl->in_kernel;

	*result = 0;
	if (in_kernel == KERNEL_RUNS)
		return 0;
	if (sp) {
		*result = c->result;
		return sp;
	}
	if (in_kernel)
		return ctl->moved_sp;
	atomic_store(&t->as->is_tainted, true);
	say_died(ctl->run);
	return ctl->ksp | 1;
}

static unsigned
go_on_without(struct vcpu_words *w, uint32_t owner)
{
	struct gthread *t = carrier_hold(owner);
	int64_t result = 0;
	uint64_t sp = t ? left_by(t, &result) : 0;

	carrier_release();
	if (!sp || (owner & OWNER_INDEX) == own_home)
		tracer_env.lost(DIED_IN_KERNEL); /* does not return */
	return give(w, own_home, sp, result);
}

/* The owner's hypercall, read once. */
static unsigned
serve(struct vcpu_words *w, uint32_t owner)
{
	uint32_t number = owner & OWNER_INDEX & (CARRIERS_MAX - 1);
	uint64_t sp = *(volatile uint64_t *)&carrier_at(number)->call;
	struct hyper_args h;
	int64_t result;

	if (!is_kstack(sp))
		tracer_env.lost("a guest process made no hypercall");
	memcpy(&h, (const void *)sp, sizeof h);
	__asm__ volatile("" ::: "memory");
	result =
		tracer_env.call(&h, sp + offsetof(struct hyper_args, saved[5]));
	return give(w, number, (sp + HYPER_ARGS_LEN) | 1, result);
}

/* --- home --- */

static int
home_process(struct aspace **out)
{
	struct aspace *as;
	int err = 0;

	pthread_mutex_lock(&home.lock);
	as = atomic_load(&home.as);
	if (!as)
		err = pool_get(&as);
	if (!err)
		atomic_store(&home.as, as);
	pthread_mutex_unlock(&home.lock);
	*out = as;
	return err;
}

static int
home_carrier(uint32_t *number)
{
	const struct um_regs none = {0};
	struct gthread *t;
	struct aspace *as;
	int err = home_process(&as);

	if (!err)
		err = gthread_new(as, &none, &t);
	if (!err)
		err = carrier_make(t);
	if (err)
		return err;
	t->ctl->id = t->ctl->as_id = NO_ID; /* it has no guest code */
	carrier_start(t);
	*number = t->carrier;
	return 0;
}

void
direct_serve(int cpu, uint64_t entry, uint64_t top)
{
	struct vcpu_words *w = vcpu_words((uint64_t)cpu);
	uint32_t owner;
	unsigned spins;
	int err = home_carrier(&own_home);

	if (err)
		tracer_env.lost("no process for the guest kernel");
	w->home = own_home;
	spins = give(w, own_home, first_stack(top, entry, cpu) | 1, 0);
	for (;;) {
		owner = await(w, spins);
		spins = owner & OWNER_DEAD ? go_on_without(w, owner)
					   : serve(w, owner);
	}
}
