/* SPDX-License-Identifier: MIT */
/* syscalls/rusage.h - struct rusage out of nanoseconds. */
#ifndef SYSCALLS_RUSAGE_H
#define SYSCALLS_RUSAGE_H

#include "include/abi/resource.h"

/* rusage_times - user and system time into @ru. */
static inline void
rusage_times(struct lx_rusage *ru, uint64_t utime_ns, uint64_t stime_ns)
{
	ru->ru_utime.tv_sec = (int64_t)(utime_ns / 1000000000);
	ru->ru_utime.tv_usec = (int64_t)(utime_ns % 1000000000 / 1000);
	ru->ru_stime.tv_sec = (int64_t)(stime_ns / 1000000000);
	ru->ru_stime.tv_usec = (int64_t)(stime_ns % 1000000000 / 1000);
}

#endif /* SYSCALLS_RUSAGE_H */
