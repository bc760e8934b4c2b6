/* SPDX-License-Identifier: MIT */
/*
 * include/abi/time.h - clock_gettime(2), setitimer(2), timer_create(2),
 * timerfd_create(2), times(2), adjtimex(2).
 */
#ifndef ABI_TIME_H
#define ABI_TIME_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/time.def"
#undef ABI
};

#define LX_CLK_TCK	100 /* of times(2) and AT_CLKTCK */
#define LX_NSEC_PER_SEC 1000000000ll

/* utimensat(2): tv_nsec. */
#define LX_UTIME_NOW  0x3fffffffl
#define LX_UTIME_OMIT 0x3ffffffel

struct lx_timespec {
	int64_t tv_sec;
	int64_t tv_nsec;
};

struct lx_timeval {
	int64_t tv_sec;
	int64_t tv_usec;
};

struct lx_itimerspec {
	struct lx_timespec it_interval;
	struct lx_timespec it_value;
};

struct lx_itimerval {
	struct lx_timeval it_interval;
	struct lx_timeval it_value;
};

struct lx_timezone {
	int32_t tz_minuteswest;
	int32_t tz_dsttime;
};

struct lx_utimbuf {
	int64_t actime;
	int64_t modtime;
};

struct lx_tms {
	int64_t tms_utime; /* in units of 1 / LX_CLK_TCK seconds */
	int64_t tms_stime;
	int64_t tms_cutime;
	int64_t tms_cstime;
};

struct lx_timex {
	uint32_t modes; /* LX_ADJ_* */
	uint32_t pad0;
	int64_t offset;
	int64_t freq;
	int64_t maxerror;
	int64_t esterror;
	int32_t status; /* LX_STA_* */
	uint32_t pad1;
	int64_t constant;
	int64_t precision;
	int64_t tolerance;
	struct lx_timeval time;
	int64_t tick;
	int64_t ppsfreq;
	int64_t jitter;
	int32_t shift;
	uint32_t pad2;
	int64_t stabil;
	int64_t jitcnt;
	int64_t calcnt;
	int64_t errcnt;
	int64_t stbcnt;
	int32_t tai;
	int32_t pad3[11];
};

#endif /* ABI_TIME_H */
