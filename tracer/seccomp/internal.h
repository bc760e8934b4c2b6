/* SPDX-License-Identifier: MIT */
/*
 * tracer/seccomp/internal.h - taking turns with a guest thread (thread.c), how
 * long to look before sleeping (spin.c).
 */
#ifndef TRACER_SECCOMP_INTERNAL_H
#define TRACER_SECCOMP_INTERNAL_H

#include "tracer/internal.h"

/*
 * turn_run - ops.thread_run by turns: load the frame, have the agent apply
 * run->ops, give the turn, wait.  @stopped: when it is viv's again, @died: the
 * thread has gone; both fill run->stop.
 */
int turn_run(struct gthread *t, struct thread_run *run,
	     void (*stopped)(struct gthread *t, struct thread_run *run),
	     void (*died)(struct gthread *t, struct thread_run *run));

/* turn_give - the guest's side goes on. */
void turn_give(struct gthread *t);
/* turn_call_entry - ops.call_entry. */
uint64_t turn_call_entry(void);
/* turn_init, turn_exit - backend.thread_init and thread_exit. */
void turn_init(struct gthread *t, const struct um_regs *regs);
void turn_exit(struct gthread *t);
void turn_died(struct gthread *t, struct thread_run *run);
void turn_stopped(struct gthread *t, struct thread_run *run);
void turn_kick(struct gthread *t);
void turn_rest(struct gthread *t);
int turn_get_fp(struct gthread *t, void *buf, size_t size);
int turn_set_fp(struct gthread *t, const void *buf, size_t len);

/* The ops of back ends whose threads take turns, but for name and
 * thread_run. */
#define TURN_OPS                                                               \
	.stop = pool_stop, .as_new = pool_get, .as_free = pool_put,            \
	.as_sync = aspace_op_sync, .as_pin = aspace_pin,                       \
	.thread_new = gthread_new, .thread_free = gthread_free,                \
	.thread_kick = turn_kick, .thread_rest = turn_rest,                    \
	.get_fp = turn_get_fp, .set_fp = turn_set_fp,                          \
	.thread_facts = gthread_facts, .clock_entry = hostclock_entry,         \
	.call_entry = turn_call_entry, .xstate_size = fpstate_size

/* --- spin.c --- */

/* spin_enter, spin_leave - around a vCPU's turn at running guest code. */
void spin_enter(void);
void spin_leave(void);
/* spin_count - how often to look this time. */
unsigned spin_count(struct spin *s);
/* spin_learn - what became of it. */
void spin_learn(struct spin *s, unsigned used, bool is_in_time);
/* spin_discourage - this turn looking was no use: the core is needed. */
void spin_discourage(struct spin *s);

#endif /* TRACER_SECCOMP_INTERNAL_H */
