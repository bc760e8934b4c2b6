/* SPDX-License-Identifier: MIT */
/* base/time.h - the clock door, for every layer. All times in ns. */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include "include/types.h"

#define NSEC_PER_SEC 1000000000ull
#define TIME_NEVER   UINT64_MAX

/* clock_realtime_ns, clock_monotonic_ns - now, as the guest sees it. */
uint64_t clock_realtime_ns(void);
uint64_t clock_monotonic_ns(void);

/* clock_set_realtime - shift what clock_realtime_ns() says; clock_settime(2).
 */
void clock_set_realtime(uint64_t now_ns);

/* entropy - fill @buf from the machine's entropy door. */
void entropy(void *buf, size_t n);

#endif /* BASE_TIME_H */
