/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/guest/entry.S - in and out of the kernel in a guest process.
 *
 * A kernel stack that is not running ends in what hypercall()'s caller
 * expects kept, and its return address; arch/um/host/hyper_entry.S has it
 * alike, so that viv can go on with what was left here, and the reverse.
 */
#include "arch/um/hypercall_abi.h"
#include "tracer/stub/layout.h"

	.section .text.entry, "ax", @progbits

	/* STUB_DIRECT: a trap; rbx = stub_ctl, r13d: it came by STUB_CALL;
	 * kicks wait or are noted. */
	.p2align 4
direct_trap:
	pushfq				/* the guest's AC, DF, TF are not for */
	andl	$~0x40500, (%rsp)	/* us; ID stays for sigreturn */
	popfq
	movl	$1, %eax
	xchgl	%eax, CT_IN_KERNEL(%rbx)
	testl	%eax, %eax
	jnz	direct_lost
	movl	%r13d, CT_BY_CALL(%rbx)
	movq	CT_KSP(%rbx), %rsp
	movq	%rbx, %rdi
	subq	$8, %rsp
	callq	direct_trapped
	addq	$8, %rsp
	xorl	%eax, %eax
	HYPER_POP_SAVED
	ret

	/* The kernel itself trapped: with all signals blocked this ends the
	 * process, and viv says why. */
direct_lost:
	ud2

	/* STUB_DIRECT_HYPER: hypercall(), from the hypercall page. */
	.org	direct_trap + (STUB_DIRECT_HYPER - STUB_DIRECT)
direct_hyper:
	HYPER_PUSH_SAVED
	HYPER_PUSH_ARGS
	movq	%rsp, %rdi
	subq	$8, %rsp
	callq	direct_call	/* rax: result or stub_ctl, rdx: what to do */
	addq	$8, %rsp
	testl	%edx, %edx
	jnz	1f
	addq	$HYPER_ARGS_LEN, %rsp
	HYPER_POP_SAVED
	ret
1:	movq	%rax, %rbx
	cmpl	$CALL_RUNS, %edx
	jne	2f
	/* Back into guest code. */
	addq	$HYPER_ARGS_LEN, %rsp
	movq	%rsp, CT_KSP(%rbx)
	movl	$0, CT_IN_KERNEL(%rbx)
	movl	CT_BY_CALL(%rbx), %r13d
	movabs	$(STUB_CODE + STUB_RESUME), %rax
	jmp	*%rax
	/* To viv. */
2:	movq	%rsp, CT_MOVED_SP(%rbx)
	movq	%rbx, %rsp
	movl	$0, CT_SIG(%rbx)
	movl	$0, CT_IN_KERNEL(%rbx)
	movl	CT_BY_CALL(%rbx), %r13d
	movabs	$(STUB_CODE + STUB_GIVE), %rax
	jmp	*%rax

	.section .note.GNU-stack, "", @progbits
