/* SPDX-License-Identifier: MIT */
/* tracer/seccomp/internal.h - how long to look before sleeping (spin.c). */
#ifndef TRACER_SECCOMP_INTERNAL_H
#define TRACER_SECCOMP_INTERNAL_H

#include "tracer/internal.h"

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
