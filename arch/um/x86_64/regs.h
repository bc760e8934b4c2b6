/* SPDX-License-Identifier: MIT */
/*
 * arch/um/x86_64/regs.h - the guest's general registers.  The order is that
 * of the host's struct user_regs_struct (ptrace(2)) as far as it goes.
 * x87/SSE/AVX state stays with the guest thread; see HC_THREAD_GET_FP.
 */
#ifndef ARCH_UM_X86_64_REGS_H
#define ARCH_UM_X86_64_REGS_H

#include <stdint.h>

struct um_regs {
	uint64_t r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8;
	uint64_t rax, rcx, rdx, rsi, rdi, orig_rax;
	uint64_t rip, cs, eflags, rsp, ss;
	uint64_t fs_base, gs_base;
};

/* eflags bits a guest may set itself: CF PF AF ZF SF TF DF OF AC ID. */
#define UM_EFLAGS_USER 0x00240dd5ull
#define UM_EFLAGS_TF   0x100ull

/* System call conventions (syscall(2), x86-64). */
static inline uint64_t
regs_sysno(const struct um_regs *r)
{
	return r->orig_rax;
}

static inline void
regs_sysargs(const struct um_regs *r, uint64_t args[6])
{
	args[0] = r->rdi;
	args[1] = r->rsi;
	args[2] = r->rdx;
	args[3] = r->r10;
	args[4] = r->r8;
	args[5] = r->r9;
}

#endif /* ARCH_UM_X86_64_REGS_H */
