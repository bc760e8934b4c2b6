/* SPDX-License-Identifier: MIT */
/* tracer/seccomp/internal.h - turns (thread.c) and frames (frame.c). */
#ifndef TRACER_SECCOMP_INTERNAL_H
#define TRACER_SECCOMP_INTERNAL_H

#include "tracer/internal.h"

/* frame_make - a frame from which a fresh thread starts with @regs and initial
 * FP state. */
void frame_make(struct gthread *t, const struct um_regs *regs);

/* frame_load - put run->regs into the thread's frame, as its flags ask; make
 * the rest of it such that sigreturn does no more than resume guest code. */
void frame_load(struct gthread *t, const struct thread_run *run);

/* frame_store - the thread stopped: fill run->regs and run->stop. */
void frame_store(struct gthread *t, struct thread_run *run);

int frame_get_fp(struct gthread *t, void *buf, size_t size);
int frame_set_fp(struct gthread *t, const void *buf, size_t len);

/* --- spin.c --- */

/* spin_enter, spin_leave - around a vCPU's turn at running guest code. */
void spin_enter(void);
void spin_leave(void);
/* spin_count - how often to look this time. */
unsigned spin_count(struct spin *s);
/* spin_learn - what became of it. */
void spin_learn(struct spin *s, unsigned used, bool is_in_time);

#endif /* TRACER_SECCOMP_INTERNAL_H */
