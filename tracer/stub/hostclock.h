/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/hostclock.h - the host's vDSO, kept in guest processes, so that
 * guest code reads clocks without a trap; vdso(7).
 */
#ifndef TRACER_STUB_HOSTCLOCK_H
#define TRACER_STUB_HOSTCLOCK_H

#include <stdint.h>

#define HOSTCLOCK_PARTS 4

/* Mappings that a new guest process moves: the vDSO and its data pages. */
struct hostclock {
	unsigned n; /* 0: it can't be had */
	struct {
		uint64_t from, to, len;
	} part[HOSTCLOCK_PARTS];
	uint64_t entry; /* of clock_gettime, after the move */
};
extern struct hostclock hostclock;

/* hostclock_find - fill it, by trying in a child of ours whether the parts can
 * be moved and answer without a system call.  Once, before the first spawn. */
void hostclock_find(void);

/* hostclock_entry - int(int clock, struct timespec *) in every guest process;
 * 0 if there is none. */
uint64_t hostclock_entry(void);

#endif /* TRACER_STUB_HOSTCLOCK_H */
