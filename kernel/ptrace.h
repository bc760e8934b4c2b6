/* SPDX-License-Identifier: MIT */
/* kernel/ptrace.h - ptrace(2) as the rest of the kernel meets it. */
#ifndef KERNEL_PTRACE_H
#define KERNEL_PTRACE_H

#include "include/annotate.h"
#include "include/types.h"

struct lx_siginfo;
struct task;
struct wait_req;
struct wait_result;

/* ptrace_signal - @t is traced and about to take @info: stop and ask.
 * Returns: the signal to go on with, 0 for none. */
int ptrace_signal(struct task *t, struct lx_siginfo *info);

/* ptrace_notice - the tracer asked for a stop. */
void ptrace_notice(struct task *t);

/* ptrace_exit - a tracer or tracee ends. */
void ptrace_exit(struct task *t);

/* ptrace_wait - tracees' stops among what wait(2) reports.  -ECHILD: has no
 * tracee that matches; -EAGAIN: none has stopped. */
MUST_CHECK int ptrace_wait(struct task *t, const struct wait_req *w,
			   struct wait_result *r);

#endif /* KERNEL_PTRACE_H */
