/* SPDX-License-Identifier: MIT */
/* tracer/direct/internal.h - viv's side of host threads that run the kernel. */
#ifndef TRACER_DIRECT_INTERNAL_H
#define TRACER_DIRECT_INTERNAL_H

#include "arch/um/carrier.h"
#include "arch/um/vcpu_words.h"
#include "tracer/internal.h"

/* carrier_make - the host thread in @t's slot can be given vCPUs.  -EAGAIN:
 * there are too many. */
MUST_CHECK int carrier_make(struct gthread *t);
void carrier_free(struct gthread *t);

/* carrier_start - @t's host thread waits as a carrier from now on. */
void carrier_start(struct gthread *t);

/* carrier_hold - the thread @owner says, which cannot be freed before
 * carrier_release(); NULL.  Locks: takes one, in any case; what is done under
 * it is short. */
struct gthread *carrier_hold(uint32_t owner);
void carrier_release(void);

/* carrier_give - it goes on with the stack it was given; else does what its
 * command says. */
void carrier_give(struct carrier *c);

/* carrier_lost - @owner is gone; tell viv.  False: it had left. */
bool carrier_lost(struct vcpu_words *w, uint32_t owner);

/* direct_process_died - backend.process_died. */
void direct_process_died(struct aspace *as);

/* --- serve.c --- */

/* direct_serve - ops.cpu_serve. */
void direct_serve(int cpu, uint64_t entry, uint64_t top);
/* direct_is_home - is @as where kernel stacks are that have no carrier? */
bool direct_is_home(const struct aspace *as);

#endif /* TRACER_DIRECT_INTERNAL_H */
