/* SPDX-License-Identifier: MIT */
/*
 * include/abi/ucontext.h - the frame a signal handler runs on, x86-64
 * (rt_sigreturn(2)).
 */
#ifndef ABI_UCONTEXT_H
#define ABI_UCONTEXT_H

#include "include/abi/signal.h"

#include <stdint.h>

/* uc_flags. */
#define LX_UC_FP_XSTATE		0x1 /* fpstate is an xsave image */
#define LX_UC_SIGCONTEXT_SS	0x2 /* ss is saved */
#define LX_UC_STRICT_RESTORE_SS 0x4 /* and restored as it is */

/* Magic numbers around an xsave image on the signal stack. */
#define LX_FP_XSTATE_MAGIC1	 0x46505853u
#define LX_FP_XSTATE_MAGIC2	 0x46505845u
#define LX_FP_XSTATE_MAGIC2_SIZE 4

#define LX_REDZONE 128 /* bytes below rsp a handler must not touch */

struct lx_sigcontext {
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t di, si, bp, bx, dx, ax, cx, sp, ip;
	uint64_t flags;
	uint16_t cs, gs, fs, ss;
	uint64_t err;
	uint64_t trapno;
	uint64_t oldmask;
	uint64_t cr2;
	uint64_t fpstate; /* address of struct lx_fpstate, 64-byte aligned */
	uint64_t reserved[8];
};

/* The last 48 bytes of the fxsave area say what follows it. */
struct lx_fpx_sw_bytes {
	uint32_t magic1;
	uint32_t extended_size; /* xsave image + MAGIC2_SIZE */
	uint64_t xfeatures;
	uint32_t xstate_size; /* xsave image alone */
	uint32_t pad[7];
};

/* fxsave64's image (Intel SDM 1, 10.5). */
struct lx_fpstate {
	uint16_t cwd, swd, twd, fop;
	uint64_t rip, rdp;
	uint32_t mxcsr, mxcsr_mask;
	uint32_t st_space[32];
	uint32_t xmm_space[64];
	uint32_t reserved[12];
	struct lx_fpx_sw_bytes sw;
};

/* What follows it in an xsave image. */
struct lx_xstate_header {
	uint64_t xfeatures;
	uint64_t xcomp_bv;
	uint64_t reserved[6];
};

struct lx_ucontext {
	uint64_t uc_flags;
	uint64_t uc_link;
	struct lx_sigaltstack uc_stack;
	struct lx_sigcontext uc_mcontext;
	lx_sigset uc_sigmask;
};

/* At the handler's entry rsp points here; rsp + 8 is 16-byte aligned. */
struct lx_rt_sigframe {
	uint64_t pretcode; /* sa_restorer */
	struct lx_ucontext uc;
	struct lx_siginfo info;
};

#endif /* ABI_UCONTEXT_H */
