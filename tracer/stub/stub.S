/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/stub.S - what guest threads run beside guest code.
 *
 * Copied to STUB_CODE: position-independent, no data but the thread's own area.
 * Each system call instruction has a label; the guest filter allows its number
 * from that address only.
 */
#include "tracer/stub/layout.h"

	.section .rodata.stub, "a", @progbits
	.p2align 12
	.globl	stub_begin, stub_end
	.globl	stub_handler, stub_restorer, stub_child, stub_exit
	.globl	stub_ip_wake, stub_ip_wait, stub_ip_tls, stub_ip_sigreturn
	.globl	stub_ip_exit, stub_ip_init
	.globl	stub_call, stub_call_first, stub_call_gs
stub_begin:
	jmp	stub_give		/* STUB_GIVE */
	.org	stub_begin + STUB_RESUME
	jmp	stub_resume
	.org	stub_begin + STUB_CALL
/*
 * Where a patched call jumps to (docs/decisions/0003-patched-calls.md): rcx =
 * its return address, r11 = where guest code goes on.  A process's first thread
 * knows its area by itself as long as it is alone; else it is found by gs.
 * (A base of gs costs at each switch of the host's: it is a machine register
 * to be written, on some virtual machines by a call of their host.)  If the
 * first instruction of one of the three faults, nothing is lost yet.
 */
#define UC(field) (JUMP_UC - (AREA_SIZE - CTL_LEN) + UC_##field)
#define FIRST(off) \
	(STUB_AREAS + AREA_SIZE - CTL_LEN + (off)-STUB_CODE) + stub_begin(%rip)
	/* The arithmetic flags of @from; rax is lost.  popf costs as much as
	 * all else that is loaded. */
	.macro	FLAGS from
	movq	\from, %rax
	shrl	$11, %eax
	andl	$1, %eax		/* OF: 0x7f + 1 overflows */
	addb	$0x7f, %al
	movq	\from, %rax
	movb	%al, %ah
	sahf
	.endm
stub_call:
	jmp	*(STUB_REQ + RQ_ENTRY - STUB_CODE) + stub_begin(%rip)

	.org	stub_begin + STUB_CALL_FIRST
stub_call_first:
	movq	%rsp, FIRST(UC(RSP))
	movq	%rbx, FIRST(UC(RBX))
	movq	%r11, FIRST(CT_CONT)
	leaq	FIRST(0), %rbx
	jmp	stub_call_common

	.org	stub_begin + STUB_CALL_GS
stub_call_gs:
	movq	%rsp, %gs:UC(RSP)
	movq	%rbx, %gs:UC(RBX)
	movq	%r11, %gs:CT_CONT
	movq	%gs:CT_SELF, %rbx

stub_call_common:
	leaq	UC(R8) - UC_R8(%rbx), %rsp
	pushfq
	popq	UC(EFLAGS)(%rbx)
	movq	%rcx, UC(RIP)(%rbx)
	movq	%rax, UC(RAX)(%rbx)
/*
 * What is published is answered here; a kick meanwhile sends the thread to
 * stub_ask.  rax, rcx, r11, rsp, rbx and the flags are saved, the others
 * untouched.
 */
stub_fact:
	cmpl	$0, CT_KICK(%rbx)
	jne	stub_slow
	cmpl	$255, %eax		/* FACT_NR_MAX */
	ja	stub_slow
	movl	%eax, %ecx
	movabs	$(STUB_CONST + CONST_FACT_AT), %r11
	movzbl	(%r11, %rcx), %ecx
	movq	CT_FACTS(%rbx), %r11
	movl	(%r11, %rcx), %ecx
	subl	$1, %ecx
	jc	stub_slow
	leaq	FIRST(0), %r11
	cmpq	%r11, %rbx
	movq	UC(EFLAGS)(%rbx), %r11
	jne	1f
	FLAGS	%r11
	movl	%ecx, %eax
	movq	UC(RIP)(%rbx), %rcx
	movq	UC(RSP)(%rbx), %rsp
	movq	UC(RBX)(%rbx), %rbx
	jmp	*FIRST(CT_CONT)
