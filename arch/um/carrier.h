/* SPDX-License-Identifier: MIT */
/*
 * arch/um/carrier.h - host threads of guest processes that run the kernel
 * (docs/decisions/0004-direct.md): how one is given a vCPU, and with it a
 * kernel stack to go on with.  In the arena, for C and assembly.
 *
 * Who has a vCPU is in its words (arch/um/vcpu_words.h): a carrier's number,
 * with OWNER_VIV while viv carries out a hypercall for it, OWNER_DEAD if its
 * process is gone, OWNER_IDLE if it waits for work.  The owner gives it away,
 * or if it is idle whoever has the kernel lock: first the stack, then the
 * ownership, then the ticket.
 *
 * All of it is the guest's to spoil: viv believes nothing but what its own
 * tables say of a number.
 */
#ifndef ARCH_UM_CARRIER_H
#define ARCH_UM_CARRIER_H

#define OWNER_VIV   0x80000000
#define OWNER_DEAD  0x40000000
#define OWNER_IDLE  0x20000000
#define OWNER_INDEX 0x1fffffff

#define CARRIER_LEN  64
#define CARRIERS_MAX (1 << 18)

#define CR_TICKET 0 /* futex: grows by one with each vCPU it is given */
#define CR_SEEN	  4 /* how far the thread is */
#define CR_SLEEPS 8
#define CR_DEAD	  12
#define CR_SP	  24
#define CR_REST	  32
#define CR_RESULT 48
#define CR_CALL	  56

/* In struct vcpu_words. */
#define VW_WAKE	      4
#define VW_OWNER      8
#define VW_VIV_SLEEPS 12

/* Which word of a kernel stack has the stub_ctl of the carrier that uses it. */
#define KSTACK_CTL 2

/* EVENT_RING of arch/um/layout.h. */
#define EVENT_RING_ADDR 0x680006000000
/* KSTACK_BASE */
#define KSTACK_ADDR 0x680400000000

#ifndef __ASSEMBLER__
#include "arch/um/layout.h"
#include "arch/um/vcpu_words.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct carrier {
	_Atomic uint32_t ticket;
	uint32_t seen;
	_Atomic uint32_t sleeps; /* wake it by a futex call on the ticket */
	_Atomic uint32_t is_dead;
	uint32_t self; /* its number; from 1 */
	uint32_t cpu;  /* which vCPU it was given */
	/* Its next stack, left at a hypercall that is to be made, or (bit 0)
	 * is over, with @result.  0 with a ticket: its idling is over, or a
	 * command.  The thread takes it before it does anything. */
	_Atomic uint64_t sp;
	uint64_t rest; /* while it idles: its stack, at the end of CPU_IDLE */
	uint64_t ctl;  /* its thread's stub_ctl there */
	int64_t result;
	uint64_t call; /* struct hyper_args of the call that viv is to make */
};

static inline struct carrier *
carrier_at(uint32_t i)
{
	return (struct carrier *)CARRIERS + i % CARRIERS_MAX;
}

/* is_kstack - may @sp be where a kernel stack was left? */
static inline int
is_kstack(uint64_t sp)
{
	return sp >= KSTACK_BASE && sp < KSTACK_BASE + KSTACK_AREA &&
	       sp % 8 == 0;
}

/* kstack_words - what the kernel stack that @sp is in begins with. */
static inline uint64_t *
kstack_words(uint64_t sp)
{
	return (uint64_t *)(sp & ~(KSTACK_SIZE - 1));
}

/* carrier_stack - the stack it is to go on with; as carrier.sp. */
static inline void
carrier_stack(struct carrier *c, uint64_t sp, uint32_t cpu)
{
	kstack_words(sp)[KSTACK_CTL] = c->ctl;
	c->cpu = cpu;
	c->result = 0;
	atomic_store(&c->sp, sp);
}

static inline int
owner_is_idle(uint32_t owner)
{
	return (owner & (OWNER_IDLE | OWNER_DEAD)) == OWNER_IDLE;
}

/* vcpu_wake_word - have a vCPU's CPU_IDLE end, now or the next.  Returns: the
 * futex to wake one at, or NULL. */
static inline _Atomic uint32_t *
vcpu_wake_word(struct vcpu_words *w)
{
	uint32_t owner;

	atomic_store(&w->wake, 1);
	owner = atomic_load(&w->owner);
	if (!owner_is_idle(owner))
		return atomic_load(&w->state) == VCPU_IDLE ? &w->wake : NULL;
	if (!atomic_compare_exchange_strong(&w->owner, &owner,
					    owner & ~OWNER_IDLE))
		return NULL; /* somebody else did, or gave it away */
	atomic_fetch_add(&carrier_at(owner)->ticket, 1);
	return &carrier_at(owner)->ticket;
}

/* vcpu_claim - give an idle vCPU to @next, with @sp, which is at the end of a
 * hypercall; *@save is what the idle one's stack is to be left with.  In guest
 * processes.  Returns: the futex to wake one at, or NULL: it is not idle.
 * Locks: the kernel's. */
static inline _Atomic uint32_t *
vcpu_claim(struct vcpu_words *w, struct carrier *next, uint64_t sp,
	   uint64_t *save)
{
	uint32_t owner = atomic_load(&w->owner);

	if (!owner_is_idle(owner) || atomic_load(&next->is_dead))
		return NULL;
	*save = carrier_at(owner)->rest;
	carrier_stack(next, sp | 1, (uint32_t)(w - vcpu_words(0)));
	if (!atomic_compare_exchange_strong(&w->owner, &owner, next->self)) {
		atomic_store(&next->sp, 0);
		return NULL;
	}
	owner = next->self;
	if (atomic_load(&next->is_dead)) { /* and nobody may have told viv */
		atomic_compare_exchange_strong(&w->owner, &owner,
					       owner | OWNER_DEAD);
		return &w->owner;
	}
	atomic_fetch_add(&next->ticket, 1);
	return &next->ticket;
}
#endif

#endif /* ARCH_UM_CARRIER_H */
