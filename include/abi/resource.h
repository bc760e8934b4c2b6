/* SPDX-License-Identifier: MIT */
/*
 * include/abi/resource.h - getrlimit(2), prlimit(2), getrusage(2),
 * getpriority(2).
 */
#ifndef ABI_RESOURCE_H
#define ABI_RESOURCE_H

#include "include/abi/time.h"

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/resource.def"
#undef ABI
};

#define LX_RLIM_NLIMITS	 16
#define LX_RLIM_INFINITY (~0ull)

struct lx_rlimit {
	uint64_t rlim_cur;
	uint64_t rlim_max;
};

struct lx_rusage {
	struct lx_timeval ru_utime;
	struct lx_timeval ru_stime;
	int64_t ru_maxrss; /* KiB */
	int64_t ru_ixrss;
	int64_t ru_idrss;
	int64_t ru_isrss;
	int64_t ru_minflt;
	int64_t ru_majflt;
	int64_t ru_nswap;
	int64_t ru_inblock;
	int64_t ru_oublock;
	int64_t ru_msgsnd;
	int64_t ru_msgrcv;
	int64_t ru_nsignals;
	int64_t ru_nvcsw;
	int64_t ru_nivcsw;
};

#endif /* ABI_RESOURCE_H */
