/* SPDX-License-Identifier: MIT */
/*
 * arch/um/x86_64/hypercall.S - the way out of the image: a jump through the
 * hypercall page.  What its code does differs with where the kernel runs; it
 * takes over with the registers and the stack of a C call of hypercall().
 */
	.text
	.globl	hypercall
	.hidden	hypercall
	.type	hypercall, @function
hypercall:
	movabs	$0x680004000000, %rax	/* HYPER_PAGE */
	jmp	*%rax
	.size	hypercall, . - hypercall

	.section .note.GNU-stack, "", @progbits
