/* SPDX-License-Identifier: MIT */
/* kernel/vdso.h - the vDSO of guest programs; vdso(7). */
#ifndef KERNEL_VDSO_H
#define KERNEL_VDSO_H

#include "include/annotate.h"
#include "include/types.h"

struct mm;

/* vdso_init - @host_clock: address, in guest processes, of a function that
 * reads a clock of the host, or 0. Without memory for it, programs have none.
 */
void vdso_init(uint64_t host_clock);

/* vdso_map - map it. *@ehdr becomes its address, for AT_SYSINFO_EHDR; 0 if
 * there is none. Returns: 0 or -errno. */
MUST_CHECK int vdso_map(struct mm *mm, uint64_t *ehdr);

/* vdso_realtime_was_set - the guest's CLOCK_REALTIME is no longer the host's:
 * programs ask for it from now on. */
void vdso_realtime_was_set(void);

#endif /* KERNEL_VDSO_H */
