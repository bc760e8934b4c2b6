/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/hyper_entry.S - between the guest kernel's stacks and the host
 * stack of the vCPU's thread.
 */
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
	pushq	%rbp
	movq	%rsp, %rbp
	.cfi_def_cfa rbp, 16
	.cfi_offset rbp, -16
	movq	%fs:vcpu_host_sp@tpoff, %rsp
	andq	$-16, %rsp
	pushq	%rbp			/* eighth argument: where we were */
	pushq	16(%rbp)		/* seventh */
	callq	hypercall_dispatch
	movq	%rbp, %rsp
	popq	%rbp
	.cfi_def_cfa rsp, 8
	ret
	.cfi_endproc
	.size	hyper_entry, . - hyper_entry

	.section .tbss, "awT", @nobits
	.globl	vcpu_host_sp
	.p2align 3
vcpu_host_sp:
	.zero	8

	.section .note.GNU-stack, "", @progbits
