/* SPDX-License-Identifier: MIT */
/* kernel/ptrace.c - no guest can be traced yet: ptrace(2) answers ENOSYS, and
 * task.ptrace is never set. */
#include "kernel/ptrace.h"

#include "kernel/task.h"

int
ptrace_signal(struct task *t, struct lx_siginfo *info)
{
	(void)t;
	return info->si_signo;
}

void
ptrace_notice(struct task *t)
{
	t->ptrace_notice = false;
}

void
ptrace_exit(struct task *t)
{
	(void)t;
}

int
ptrace_wait(struct task *t, const struct wait_req *w, struct wait_result *r)
{
	(void)t, (void)w, (void)r;
	return -ECHILD;
}
