/* SPDX-License-Identifier: MIT */
/* tests/takeover/gadget.S - calls that no compiler makes; see seize.c. */
#include "arch/um/hypercall_abi.h"
#include "tracer/stub/layout.h"

	.text
	/* void gadget_call(at, ctl, nr, a, b, c): a system call by the
	 * instruction at @at in stub_resume, which goes on as after a patched
	 * call, and loads what we leave for it: its result is lost. */
#define UC(field) (JUMP_UC - (AREA_SIZE - CTL_LEN) + UC_##field)
	.globl	gadget_call
gadget_call:
	HYPER_PUSH_SAVED
	movq	%rsp, kept_sp(%rip)
	movq	%rsi, %rbx
	movl	$0, CT_KICK(%rbx)
	movq	$0, CT_UC(%rbx)
	leaq	1f(%rip), %rax
	movq	%rax, CT_CONT(%rbx)
	movq	%rsp, UC(RSP)(%rbx)
	pushfq
	popq	UC(EFLAGS)(%rbx)
	xorl	%r12d, %r12d
	movl	$1, %r13d
	movq	%rdi, %r14
	movq	%rdx, %rax
	movq	%rcx, %rdi
	movq	%r8, %rsi
	movq	%r9, %rdx
	jmp	*%r14
1:	movq	kept_sp(%rip), %rsp
	HYPER_POP_SAVED
	ret

	/* int64_t own_call(at, const uint64_t args[7]): the instruction at @at
	 * is followed by a return. */
	.globl	own_call
own_call:
	HYPER_PUSH_SAVED
	movq	%rdi, %rbx
	movq	%rsi, %r11
	movq	(%r11), %rax
	movq	8(%r11), %rdi
	movq	16(%r11), %rsi
	movq	24(%r11), %rdx
	movq	32(%r11), %r10
	movq	40(%r11), %r8
	movq	48(%r11), %r9
	callq	*%rbx
	HYPER_POP_SAVED
	ret

	/* int64_t forged_call(page, stack, const uint64_t args[7]): as the
	 * kernel would call its hypercall page, on that stack. */
	.globl	forged_call
forged_call:
	HYPER_PUSH_SAVED
	movq	%rsp, kept_sp(%rip)
	movq	%rdi, %rax
	movq	%rdx, %r11
	movq	%rsi, %rsp
	pushq	$0
	pushq	48(%r11)
	movq	(%r11), %rdi
	movq	8(%r11), %rsi
	movq	16(%r11), %rdx
	movq	24(%r11), %rcx
	movq	32(%r11), %r8
	movq	40(%r11), %r9
	callq	*%rax
	movq	kept_sp(%rip), %rsp
	HYPER_POP_SAVED
	ret

	.bss
	.p2align 3
kept_sp:
	.zero	8

	.section .note.GNU-stack, "", @progbits