1:	FLAGS	%r11
	movl	%ecx, %eax
	movq	UC(RIP)(%rbx), %rcx
	movq	UC(RSP)(%rbx), %rsp
	movq	UC(RBX)(%rbx), %rbx
	jmp	*%gs:CT_CONT
stub_fact_end:
stub_ask:
	leaq	UC(R8) - UC_R8(%rbx), %rsp
stub_slow:
	movq	%rdi, UC(RDI)(%rbx)
	movq	%rsi, UC(RSI)(%rbx)
	movq	%rdx, UC(RDX)(%rbx)
	movq	%rbp, UC(RBP)(%rbx)
	movq	%r8, UC(R8)(%rbx)
	movq	%r9, UC(R9)(%rbx)
	movq	%r10, UC(R10)(%rbx)
	movq	%r12, UC(R12)(%rbx)
	movq	%r13, UC(R13)(%rbx)
	movq	%r14, UC(R14)(%rbx)
	movq	%r15, UC(R15)(%rbx)
	movl	$SIG_CALL, CT_SIG(%rbx)
	movl	$1, %r13d
	cmpl	$0, (STUB_REQ + RQ_FSGSBASE - STUB_CODE) + stub_begin(%rip)
	je	1f
	rdfsbase %rax
	movq	%rax, CT_FS_OUT(%rbx)
1:
	/* Where the kernel runs on this thread, FP state stays where it is. */
	cmpq	$0, CT_KSP(%rbx)
	jne	stub_to_direct
	movabs	$STUB_REQ, %rcx
	movl	RQ_XSTATE(%rcx), %eax
	movl	RQ_XSTATE + 4(%rcx), %edx
	xsave64	JUMP_FP - (AREA_SIZE - CTL_LEN)(%rbx)
	jmp	stub_give

/*
 * Signal handler on the area's stack: rdi = signal, rdx = ucontext.  All
 * signals are blocked.  Says why it is here, waits for its turn, goes back.
 */
stub_handler:
	movq	%rsp, %rbx
	andq	$-AREA_SIZE, %rbx
	addq	$(AREA_SIZE - CTL_LEN), %rbx
	cmpl	$STUB_KICK, %edi
	je	stub_kicked
	btq	$37, %rsp		/* of STUB_AREAS, not of the arena */
	jnc	stub_crashed
stub_stop:
	xorl	%r13d, %r13d		/* not by stub_call */
	movq	%rdx, CT_UC(%rbx)
	movl	%edi, CT_SIG(%rbx)
	movabs	$STUB_REQ, %rax
	cmpl	$0, RQ_FSGSBASE(%rax)
	je	1f
	rdfsbase %rax
	movq	%rax, CT_FS_OUT(%rbx)
	rdgsbase %rax
	movq	%rax, CT_GS_OUT(%rbx)
1:
stub_trap:
	cmpq	$0, CT_KSP(%rbx)
	je	stub_give
stub_to_direct:
	movabs	$STUB_DIRECT, %rax
	jmp	*%rax

/* rbx = stub_ctl, r13d = whether the thread came by stub_call: viv's turn. */
stub_give:
	movl	$TURN_VIV, %eax
	xchgl	%eax, CT_TURN(%rbx)
stub_given:
	cmpl	$0, CT_VSLEEPS(%rbx)
	je	stub_await
	leaq	CT_TURN(%rbx), %rdi
	movl	$FUTEX_OP_WAKE, %esi
	movl	$1, %edx
	movl	$FUTEX_FOR_VIV, %r9d
	movl	$202, %eax		/* futex */
	syscall
stub_ip_wake:

/* rbx = stub_ctl: until it is our turn. */
stub_await:
	movl	CT_SPIN(%rbx), %r12d
1:	cmpl	$TURN_GUEST, CT_TURN(%rbx)
	je	stub_turn
	testl	%r12d, %r12d
	jz	2f
	cmpl	$0, CT_SPIN(%rbx)	/* viv has changed its mind */
	je	2f
	pause
	decl	%r12d
	jmp	1b
