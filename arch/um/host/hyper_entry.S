/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/hyper_entry.S - between the guest kernel's stacks and the host
 * stack of the vCPU's thread.
 */
#include "arch/um/hypercall_abi.h"

	.text

	/* void vcpu_enter(entry, cpu, stack_top): call the image's entry on
	 * its own stack; does not return. */
	.globl	vcpu_enter
	.type	vcpu_enter, @function
vcpu_enter:
	.cfi_startproc
	pushq	%rbp
	movq	%rsp, %fs:vcpu_host_sp@tpoff
	movq	%rdi, %rax
	movq	%rsi, %rdi
	movq	%rdx, %rsp
	xorl	%ebp, %ebp
	.cfi_undefined rip
	callq	*%rax
	ud2
	.cfi_endproc
	.size	vcpu_enter, . - vcpu_enter

	/* Where the hypercall page jumps to: hypercall()'s registers and
	 * stack.  The host's libraries get the thread's own, deep stack. */
	.globl	hyper_entry
	.type	hyper_entry, @function
hyper_entry:
	.cfi_startproc
	HYPER_PUSH_SAVED
	leaq	HYPER_SAVED_LEN - 8(%rsp), %rbp
	.cfi_def_cfa rbp, 16
	.cfi_offset rbp, -16
	HYPER_PUSH_ARGS			/* for who goes on elsewhere */
	movq	%rsp, %fs:vcpu_kernel_sp@tpoff
	movq	%fs:vcpu_host_sp@tpoff, %rsp
	andq	$-16, %rsp
	pushq	%rbp			/* eighth argument: where we were */
	pushq	16(%rbp)		/* seventh */
	callq	hypercall_dispatch
	movq	%fs:vcpu_moved_sp@tpoff, %rcx
	testq	%rcx, %rcx
	jnz	1f
	movq	%rbp, %rsp
	popq	%rbp
	.cfi_def_cfa rsp, 8
	ret
	/* The kernel came here from a guest process, with this stack: at a
	 * hypercall, or (bit 0) at the end of one. */
	.cfi_undefined rip
1:	movq	$0, %fs:vcpu_moved_sp@tpoff
	btrq	$0, %rcx
	movq	%rcx, %rsp
	jc	2f
	HYPER_POP_ARGS
	HYPER_POP_SAVED
	jmp	hyper_entry
2:	xorl	%eax, %eax
	HYPER_POP_SAVED
	ret
	.cfi_endproc
	.size	hyper_entry, . - hyper_entry

	.section .tbss, "awT", @nobits
	.globl	vcpu_host_sp
	.p2align 3
vcpu_host_sp:
	.zero	8
	.globl	vcpu_kernel_sp, vcpu_moved_sp
vcpu_kernel_sp:
	.zero	8
vcpu_moved_sp:
	.zero	8

	.section .note.GNU-stack, "", @progbits
