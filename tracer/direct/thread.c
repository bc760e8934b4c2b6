/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/thread.c - viv's side of a kernel that runs in guest
 * processes: letting a vCPU go there, and what it comes back with.
 *
 * It may go from one carrier to the next before it comes: so nothing is
 * touched of the thread it went to.
 */
#include "tracer/direct/internal.h"

#include "arch/um/hypercall_abi.h"
#include "tracer/fpstate.h"
#include "tracer/seccomp/internal.h"
#include "tracer/stub/hostclock.h"

#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMPUTES_NS 4000000ll	/* not soon back */
#define WATCH_NS    500000000ll /* how often a waiting vCPU looks around */

/* Of a vCPU's thread. */
static __thread struct spin patience;
static __thread uint32_t placed; /* carrier that is kept off or on our core */

static void
carrier_died(struct gthread *t)
{
	struct carrier *c = carrier_at(t->carrier);
	uint64_t sp = atomic_exchange(&c->sp, 0);

	if (t->ctl->in_kernel == KERNEL_RUNS) {
		tracer_env.lost(DIED_IN_KERNEL); /* does not return */
	} else if (sp) {
		tracer_env.moved(sp & ~1ull, sp & 1);
	} else if (t->ctl->in_kernel) {
		tracer_env.moved(t->ctl->moved_sp, false);
	} else {
		turn_died(t, (struct thread_run *)t->ctl->run);
		tracer_env.moved(t->ctl->ksp, true);
	}
}

static bool
is_gone(struct gthread *t)
{
	return gthread_is_gone(t);
}

static bool
let_go(struct gthread *t)
{
	place_free(&t->place, t->tid);
	return true;
}

static bool
keep_apart(struct gthread *t)
{
	place_apart(&t->place, t->tid);
	return true;
}

static bool
keep_near(struct gthread *t)
{
	place_near(&t->place, t->tid);
	return true;
}

/* Looking is of use only from another core; who sleeps is woken quickest on the
 * waker's. */
static void
place(uint32_t carrier, bool is_apart)
{
	if (placed && placed != carrier)
		carrier_with(placed, let_go);
	placed = carrier;
	if (placed)
		carrier_with(placed, is_apart ? keep_apart : keep_near);
}

static bool
is_back(uint32_t owner)
{
	return owner & (OWNER_VIV | OWNER_DEAD);
}

/* Until the vCPU comes back.  Returns its owner. */
static uint32_t
await(struct vcpu_words *w, unsigned spins)
{
	int64_t wait_ns = COMPUTES_NS;
	uint32_t owner;

	for (unsigned i = spins; i; i--) {
		owner = atomic_load_explicit(&w->owner, memory_order_acquire);
		if (is_back(owner)) {
			spin_learn(&patience, spins, true);
			return owner;
		}
		__builtin_ia32_pause();
	}
	spin_learn(&patience, spins, false);
	atomic_store(&w->viv_sleeps, 1);
	while (!is_back(owner = atomic_load(&w->owner))) {
		if (!host_futex_wait(&w->owner, owner, now_ns() + wait_ns))
			continue;
		place(0, false);
		if (wait_ns == WATCH_NS && carrier_with(owner, is_gone))
			carrier_lost(w, owner);
		wait_ns = WATCH_NS;
	}
	atomic_store(&w->viv_sleeps, 0);
	return owner;
}

/* Returns: how often to look for the vCPU to come back. */
static unsigned
give(struct gthread *t, uint64_t sp, struct vcpu_words *w)
{
	struct carrier *c = carrier_at(t->carrier);
	unsigned spins = spin_count(&patience);

	spin_learn(&t->guest_spin, t->guest_spins, !atomic_load(&c->sleeps));
	t->guest_spins = t->ctl->spin = spin_count(&t->guest_spin);
	place(t->carrier, spins || t->guest_spins);
	carrier_stack(c, sp, (uint32_t)(w - vcpu_words(0)));
	atomic_store(&w->owner, t->carrier);
	carrier_give(t);
	return spins;
}

