/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/frame.h - the frame from which a stopped guest thread goes on:
 * what a signal left in its area, or what we make like that; sigreturn(2).
 *
 * @area is the caller's mapping of the thread's area.
 */
#ifndef TRACER_STUB_FRAME_H
#define TRACER_STUB_FRAME_H

#include "arch/um/trap.h"
#include "tracer/stub/stub.h"

/* frame_calls - may there be calls by jump here?  Their frames need room. */
bool frame_calls(void);

/* frame_is_sane - do its positions lie in an area? */
bool frame_is_sane(const struct frame *f);

/* frame_make - a frame from which a fresh thread starts with @regs and initial
 * FP state. */
void frame_make(struct frame *f, char *area, const struct um_regs *regs);

/* frame_is_left - does a thread that came by stub_call go on by registers
 * alone, as @run has it? */
bool frame_is_left(const struct frame *f, const struct thread_run *run);

/* frame_load - put run->regs into the thread's frame, as its flags ask; make
 * the rest of it such that sigreturn does no more than resume guest code. */
void frame_load(struct frame *f, char *area, const struct thread_run *run);

/* frame_store - the thread stopped: fill run->regs and run->stop.  Returns:
 * false if the thread lied about where its frame is. */
bool frame_store(struct frame *f, char *area, struct thread_run *run);

/* frame_get_fp, frame_set_fp - the xsave image (tracer/fpstate.h); -ERANGE,
 * -EINVAL. */
int frame_get_fp(const struct frame *f, const char *area, void *buf,
		 size_t size);
int frame_set_fp(struct frame *f, char *area, const void *buf, size_t len);

#endif /* TRACER_STUB_FRAME_H */
