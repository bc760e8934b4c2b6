/* SPDX-License-Identifier: MIT */
/*
 * arch/um/x86_64/switch.S - kernel stacks: leave one, go on with another.
 * Only what a C call preserves is saved; see arch/um/x86_64/switch.h.
 */
	.text
	.globl	stack_switch
	.hidden	stack_switch
	.type	stack_switch, @function
/* void stack_switch(uint64_t *save_sp, uint64_t to_sp) */
stack_switch:
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, (%rdi)
	movq	%rsi, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	xorl	%eax, %eax	/* the stack may have been left by CPU_SWITCH */
	ret
	.size	stack_switch, . - stack_switch

	/* First entry on a stack made by stack_prepare(): r12 = function,
	 * r13 = its argument; the end of every backtrace. */
	.globl	stack_first
	.hidden	stack_first
	.type	stack_first, @function
stack_first:
	.cfi_startproc
	.cfi_undefined rip
	xorl	%ebp, %ebp
	movq	%r13, %rdi
	callq	*%r12
	ud2
	.cfi_endproc
	.size	stack_first, . - stack_first

	.section .note.GNU-stack, "", @progbits
