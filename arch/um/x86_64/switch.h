/* SPDX-License-Identifier: MIT */
/* arch/um/x86_64/switch.h - switching kernel stacks. */
#ifndef ARCH_UM_X86_64_SWITCH_H
#define ARCH_UM_X86_64_SWITCH_H

#include <stdint.h>

/* stack_switch - save the callee-saved state here, note the stack pointer in
 * *@save_sp, go on where @to_sp was saved. */
void stack_switch(uint64_t *save_sp, uint64_t to_sp);

void stack_first(void);

/* stack_prepare - a stack pointer from which stack_switch() enters
 * @fn(@arg) on the stack that ends at @top (16-byte aligned).  @fn must not
 * return. */
static inline uint64_t
stack_prepare(uint64_t top, void (*fn)(void *), void *arg)
{
	uint64_t *sp = (uint64_t *)top;

	*--sp = 0;
	*--sp = 0;
	*--sp = (uint64_t)stack_first; /* ret goes there; sp % 16 == 0 then */
	*--sp = 0;		       /* rbp */
	*--sp = 0;		       /* rbx */
	*--sp = (uint64_t)fn;	       /* r12 */
	*--sp = (uint64_t)arg;	       /* r13 */
	*--sp = 0;		       /* r14 */
	*--sp = 0;		       /* r15 */
	return (uint64_t)sp;
}

#endif /* ARCH_UM_X86_64_SWITCH_H */
