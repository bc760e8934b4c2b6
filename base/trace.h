/* SPDX-License-Identifier: MIT */
/* base/trace.h - the trace ring: the last few thousand things that happened,
 * always on, printed by panics and on EVENT_DUMP. */
#ifndef BASE_TRACE_H
#define BASE_TRACE_H

#include "include/types.h"

enum trace_kind {
	TR_TRAP,   /* a = stop kind, b = sysno or address */
	TR_RETURN, /* a = sysno, b = result */
	TR_BLOCK,  /* a = wait channel */
	TR_WAKE,   /* a = woken tid */
	TR_SWITCH, /* a = to tid */
	TR_SIGNAL, /* a = signo, b = target tid */
	TR_FAULT,  /* a = address, b = error code */
	TR_TASK,   /* a = 1 new, 2 exec, 3 exit */
	TR_EVENT,  /* a = event type, b = result */
	TR_KINDS,
};

/* trace - note one record; @tid 0 for none. */
void trace(enum trace_kind kind, int tid, uint64_t a, uint64_t b);

/* trace_at - the same, of what was at @tsc by the cycle counter. */
void trace_at(uint64_t tsc, enum trace_kind kind, int tid, uint64_t a,
	      uint64_t b);

/* trace_newest - when the newest record is from. */
uint64_t trace_newest(void);

/* trace_print - log the newest @n records. */
void trace_print(uint32_t n);

#endif /* BASE_TRACE_H */
