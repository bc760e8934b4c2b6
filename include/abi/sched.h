/* SPDX-License-Identifier: MIT */
/* include/abi/sched.h - clone(2), clone3(2), sched(7), ioprio_set(2). */
#ifndef ABI_SCHED_H
#define ABI_SCHED_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/sched.def"
#undef ABI
};

#define LX_CSIGNAL 0x000000ffu /* the exit signal in clone(2)'s flags */

#define LX_CLONE_ARGS_SIZE_VER0 64
#define LX_CLONE_ARGS_SIZE_VER1 80
#define LX_CLONE_ARGS_SIZE_VER2 88

struct lx_clone_args {
	uint64_t flags; /* LX_CLONE_*, without the signal */
	uint64_t pidfd; /* addresses are plain words here */
	uint64_t child_tid;
	uint64_t parent_tid;
	uint64_t exit_signal;
	uint64_t stack; /* its lowest byte */
	uint64_t stack_size;
	uint64_t tls;
	uint64_t set_tid; /* pid_t[] */
	uint64_t set_tid_size;
	uint64_t cgroup;
};

struct lx_sched_param {
	int32_t sched_priority;
};

#define LX_SCHED_ATTR_SIZE_VER0 48

struct lx_sched_attr {
	uint32_t size;
	uint32_t sched_policy;
	uint64_t sched_flags;
	int32_t sched_nice;
	uint32_t sched_priority;
	uint64_t sched_runtime;
	uint64_t sched_deadline;
	uint64_t sched_period;
	uint32_t sched_util_min;
	uint32_t sched_util_max;
};

#define LX_IOPRIO_CLASS_SHIFT 13
#define LX_IOPRIO_CLASS(p)    ((p) >> LX_IOPRIO_CLASS_SHIFT & 7)
#define LX_IOPRIO_DATA(p)     ((p)&0x1fff)

#endif /* ABI_SCHED_H */
