/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/agent.S - the agent: the task of a guest process that maps its
 * memory and makes its threads.  Included by stub.S.
 *
 * It shares its memory with guest code and so trusts none of it: no stack, no
 * writable data, state in registers, requests from a page that only viv can
 * write, results out by pwrite() from constants.
 *
 * r12 = STUB_REQ, r13 = last request seen, rbx = operation, ebp = how many
 * are left, r14, r15 = scratch that survives a call.
 */
	.globl	agent_start
agent_start:
	/* What the fork left here: all but the stub's own region. */
	movabs	$STUB_REQ, %r12
	xorl	%edi, %edi
	movq	RQ_KEEP(%r12), %rsi
	movl	$11, %eax		/* munmap */
	syscall
	testq	%rax, %rax
	jnz	agent_die
	movq	RQ_KEEP + 8(%r12), %rdi
	movabs	$GUEST_TOP, %rsi
	subq	%rdi, %rsi
	movl	$11, %eax
	syscall
	testq	%rax, %rax
	jnz	agent_die
	movl	$0x1002, %edi		/* ARCH_SET_FS */
	xorl	%esi, %esi
	movl	$158, %eax
	syscall
	movl	$0x1001, %edi		/* ARCH_SET_GS */
	xorl	%esi, %esi
	movl	$158, %eax
	syscall
	movl	$1, %edi		/* SECCOMP_SET_MODE_FILTER */
	movl	$4, %esi
	movabs	$(STUB_CONST + CONST_AGENT_FPROG), %rdx
	movl	$317, %eax
	syscall
	testq	%rax, %rax
	jz	1f
	/* Under ptrace guest threads make no call anyway. */
	cmpl	$0, RQ_FILTER(%r12)
	jne	agent_die
1:	movl	RQ_SEQ(%r12), %r13d
	xorl	%eax, %eax
	jmp	agent_done

agent_die: /* status: errno */
	movl	%eax, %edi
	negl	%edi
	movl	$231, %eax		/* exit_group */
	syscall
	ud2

agent_next:
	movl	RQ_SPIN(%r12), %ecx
1:	movl	RQ_SEQ(%r12), %eax
	cmpl	%eax, %r13d
	jne	2f
	testl	%ecx, %ecx
	jz	3f
	pause
	decl	%ecx
	jmp	1b
3:	leaq	RQ_SEQ(%r12), %rdi
	movl	$FUTEX_OP_WAIT, %esi
	movl	%r13d, %edx
	xorl	%r10d, %r10d
	movl	$FUTEX_FOR_GUEST, %r9d
	movl	$202, %eax
	syscall
	jmp	agent_next

2:	movl	%eax, %r13d
	leaq	RQ_OPS(%r12), %rbx
	movl	RQ_NOPS(%r12), %ebp
agent_op:
	xorl	%eax, %eax
	testl	%ebp, %ebp
	jz	agent_done
	movq	(%rbx), %rax
	movq	8(%rbx), %rdi
	movq	16(%rbx), %rsi
	movq	24(%rbx), %rdx
	movq	32(%rbx), %r10
	movq	40(%rbx), %r8
	movq	48(%rbx), %r9
	cmpl	$56, %eax
	je	agent_clone
	syscall
	cmpq	$-4095, %rax
	jae	agent_err
agent_op_done:
	addq	$OP_LEN, %rbx
	decl	%ebp
	jmp	agent_op
agent_err:
	testl	$OP_BEST_EFFORT, OP_FLAGS(%rbx)
	jnz	agent_op_done
	negl	%eax
	andl	$0xff, %eax

/*
 * eax = errno: publish it.  From there on the request page may change.  If
 * asked, hand over to a guest thread, or tell the vCPU that waits for that
 * thread that it did not get to run.
 */
agent_done:
	movl	%eax, %r14d
	movq	RQ_WAKE_ADDR(%r12), %r15
	movl	$AGENT_CTL_FD, %edi
	movabs	$(STUB_CONST + CONST_BYTES + 4), %rsi
	leaq	(%rsi,%r14,4), %rsi
	movl	$4, %edx
	movl	$RQ_DONE, %r10d
	movl	$18, %eax		/* pwrite64 */
	syscall
	cmpl	$0, RQ_VSLEEPS(%r12)
	je	1f
	leaq	RQ_DONE(%r12), %rdi
	movl	$FUTEX_OP_WAKE, %esi
	movl	$1, %edx
	movl	$FUTEX_FOR_VIV, %r9d
	movl	$202, %eax
	syscall
1:	testq	%r15, %r15
	jz	agent_next
	movl	$AGENT_CTL_FD, %edi
	movabs	$(STUB_CONST + CONST_BYTES + 4 * TURN_GUEST), %rsi
	testl	%r14d, %r14d
	jz	2f
	movabs	$(STUB_CONST + CONST_BYTES + 4 * TURN_FAILED), %rsi
2:	movl	$4, %edx
	movabs	$(STUB_AREAS - CTL_AREAS), %rax
	movq	%r15, %r10
	subq	%rax, %r10
	movl	$18, %eax
	syscall
	movq	%r15, %rdi
	movl	$FUTEX_OP_WAKE, %esi
	movl	$1, %edx
	movl	$FUTEX_FOR_GUEST, %r9d
	testl	%r14d, %r14d
	jz	3f
	movl	$FUTEX_FOR_VIV, %r9d
3:	movl	$202, %eax
	syscall
	jmp	agent_next

agent_clone:
	syscall
	testq	%rax, %rax
	jz	stub_child
	js	agent_err
	movl	%eax, %r14d
	xorl	%r15d, %r15d
2:	movzbl	%r14b, %eax
	movabs	$(STUB_CONST + CONST_BYTES), %rsi
	leaq	(%rsi,%rax,4), %rsi
	movl	$AGENT_CTL_FD, %edi
	movl	$1, %edx
	leal	RQ_TID(%r15), %r10d
	movl	$18, %eax
	syscall
	shrl	$8, %r14d
	incl	%r15d
	cmpl	$4, %r15d
	jb	2b
	jmp	agent_op_done
