/* SPDX-License-Identifier: MIT */
/* tracer/direct/guest/guest.h - between entry.S and call.c. */
#ifndef TRACER_DIRECT_GUEST_GUEST_H
#define TRACER_DIRECT_GUEST_GUEST_H

#include "arch/um/hypercall_abi.h"
#include "tracer/stub/frame.h"

/* In rax and rdx. */
struct call {
	int64_t value; /* CALL_DONE: the result; else the stub_ctl */
	int64_t what;  /* CALL_* */
};

/* direct_call - a hypercall of the kernel on this stack. */
struct call direct_call(const struct hyper_args *h);

/* direct_trapped - guest code stopped: fill its struct thread_run. */
void direct_trapped(struct stub_ctl *ctl);

/* direct_crashed - the kernel got signal @sig, on this stack. */
_Noreturn void direct_crashed(int sig, const struct stub_frame *f);

#endif /* TRACER_DIRECT_GUEST_GUEST_H */