2:	movl	$1, %eax
	xchgl	%eax, CT_GSLEEPS(%rbx)
	movl	CT_TURN(%rbx), %edx
	cmpl	$TURN_GUEST, %edx
	je	3f
	leaq	CT_TURN(%rbx), %rdi
	movl	$FUTEX_OP_WAIT, %esi
	xorl	%r10d, %r10d
	movl	$FUTEX_FOR_GUEST, %r9d
	movl	$202, %eax
	syscall
stub_ip_wait:
	jmp	2b
3:
stub_turn:
	movl	$0, CT_GSLEEPS(%rbx)
	cmpq	$0, CT_CARRIER(%rbx)
	je	stub_resume
	movl	$TURN_VIV, CT_TURN(%rbx) /* it waits there from now on */
	movabs	$STUB_DIRECT_WAIT, %rax
	jmp	*%rax

stub_resume:
	movl	CT_CMD(%rbx), %r12d
	testl	%r12d, %r12d
	jz	3f
	testl	$CMD_EXIT, %r12d
	jnz	stub_exit
	/* Without a call, if programs may and it cannot fault; as by the
	 * call, the selectors become null. */
	movabs	$STUB_REQ, %rax
	cmpl	$0, RQ_FSGSBASE(%rax)
	je	4f
	movq	CT_FS(%rbx), %rsi
	movq	CT_GS(%rbx), %rdx
	movq	%rsi, %rax
	orq	%rdx, %rax
	shrq	$47, %rax
	jnz	4f
	btrl	$0, %r12d		/* CMD_SET_FS */
	jnc	5f
	xorl	%eax, %eax
	movl	%eax, %fs
	wrfsbase %rsi
5:	btrl	$1, %r12d		/* CMD_SET_GS */
	jnc	3f
	xorl	%eax, %eax
	movl	%eax, %gs
	wrgsbase %rdx
	jmp	3f
4:	movq	CT_FS(%rbx), %rsi
	movl	$0x1002, %edi		/* ARCH_SET_FS */
	testl	$CMD_SET_FS, %r12d
	jnz	2f
1:	btrl	$1, %r12d		/* CMD_SET_GS */
	jnc	3f
	movq	CT_GS(%rbx), %rsi
	movl	$0x1001, %edi		/* ARCH_SET_GS */
2:	movl	$158, %eax		/* arch_prctl */
	syscall
stub_ip_tls:
	btrl	$0, %r12d
	jc	1b
3:	testl	%r13d, %r13d
	jnz	stub_go
	movq	CT_UC(%rbx), %rsp
	jmp	stub_restorer

stub_given_end:

/*
 * A kick in the midst of stub code, which only stub_call runs with signals
 * unblocked, or of the kernel behind it: it is noted, and seen in stub_go; which
 * starts over if it is through with looking, or in a call of the kernel that is
 * made instead of an answer.  Who waits though it is his turn is
 * sent there, too: so guest code that came by itself does not stay.
 */
stub_kicked:
	movq	UC_RIP(%rdx), %rax
	cmpl	$0, CT_IN_KERNEL(%rbx)
	jne	3f
	movabs	$STUB_DIRECT, %rcx
	negq	%rcx
	addq	%rax, %rcx
	cmpq	$STUB_DIRECT_LEN, %rcx
	jb	3f
	movabs	$STUB_CODE, %rcx
	subq	%rcx, %rax
	cmpq	$STUB_CODE_LEN, %rax
	jae	stub_stop
	movl	$1, CT_KICK(%rbx)
	leaq	-(stub_fact - stub_begin)(%rax), %rcx
	cmpq	$(stub_fact_end - stub_fact), %rcx
	jb	4f
	leaq	stub_go(%rip), %rsi
	leaq	-(stub_go - stub_begin)(%rax), %rcx
	cmpq	$(stub_go_end - stub_go), %rcx
	jb	1f
	leaq	stub_turn(%rip), %rsi
	subq	$(stub_given - stub_begin), %rax
	cmpq	$(stub_given_end - stub_given), %rax
	jae	2f
	cmpl	$TURN_GUEST, CT_TURN(%rbx)
	jne	2f
1:	movq	%rbx, UC_RBX(%rdx)
	movq	$1, UC_R13(%rdx)
	movq	%rsi, UC_RIP(%rdx)
2:	movq	%rdx, %rsp
	jmp	stub_restorer
