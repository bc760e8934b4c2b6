/* SPDX-License-Identifier: MIT */
/* tests/tracer/code.S - guest code, copied to 0x400000; data at 0x500000. */
	.section .rodata
#define BEGIN(name) .globl code_##name, code_##name##_end; code_##name:
#define END(name) code_##name##_end:

/* getpid for ever */
BEGIN(getpid)
1:	movl	$39, %eax
	syscall
	jmp	1b
END(getpid)

/* a write to data page 20 (not mapped), a read of page 21, a jump to page 22 */
BEGIN(faults)
	movl	$0x514000, %edi
	movl	%eax, (%rdi)
	movl	$0x515008, %esi
	movq	(%rsi), %rdx
	movl	$0x516000, %ecx
	jmp	*%rcx
END(faults)

/* spin, counting */
BEGIN(spin)
1:	incq	0x500000
	jmp	1b
END(spin)

/* loads xmm3 and ymm-free state, calls, compares */
BEGIN(fp)
	movq	$0x1234567, %rax
	movq	%rax, %xmm3
	fld1
	movl	$39, %eax
	syscall
	movq	%xmm3, %rbx
	fistpq	0x500010
	movl	$40, %eax
	syscall
1:	jmp	1b
END(fp)

/* fs base: load through it, call */
BEGIN(fs)
1:	movq	%fs:8, %rbx
	movq	%gs:16, %rbp
	movl	$39, %eax
	syscall
	jmp	1b
END(fs)

BEGIN(ud)
	ud2
END(ud)

BEGIN(int80)
	movl	$20, %eax
	int	$0x80
	hlt
END(int80)

BEGIN(vsyscall)
	xorl	%edi, %edi
	movq	$0xffffffffff600400, %rax
	callq	*%rax
	nop
1:	jmp	1b
END(vsyscall)

BEGIN(nops)
	nop
	nop
	movl	$39, %eax
	syscall
	nop
1:	jmp	1b
END(nops)

/* jumps to rdi with all else as it is */
BEGIN(jump)
	jmp	*%rdi
END(jump)

/* rdi = what to overwrite, rsi = how many words: garbage, then a call */
BEGIN(scribble)
1:	movq	$-1, (%rdi)
	addq	$8, %rdi
	decq	%rsi
	jnz	1b
	movl	$39, %eax
	syscall
	ud2
END(scribble)

/* PKRU = edi; jumps to rsi, which may be one of the two below */
BEGIN(shut)
	movl	%edi, %eax
	xorl	%ecx, %ecx
	xorl	%edx, %edx
	wrpkru
	jmp	*%rsi
	.globl	code_shut_call, code_shut_load, code_shut_spin
code_shut_call:
	movl	$39, %eax
	syscall
	jmp	code_shut_call
code_shut_load:
	movl	0x500000, %ebx
	ud2
code_shut_spin:
	jmp	code_shut_spin
END(shut)

/* gs base = rdi, fs base = rdx; jumps to rsi */
BEGIN(bases)
	wrgsbase %rdi
	wrfsbase %rdx
	jmp	*%rsi
END(bases)

	.section .note.GNU-stack, "", @progbits
