/* SPDX-License-Identifier: MIT */
/*
 * tracer/direct/guest/entry.S - in and out of the kernel in a guest process.
 *
 * A kernel stack that is not running ends in what hypercall()'s caller
 * expects kept, and its return address; below that, if the call is still to be
 * made, its arguments.
 */
#include "arch/um/carrier.h"
#include "arch/um/hypercall_abi.h"
#include "tracer/stub/layout.h"

	.section .text.entry, "ax", @progbits

	/* The key that closes the kernel's memory to guest code, if there is
	 * one: its bits in PKRU, where two are for a key, the lower of them to
	 * close it.  Of the registers eax, ecx, edx, esi are used. */
	.macro	KEY_BITS no_key
	movabs	$(STUB_CONST + CONST_PKEY), %rsi
	movl	(%rsi), %esi
	testl	%esi, %esi
	jz	\no_key
	xorl	%ecx, %ecx
	.endm
	.macro	OPEN_KEY keep
	KEY_BITS 77f
	rdpkru				/* edx = 0 */
	.ifnb	\keep
	movl	%eax, \keep(%rbx)
	.endif
	notl	%esi
	andl	%esi, %eax
	wrpkru
77:
	.endm

	/* STUB_DIRECT: a trap; rbx = stub_ctl, r13d: it came by STUB_CALL;
	 * kicks wait or are noted. */
	.p2align 4
direct_trap:
	/* (If it came by a signal, the guest's is in the frame.) */
	OPEN_KEY CT_PKRU
	/* The guest's AC, DF, TF are not for us; ID stays for sigreturn. */
	testl	%r13d, %r13d
	jz	direct_flags
	testl	$0x40500, JUMP_UC - (AREA_SIZE - CTL_LEN) + UC_EFLAGS(%rbx)
	jnz	direct_flags
1:	cmpl	$0, CT_IN_KERNEL(%rbx)
	jne	direct_lost
	movl	$KERNEL_RUNS, CT_IN_KERNEL(%rbx)
	movl	%r13d, CT_BY_CALL(%rbx)
	movq	CT_KSP(%rbx), %rsp
	movq	%rbx, %rdi
	subq	$8, %rsp
	callq	direct_trapped
	addq	$8, %rsp
	xorl	%eax, %eax
	HYPER_POP_SAVED
	ret

	/* The kernel itself trapped. */
direct_lost:
	movl	CT_SIG(%rbx), %edi
	movq	CT_UC(%rbx), %rdx
	jmp	direct_crash

direct_flags:
	pushfq
	andl	$~0x40500, (%rsp)
	popfq
	jmp	1b

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
	testl	%r13d, %r13d
	jz	1f
	KEY_BITS 1f
	movl	CT_PKRU(%rbx), %eax
	andl	$0x55555555, %esi
	orl	%esi, %eax
	xorl	%edx, %edx
	wrpkru
1:	movabs	$(STUB_CODE + STUB_RESUME), %rax
	jmp	*%rax
2:	cmpl	$CALL_IDLES, %edx
	je	direct_idle
	cmpq	$0, CT_NEXT(%rbx)
	movl	CT_SPIN(%rbx), %r12d
	je	direct_leave
	xorl	%r12d, %r12d	/* it sleeps, who knows how long */

	/* Off the kernel stack; the vCPU goes to CT_NEXT, or to viv.  A death
	 * on the way is seen to by direct_process_died(). */
direct_leave:
	movq	%rbx, %rsp
	movl	$KERNEL_LEAVES, CT_IN_KERNEL(%rbx)
	movq	CT_WORDS(%rbx), %rdi
	movl	CT_OWNER(%rbx), %eax
	xchgl	%eax, VW_OWNER(%rdi)
	movq	CT_NEXT(%rbx), %rbp
	testq	%rbp, %rbp
	jz	3f
	cmpl	$0, CR_DEAD(%rbp)
	jne	2f
	movl	CT_TICKET(%rbx), %eax
	xchgl	%eax, CR_TICKET(%rbp)
	cmpl	$0, CR_SLEEPS(%rbp)
	je	direct_left
	leaq	CR_TICKET(%rbp), %rdi
	jmp	4f
	/* Its process is gone, and nobody may have told viv. */
2:	movl	CT_OWNER(%rbx), %eax
	movl	%eax, %ecx
	orl	$OWNER_DEAD, %ecx
	lock
	cmpxchgl %ecx, VW_OWNER(%rdi)
3:	cmpl	$0, VW_VIV_SLEEPS(%rdi)
	je	direct_left
	addq	$VW_OWNER, %rdi
4:	movl	$1, %esi		/* FUTEX_WAKE, one */
	movl	$1, %edx
	movl	$202, %eax
	syscall
