/* SPDX-License-Identifier: MIT */
/*
 * arch/um/vcpu_words.h - what a vCPU is doing, in the arena: so that it can be
 * woken from wherever the kernel runs.  The machine's, not the kernel's.
 */
#ifndef ARCH_UM_VCPU_WORDS_H
#define ARCH_UM_VCPU_WORDS_H

#include "arch/um/layout.h"

#include <stdint.h>

#define VCPU_WORDS_MAX 64

enum vcpu_state {
	VCPU_OFF = 0, /* not asked for yet */
	VCPU_KERNEL,  /* runs the kernel, or waits in a hypercall */
	VCPU_IDLE,    /* sleeps in CPU_IDLE */
	VCPU_GUEST,   /* in THREAD_RUN: its thread may be kicked */
};

struct vcpu_words {
	_Atomic uint32_t state;	     /* enum vcpu_state */
	_Atomic uint32_t wake;	     /* futex: CPU_WAKE, or an event */
	_Atomic uint32_t owner;	     /* futex: see arch/um/carrier.h */
	_Atomic uint32_t viv_sleeps; /* .. on it */
	uint32_t home;		     /* carrier of stacks that have no other */
	uint32_t pad[11];
};

static inline struct vcpu_words *
vcpu_words(uint64_t cpu)
{
	return (struct vcpu_words *)VCPU_WORDS + cpu;
}

#endif /* ARCH_UM_VCPU_WORDS_H */
