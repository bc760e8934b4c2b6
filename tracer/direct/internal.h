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

/* carrier_give - it goes on with the stack it was given; else does what its
 * command says. */
void carrier_give(struct gthread *t);

/* carrier_thread - who it is; NULL.  Good as long as it cannot be freed. */
struct gthread *carrier_thread(uint32_t owner);
/* carrier_with - fn() of it, which cannot be freed meanwhile; false if viv is
 * the owner, or there is no such. */
bool carrier_with(uint32_t owner, bool (*fn)(struct gthread *t));

/* carrier_lost - @owner is gone; tell viv.  False: it had left. */
bool carrier_lost(struct vcpu_words *w, uint32_t owner);

/* direct_process_died - backend.process_died. */
void direct_process_died(struct aspace *as);

#endif /* TRACER_DIRECT_INTERNAL_H */
