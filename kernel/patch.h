/* SPDX-License-Identifier: MIT */
/* kernel/patch.h - system calls made jumps: when, and what they cause;
 * mm/patch.h. */
#ifndef KERNEL_PATCH_H
#define KERNEL_PATCH_H

#include "arch/um/trap.h"
#include "include/types.h"

struct task;

/* patch_syscall - @t is about to make a call that stopped it by @stop: patch
 * where it comes from, if that pays.  Sleeps. */
void patch_syscall(struct task *t, const struct stop *stop);

/*
 * patch_trap - @t stopped otherwise: put it back into its program if it stands
 * in a trampoline.  Sleeps.
 * Returns: true if the trap was none of the program's.
 */
bool patch_trap(struct task *t, const struct stop *stop);

#endif /* KERNEL_PATCH_H */