direct_left:
	movl	$0, CT_IN_KERNEL(%rbx)
	jmp	direct_await

	/* STUB_DIRECT_WAIT: rbx = stub_ctl; until it is given a vCPU. */
	.org	direct_trap + (STUB_DIRECT_WAIT - STUB_DIRECT)
	movl	$2, %edi		/* SIG_SETMASK: it was made with all */
	movabs	$(STUB_CONST + CONST_KERNEL_SIGSET), %rsi
	xorl	%edx, %edx
	movl	$8, %r10d
	movl	$14, %eax		/* rt_sigprocmask */
	syscall
	OPEN_KEY
	xorl	%r12d, %r12d
	jmp	direct_await

	/* Off the kernel stack, too.  Whatever came before is seen here, and
	 * what comes now sees that the vCPU idles. */
direct_idle:
	movq	%rbx, %rsp
	xorl	%r12d, %r12d
	movl	$KERNEL_IDLES, CT_IN_KERNEL(%rbx)
	movq	CT_WORDS(%rbx), %rdi
	movl	CT_OWNER(%rbx), %eax
	movl	%eax, %ecx
	xchgl	%eax, VW_OWNER(%rdi)
	xorl	%eax, %eax
	xchgl	%eax, VW_WAKE(%rdi)
	testl	%eax, %eax
	jnz	1f
	movabs	$EVENT_RING_ADDR, %rax
	movl	(%rax), %edx
	cmpl	4(%rax), %edx
	je	direct_await
1:	movl	%ecx, %eax
	andl	$OWNER_INDEX, %ecx
	lock
	cmpxchgl %ecx, VW_OWNER(%rdi)
	jne	direct_await		/* it was given away, or is woken */
direct_woken:
	movl	$KERNEL_RUNS, CT_IN_KERNEL(%rbx)
	movq	CT_WORDS(%rbx), %rdi
	movl	$0, VW_WAKE(%rdi)
	movq	CT_MOVED_SP(%rbx), %rsp
	addq	$HYPER_ARGS_LEN, %rsp
	movl	$1, %eax
	HYPER_POP_SAVED
	ret

direct_await:
	movq	CT_CARRIER(%rbx), %rbp
	movl	CR_SEEN(%rbp), %edx
1:	cmpl	%edx, CR_TICKET(%rbp)
	jne	3f
	testl	%r12d, %r12d
	jz	2f
	pause
	decl	%r12d
	jmp	1b
2:	movl	$1, %eax
	xchgl	%eax, CR_SLEEPS(%rbp)
	cmpl	%edx, CR_TICKET(%rbp)
	jne	3f
	leaq	CR_TICKET(%rbp), %rdi
	xorl	%esi, %esi		/* FUTEX_WAIT */
	xorl	%r10d, %r10d
	movl	$202, %eax
	syscall
	jmp	2b
3:	movl	$0, CR_SLEEPS(%rbp)
	movl	CR_TICKET(%rbp), %eax
	movl	%eax, CR_SEEN(%rbp)
	movl	$KERNEL_RUNS, %eax
	xchgl	%eax, CT_IN_KERNEL(%rbx)
	xorl	%ecx, %ecx
	xchgq	%rcx, CR_SP(%rbp)
	testq	%rcx, %rcx
	jz	5f
	btrq	$0, %rcx
	movq	%rcx, %rsp
	jc	4f
	HYPER_POP_ARGS
	HYPER_POP_SAVED
	jmp	direct_hyper
4:	movq	CR_RESULT(%rbp), %rax
	HYPER_POP_SAVED
	ret
5:	testl	$CMD_EXIT, CT_CMD(%rbx)
	jnz	6f
	cmpl	$KERNEL_IDLES, %eax
	je	direct_woken
	/* A command. */
6:	movl	$0, CT_IN_KERNEL(%rbx)
	xorl	%r13d, %r13d
	movabs	$(STUB_CODE + STUB_RESUME), %rax
	jmp	*%rax

	/* STUB_DIRECT_CRASH: edi = a signal that the kernel got, rdx = its
	 * ucontext.  If there is a kernel stack left, viv tells; else this ends
	 * the process. */
	.org	direct_trap + (STUB_DIRECT_CRASH - STUB_DIRECT)
direct_crash:
	movq	%rdx, %r9
	OPEN_KEY
	movq	%r9, %rdx
	movq	UC_RSP(%rdx), %rsp
	movq	%rsp, %rax
	shrq	$34, %rax		/* KSTACK_AREA is so long */
	cmpl	$(KSTACK_ADDR >> 34), %eax
	jne	1f
	subq	$1024, %rsp
	andq	$-16, %rsp
	movq	%rdx, %rsi
	callq	direct_crashed
1:	ud2

	/* STUB_DIRECT_FIRST: a vCPU's first stack; r12 = the image's entry,
	 * r13 = which vCPU. */
	.org	direct_trap + (STUB_DIRECT_FIRST - STUB_DIRECT)
	xorl	%ebp, %ebp
	movq	%r13, %rdi
	callq	*%r12
	ud2

	.section .note.GNU-stack, "", @progbits
