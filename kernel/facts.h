/* SPDX-License-Identifier: MIT */
/* kernel/facts.h - what guest threads are told of themselves without a trap;
 * docs/decisions/0007-facts.md. */
#ifndef KERNEL_FACTS_H
#define KERNEL_FACTS_H

struct task;
struct process;

/* facts_off - nobody is told anything from now on: somebody watches all calls.
 * Before the first task. */
void facts_off(void);

/* facts_publish - what @t is told is as the kernel has it; nothing, if anybody
 * could tell the difference.  When it is on a host thread for the first time,
 * and after every change of what arch/um/facts.h lists or of who looks at its
 * calls.  @t may be in guest code.  Locks: the kernel's. */
void facts_publish(struct task *t);

/* facts_publish_all - the same for all threads of @p. */
void facts_publish_all(struct process *p);

#endif /* KERNEL_FACTS_H */
