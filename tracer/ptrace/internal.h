/* SPDX-License-Identifier: MIT */
/* tracer/ptrace/internal.h - stops (thread.c), their causes (stop.c), what an
 * instruction writes (decode.c). */
#ifndef TRACER_PTRACE_INTERNAL_H
#define TRACER_PTRACE_INTERNAL_H

#include "tracer/internal.h"

#include <sys/user.h>

/*
 * stop_classify - @t is in the ptrace stop @status; t->regs are current.
 * Fills @s and adjusts t->regs to what the kernel expects.
 * Returns: true if the stop is one for the kernel; false: go on.
 */
bool stop_classify(struct gthread *t, int status, struct stop *s);

/*
 * insn_writes - does the instruction @code (@len bytes of it are there) write
 * memory at @addr?  Certain when true; false may mean that it is not known.
 */
bool insn_writes(const uint8_t *code, size_t len, const struct um_regs *r,
		 uint64_t addr);

#endif /* TRACER_PTRACE_INTERNAL_H */
