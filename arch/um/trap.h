/* SPDX-License-Identifier: MIT */
/* arch/um/trap.h - why a guest thread stopped, and how to run one. */
#ifndef ARCH_UM_TRAP_H
#define ARCH_UM_TRAP_H

#include "arch/um/x86_64/regs.h"

#include <stdint.h>

enum stop_kind {
	STOP_SYSCALL = 1, /* regs.orig_rax is the number; rip past the insn */
	STOP_FAULT,	  /* page fault: addr and error_code are set */
	STOP_EXCEPTION,	  /* any other trap: signo, code, trapno are set */
	STOP_KICKED,	  /* thread_kick() or a host tick; nothing happened */
	STOP_DIED,	  /* the host thread or its process is gone */
};

/* x86 page-fault error code bits (Intel SDM 3A, 4.7). */
#define FAULT_PRESENT (1u << 0) /* protection, not absence (of the host) */
#define FAULT_WRITE   (1u << 1)
#define FAULT_USER    (1u << 2)
#define FAULT_FETCH   (1u << 4)
/* Ours: FAULT_FETCH is a guess, which holds if the memory may be executed. */
#define FAULT_GUESSED (1u << 31)

/* For STOP_SYSCALL: `code` if the call came by a jump, not the instruction. */
#define STOP_BY_JUMP 1

struct stop {
	uint32_t kind;
	int32_t signo;	     /* SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS */
	int32_t code;	     /* the host's si_code; STOP_BY_JUMP */
	uint32_t trapno;     /* x86 exception vector */
	uint64_t error_code; /* FAULT_* for vector 14 */
	uint64_t addr;	     /* si_addr */
};

/*
 * One change to what is mapped in an address space.  @addr and @len are page
 * aligned and outside the fixed region.
 */
enum as_op_kind {
	AS_MAP = 1,	/* physmem [phys, phys+len) at [addr, addr+len), prot */
	AS_UNMAP,	/* nothing at [addr, addr+len) any more */
	AS_PROTECT,	/* change protection; all of it is mapped */
	AS_POPULATE_RD, /* fault the pages in for reading, best effort */
	AS_POPULATE_WR, /* same, for writing (allocates in physmem) */
	AS_LARGE, /* have large pages when these are populated, best effort */
};

enum { AS_READ = 1, AS_WRITE = 2, AS_EXEC = 4 };

struct as_op {
	uint32_t kind;
	uint32_t prot; /* AS_READ | AS_WRITE | AS_EXEC, for MAP and PROTECT */
	uint64_t addr;
	uint64_t len;
	uint64_t phys; /* offset in physmem, for MAP */
};

enum {
	RUN_SET_REGS = 1 << 0,	 /* @regs changed since the last stop */
	RUN_SET_RAX = 1 << 4,	 /* .. regs.rax did, at least */
	RUN_SET_TLS = 1 << 1,	 /* fs_base or gs_base changed */
	RUN_SINGLESTEP = 1 << 2, /* stop after one instruction */
	RUN_RETURNED = 1 << 3, /* the kernel's: regs.rip is from a sigreturn */
};

/*
 * The argument of HC_THREAD_RUN: apply @ops to the thread's address space,
 * then let the thread run with @regs until it stops.
 */
struct thread_run {
	struct um_regs regs; /* in and out */
	struct stop stop;    /* out */
	const struct as_op *ops;
	uint32_t nops;
	uint32_t flags; /* RUN_* */
	/* in: where the instruction at regs.rip can be run, or 0: there */
	uint64_t cont;
	/* The kernel's: which carrier (arch/um/carrier.h) the task's stack can
	 * be given to, or 0. */
	uint32_t carrier;
	/* The kernel's: which entry (arch/um/facts.h) its host thread answers
	 * from, or 0. */
	uint32_t facts;
	/* in: 1 + a vCPU to be woken if the guest does not stop again soon, or
	 * 0; out: 0 if it was.  Not where the kernel runs in guest processes.
	 */
	uint32_t spare;
};

#endif /* ARCH_UM_TRAP_H */
