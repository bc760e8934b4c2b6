/* SPDX-License-Identifier: MIT */
/*
 * arch/um/hypercall_abi.h - what a kernel stack looks like while its hypercall
 * is under way, for assembly: from the top, the return address, the registers
 * a C function keeps (HYPER_PUSH_SAVED), and for a call that another process
 * is to carry out, its first six arguments (HYPER_PUSH_ARGS).
 */
#ifndef ARCH_UM_HYPERCALL_ABI_H
#define ARCH_UM_HYPERCALL_ABI_H

#define HYPER_SAVED_LEN 48
#define HYPER_ARGS_LEN	48

/* What direct_call() of tracer/direct/guest says, beside a result. */
#define CALL_DONE   0
#define CALL_RUNS   1 /* guest code goes on */
#define CALL_LEAVES 2 /* somebody else goes on: CT_NEXT, or viv */
#define CALL_IDLES  3 /* nobody goes on, for now */

#ifdef __ASSEMBLER__
/* clang-format off */
#define HYPER_PUSH_SAVED \
	pushq	%rbp; \
	pushq	%rbx; \
	pushq	%r12; \
	pushq	%r13; \
	pushq	%r14; \
	pushq	%r15;

#define HYPER_POP_SAVED \
	popq	%r15; \
	popq	%r14; \
	popq	%r13; \
	popq	%r12; \
	popq	%rbx; \
	popq	%rbp;

#define HYPER_PUSH_ARGS \
	pushq	%rdi; \
	pushq	%rsi; \
	pushq	%rdx; \
	pushq	%rcx; \
	pushq	%r8; \
	pushq	%r9;

#define HYPER_POP_ARGS \
	popq	%r9; \
	popq	%r8; \
	popq	%rcx; \
	popq	%rdx; \
	popq	%rsi; \
	popq	%rdi;

/* clang-format on */
#else
#include <stdint.h>

/* As HYPER_PUSH_ARGS leaves it. */
struct hyper_args {
	uint64_t e, d, c, b, a, nr;
	uint64_t saved[6], ret;
	uint64_t f;
};
#endif

#endif /* ARCH_UM_HYPERCALL_ABI_H */
