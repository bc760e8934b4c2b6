/* SPDX-License-Identifier: MIT */
/*
 * arch/um/vdso/data.h - the page behind the vDSO's code, in every guest
 * process: the kernel writes it, the vDSO reads it.
 */
#ifndef ARCH_UM_VDSO_DATA_H
#define ARCH_UM_VDSO_DATA_H

#include "include/types.h"

struct vdso_data {
	/* The address, in guest processes, of what reads a clock without a
	 * trap: int(int clock, struct timespec *) for CLOCK_REALTIME and
	 * CLOCK_MONOTONIC of the host.  0: the kernel must be asked. */
	uint64_t clock;
	/* The guest's CLOCK_REALTIME is another: ask the kernel for it. */
	uint8_t is_realtime_set;
};

#endif /* ARCH_UM_VDSO_DATA_H */
