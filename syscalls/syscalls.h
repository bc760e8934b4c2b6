/* SPDX-License-Identifier: MIT */
/* syscalls/syscalls.h - the system call layer as the rest sees it. */
#ifndef SYSCALLS_SYSCALLS_H
#define SYSCALLS_SYSCALLS_H

#include "include/types.h"
#include "syscalls/strace.h"

struct task;
struct um_regs;

/* syscalls_init - from now on traps find their calls here. */
void syscalls_init(void);

/* syscalls_trace - show calls as @filter says on @out: --strace.
 * Returns: 0; -EINVAL, and a line in the log, when the filter makes no sense.
 */
MUST_CHECK int syscalls_trace(const char *filter, strace_out_fn *out);

/*
 * syscall_dispatch - carry out the call that @regs of @t ask for.
 * Sleeps: as the call demands.
 * Returns: what belongs into rax, or -ERESTART* for kernel/trap.c.
 */
sysret_t syscall_dispatch(struct task *t, const struct um_regs *regs);

#endif /* SYSCALLS_SYSCALLS_H */
