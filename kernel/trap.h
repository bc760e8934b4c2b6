/* SPDX-License-Identifier: MIT */
/* kernel/trap.h - the one way into the kernel from guest code. */
#ifndef KERNEL_TRAP_H
#define KERNEL_TRAP_H

#include "arch/um/trap.h"

struct task;

/* trap_handle - act on why @t stopped.  Sleeps as the call demands. */
void trap_handle(struct task *t, const struct stop *stop);

/* trap_exit - before guest code runs on: events, rescheduling, signals.
 * Does not return for a task that ends. */
void trap_exit(struct task *t);

/*
 * syscall_hook - who carries system calls out (syscalls/ is above us).
 * Returns the value for rax, -ERESTART* included.
 */
extern int64_t (*syscall_hook)(struct task *t, const struct um_regs *regs);

/* What a tracer of guests (--strace) wants to hear besides calls. */
struct trap_observer {
	void (*signal)(struct task *t, const void *siginfo);
	void (*stopped)(struct task *t, int sig);
	void (*exited)(struct task *t, int status);
	void (*sleeps)(struct task *t); /* about to */
};
extern const struct trap_observer *trap_observer;

/* trap_syscall_return - put @ret into the registers, or arrange the restart
 * that signal_deliver() decides on. */
void trap_syscall_return(struct task *t, int64_t ret);

#endif /* KERNEL_TRAP_H */
