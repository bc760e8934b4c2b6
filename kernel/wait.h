/* SPDX-License-Identifier: MIT */
/* kernel/wait.h - waiting for children. */
#ifndef KERNEL_WAIT_H
#define KERNEL_WAIT_H

#include "include/annotate.h"
#include "include/types.h"

struct process;
struct task;

struct wait_req {
	int type; /* LX_P_* (P_PIDFD resolved to P_PID) */
	int id;
	uint32_t options; /* LX_W*; WEXITED must be said */
};

/* What one child reported; pid 0: nothing (WNOHANG). */
struct wait_result {
	int pid;
	uint32_t uid;
	int code;   /* LX_CLD_* */
	int status; /* waitid(2)'s */
	int raw;    /* wait4(2)'s status word */
	uint64_t utime_ns, stime_ns, maxrss_pages;
	uint64_t minflt, majflt, nvcsw, nivcsw;
};

/* task_wait - wait as @w says.  Sleeps.
 * Returns: 0, -ECHILD, -ERESTARTSYS. */
MUST_CHECK int task_wait(struct task *t, const struct wait_req *w,
			 struct wait_result *r);

/* wait_fill - whom it is about, and what the process and its children used.
 * wait_decode - code, status and raw, from the status word of an exit. */
void wait_fill(struct wait_result *r, struct process *p);
void wait_decode(struct wait_result *r, int raw);

#endif /* KERNEL_WAIT_H */