3:	movl	$1, CT_KICK(%rbx)
	jmp	2b
4:	leaq	stub_ask(%rip), %rsi
	movq	%rbx, UC_RBX(%rdx)
	movq	%rsi, UC_RIP(%rdx)
	jmp	2b


/*
 * Back to guest code after stub_call: by registers alone, or by a frame.  From
 * here to stub_go_end all can be done again.
 */
	.macro RESTORE
	movq	UC(EFLAGS)(%rbx), %rdx
	FLAGS	%rdx
	movq	UC(RAX)(%rbx), %rax
	movq	UC(RCX)(%rbx), %rcx
	movq	UC(RDI)(%rbx), %rdi
	movq	UC(RSI)(%rbx), %rsi
	movq	UC(RDX)(%rbx), %rdx
	movq	UC(RBP)(%rbx), %rbp
	movq	UC(R8)(%rbx), %r8
	movq	UC(R9)(%rbx), %r9
	movq	UC(R10)(%rbx), %r10
	movq	UC(R11)(%rbx), %r11
	movq	UC(R12)(%rbx), %r12
	movq	UC(R13)(%rbx), %r13
	movq	UC(R14)(%rbx), %r14
	movq	UC(R15)(%rbx), %r15
	movq	UC(RSP)(%rbx), %rsp
	movq	UC(RBX)(%rbx), %rbx
	.endm
stub_go:
	cmpl	$0, CT_KICK(%rbx)
	jne	stub_go_kicked
	movq	CT_UC(%rbx), %rsp
	testq	%rsp, %rsp
	jnz	stub_restorer
	leaq	FIRST(0), %rax
	cmpq	%rax, %rbx
	jne	1f
	RESTORE
	jmp	*FIRST(CT_CONT)
1:	RESTORE
	jmp	*%gs:CT_CONT
stub_restorer:
	movl	$15, %eax		/* rt_sigreturn */
	syscall
stub_ip_sigreturn:
	ud2
stub_go_end:

	/* The kernel behind a trap got a signal, on its own stack. */
stub_crashed:
	movabs	$STUB_DIRECT_CRASH, %rax
	jmp	*%rax

stub_go_kicked:
	/* rsp may be anything, the guest's own included. */
	leaq	UC(R8) - UC_R8(%rbx), %rsp
	movl	$SIG_KICKED, CT_SIG(%rbx)
	movl	$1, %r13d
	jmp	stub_trap

stub_exit:
	xorl	%edi, %edi
	movl	$60, %eax
	syscall
stub_ip_exit:
	ud2

/*
 * A new guest thread comes from the agent's clone: rsp = its stub_ctl.  It
 * uses nothing that another guest thread could write until its own filter
 * holds.
 */
stub_child:
	movq	%rsp, %rbx
	xorl	%r13d, %r13d
	movabs	$STUB_REQ, %rax
	cmpl	$0, RQ_DIRECT(%rax)
	jne	1f
	movl	$AGENT_PHYS_FD, %edi
	movl	$3, %eax		/* close */
	syscall
1:	movl	$AGENT_CTL_FD, %edi
	movl	$3, %eax
	syscall
	movabs	$STUB_AREAS, %rax
	movq	%rbx, %rdi
	subq	%rax, %rdi
	shrq	$AREA_SHIFT, %rdi
	shlq	$5, %rdi		/* SS_LEN */
	movabs	$STUB_SS, %rax
	addq	%rax, %rdi
	xorl	%esi, %esi
	movl	$131, %eax		/* sigaltstack */
	syscall
	movabs	$STUB_REQ, %rax
	cmpl	$0, RQ_FILTER(%rax)
	je	stub_await
	movl	$1, %edi		/* SECCOMP_SET_MODE_FILTER */
	movl	$4, %esi		/* ..FLAG_SPEC_ALLOW */
	movabs	$(STUB_CONST + CONST_GUEST_FPROG), %rdx
	movl	$317, %eax		/* seccomp */
	syscall
stub_ip_init:
	testq	%rax, %rax
	jnz	stub_exit
	jmp	stub_await
#include "tracer/stub/agent.S"
stub_end:
	.section .note.GNU-stack, "", @progbits
