/* SPDX-License-Identifier: MIT */
/* kernel/oom.h - when --memory is used up. */
#ifndef KERNEL_OOM_H
#define KERNEL_OOM_H

#include "include/types.h"

struct task;

/* oom_kill - end the process with the highest score (memory, adjusted by
 * oom_score_adj) on behalf of @t, which needs memory, and give it a moment.
 * Returns: false when there is nobody left to kill but init. */
bool oom_kill(struct task *t);

/* spare_timer_init - have memory that is not used any more go back to the host
 * in time; spare.c. */
void spare_timer_init(void);

/* oom_init - have mm/ ask for room when system calls run out of memory. */
void oom_init(void);

/* oom_score - /proc/PID/oom_score, 0..1000 and more. */
struct process;
int oom_score(const struct process *p);

#endif /* KERNEL_OOM_H */