/* What @owner left is to go on. */
static void
came_back(uint32_t owner)
{
	struct gthread *t = carrier_thread(owner);

	if (!t)
		tracer_env.lost("a vCPU came back from nowhere");
	else if (owner & OWNER_DEAD)
		carrier_died(t);
	else
		tracer_env.moved(t->ctl->moved_sp, false);
}

static int
direct_run(struct gthread *t, struct thread_run *run, int cpu)
{
	uint64_t sp = tracer_env.kernel_sp ? tracer_env.kernel_sp() : 0;
	struct vcpu_words *w = vcpu_words((uint64_t)cpu);
	uint32_t owner;
	unsigned spins;

	if (!sp)
		return turn_run(t, run, turn_stopped, turn_died);
	if (atomic_load(&t->as->is_dead)) {
		turn_died(t, run);
		return 0;
	}
	spins = give(t, sp, w);
	/* direct_process_died() may have come before. */
	owner = t->carrier;
	if (atomic_load(&carrier_at(owner)->is_dead))
		carrier_lost(w, owner);
	came_back(await(w, spins));
	return 0;
}

/* @cpu's kernel stack rests at the end of CPU_IDLE, if it is given away. */
static void
direct_idle(int cpu, bool (*has_work)(void))
{
	const uint32_t idle = OWNER_VIV | OWNER_IDLE;
	struct vcpu_words *w = vcpu_words((uint64_t)cpu);
	uint32_t owner = idle;

	w->rest = tracer_env.kernel_sp() + HYPER_ARGS_LEN;
	place(0, false);
	atomic_store(&w->viv_sleeps, 1);
	atomic_store(&w->owner, idle);
	if (atomic_exchange(&w->wake, 0) || has_work())
		atomic_compare_exchange_strong(&w->owner, &owner, OWNER_VIV);
	while ((owner = atomic_load(&w->owner)) == idle)
		(void)host_futex_wait(&w->owner, idle, now_ns() + WATCH_NS);
	if (owner == OWNER_VIV)
		atomic_store(&w->wake, 0);
	else
		came_back(await(w, 0));
	atomic_store(&w->viv_sleeps, 0);
}

static int
direct_named(struct gthread *t, uint64_t id, uint64_t as_id, uint32_t *carrier)
{
	int err = carrier_make(t);

	if (err)
		return err;
	t->ctl->id = id;
	t->ctl->as_id = as_id;
	*carrier = t->carrier;
	if (!t->is_carried)
		turn_give(t);
	t->is_carried = true;
	return 0;
}

/* Elsewhere than in its own process: there, tracer/direct/guest does it. */
static int
direct_wipe(struct aspace *as, struct gthread *t, bool keeps)
{
	const struct um_regs none = {0};
	int err = aspace_empty(as, t, keeps);

	if (!err)
		turn_init(t, &none);
	return err;
}

/* Where the kernel is, the signal waits or is noted. */
static void
direct_kick(struct gthread *t)
{
	if (t->is_carried)
		syscall(SYS_tgkill, t->as->pid, t->tid, KICK_SIGNAL);
	else
		turn_kick(t);
}

static bool
kick(struct gthread *t)
{
	direct_kick(t);
	return true;
}

static bool
direct_kick_owner(uint32_t owner)
{
	return carrier_with(owner, kick);
}

static void
direct_exit(struct gthread *t)
{
	if (!t->is_carried) {
		turn_exit(t);
		return;
	}
	t->ctl->cmd = CMD_EXIT;
	carrier_give(t);
}

const struct backend direct_backend = {
	.ops =
		{
			.name = "direct",
			.in_guest = true,
			TURN_OPS,
			.thread_kick = direct_kick,
			.kick_owner = direct_kick_owner,
			.cpu_idle = direct_idle,
			.as_wipe = direct_wipe,
			.thread_named = direct_named,
			.thread_run = direct_run,
		},
	.thread_init = turn_init,
	.thread_exit = direct_exit,
	.thread_fini = carrier_free,
	.process_died = direct_process_died,
};
