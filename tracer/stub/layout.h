/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/layout.h - what lies at STUB_BASE in a guest process; shared by
 * C and assembly.
 *
 *   STUB_CODE   r-x  signal handler of guest threads, code of the agent
 *   STUB_CONST  r--  byte table, seccomp programs
 *   STUB_REQ    r--  requests to the agent; we write them, the process can't
 *   STUB_SS     r--  a stack_t for every thread slot
 *   STUB_FACTS  r--  answers of calls that need no kernel: arch/um/facts.h
 *   STUB_AREAS  rw-  an area for every thread slot: signal stack, struct
 *                    stub_ctl at its end
 *   STUB_DIRECT r-x  tracer/direct/guest: traps and hypercalls, if the kernel
 *                    runs here; then the arena and guest RAM are mapped, too
 *               (closed to guest code by a protection key, if there is one)
 *   STUB_CLOCK  r-x  the host's vDSO, where it can be had
 *
 * REQ, SS and AREAS are one memfd, also mapped (writable) in viv.  What guest
 * threads can write is believed by nobody: see tracer/stub/frame.c.  With
 * STUB_DIRECT they can write all of it.
 */
#ifndef TRACER_STUB_LAYOUT_H
#define TRACER_STUB_LAYOUT_H

#define STUB_CODE      0x682000000000
#define STUB_CODE_LEN  0x1000
#define STUB_CONST     0x682000001000
#define STUB_CONST_LEN 0x3000
#define STUB_REQ       0x682000010000
#define STUB_SS	       0x682000020000
#define STUB_FACTS     0x682000080000
#define STUB_AREAS     0x682010000000
#define STUB_HI32      0x6820 /* upper half of every address above */

/* Entries into the stub from elsewhere: rbx = stub_ctl. */
#define STUB_GIVE	0  /* give the turn to viv, wait for it */
#define STUB_RESUME	16 /* on with guest code; r13d: it came by STUB_CALL */
#define STUB_CALL	32 /* where patched calls jump to */
#define STUB_CALL_FIRST 40 /* .. which is this for a thread that is alone */
#define STUB_CALL_GS	96 /* .. or this */

/* The part of the kernel's machine that is in the guest process: direct only.
 */
#define STUB_DIRECT	  0x682040000000
#define STUB_DIRECT_LEN	  0x8000
#define STUB_DIRECT_HYPER (STUB_DIRECT + 192)
#define STUB_DIRECT_WAIT  (STUB_DIRECT + 640)  /* for a vCPU */
#define STUB_DIRECT_CRASH (STUB_DIRECT + 1152) /* of the kernel */
#define STUB_DIRECT_FIRST (STUB_DIRECT + 1280) /* a vCPU's start */

/* The host's vDSO: see hostclock.h. Not where the filters allow calls from. */
#define STUB_CLOCK     0x682e00000000
#define STUB_CLOCK_LEN 0x100000

#define STUB_END  0x683000000000
#define GUEST_TOP 0x7ffffffff000 /* end of the process's address space */

/* Offsets in the memfd of code and constants. */
#define STUB_IMAGE_DIRECT (STUB_CODE_LEN + STUB_CONST_LEN)
#define STUB_IMAGE_HYPER  (STUB_IMAGE_DIRECT + STUB_DIRECT_LEN)
#define STUB_IMAGE_LEN	  (STUB_IMAGE_HYPER + 0x1000)

/* Offsets in the control memfd. */
#define CTL_REQ	    0x0
#define CTL_REQ_LEN 0x8000
#define CTL_SS	    0x10000
#define CTL_SS_LEN  0x40000 /* SLOT_MAX * SS_LEN */
#define CTL_AREAS   0x100000
#define SS_LEN	    32
#define AREA_SHIFT  16
#define AREA_SIZE   0x10000
#define AREA_HOT    0x4000 /* of an area: frames and stub_ctl, at its end */
#define SLOT_MAX    8192

/* struct stub_ctl: the last bytes of an area. */
#define CTL_LEN	   512
#define CT_TURN	   0
#define CT_GSLEEPS 4
#define CT_SPIN	   8
#define CT_CMD	   12
#define CT_FS	   16
#define CT_GS	   24
#define CT_SELF	   32 /* its own address there */
#define CT_KICK	   40 /* the stub itself was kicked; it says so later */
#define CT_VSLEEPS 64
#define CT_SIG	   68
#define CT_UC	   72
#define CT_FS_OUT  80
#define CT_GS_OUT  88
#define CT_CONT	   96 /* after a call by jump: where guest code goes on */

/* CT_SIG, beside signals. */
#define SIG_CALL   0x100 /* stub_call */
#define SIG_KICKED 0x101 /* kicked after that, before guest code went on */

/* A thread that calls by a jump leaves a frame here in its area; a signal's
 * frame lies above it.  Its few words of stack are below. */
#define JUMP_UC 0xc040
#define JUMP_FP 0xc180

/* The host's ucontext. */
#define UC_R8	  40
#define UC_R9	  48
#define UC_R10	  56
#define UC_R11	  64
#define UC_R12	  72
#define UC_R13	  80
#define UC_R14	  88
#define UC_R15	  96
#define UC_RDI	  104
#define UC_RSI	  112
#define UC_RBP	  120
#define UC_RBX	  128
#define UC_RDX	  136
#define UC_RAX	  144
#define UC_RCX	  152
#define UC_RSP	  160
#define UC_RIP	  168
#define UC_EFLAGS 176

#define STUB_KICK 23 /* KICK_SIGNAL */
/* direct only */
#define CT_IN_KERNEL 256 /* KERNEL_* */
#define CT_KSP	     264 /* kernel stack to go on with at a trap; 0: viv's turn */
#define CT_BY_CALL   260 /* .. and came there by STUB_CALL */
#define CT_MOVED_SP  272 /* kernel stack that was left */
/* How it gives its vCPU away: arch/um/carrier.h. */
#define CT_CARRIER 104 /* its own; 0: it takes turns with viv only */
#define CT_NEXT	   112 /* carrier to give the vCPU to, or 0: viv */
#define CT_WORDS   120 /* .. the vCPU's words */
#define CT_OWNER   128 /* .. its new owner */
#define CT_TICKET  132 /* .. and the ticket for CT_NEXT */
#define CT_PKRU	   136 /* the guest's, after STUB_CALL */
#define CT_FACTS   144 /* where it finds answers: arch/um/facts.h */

/* CT_IN_KERNEL, or 0. */
#define KERNEL_RUNS 1 /* the thread runs the kernel */
/* .. idles its vCPU, gives it away: CT_MOVED_SP is its stack, at the call. */
#define KERNEL_IDLES  2
#define KERNEL_LEAVES 3

#define TURN_DEAD   0 /* the host kernel writes it when the thread exits */
#define TURN_GUEST  1
#define TURN_VIV    2
#define TURN_AGENT  3 /* the agent hands over when its batch is done */
#define TURN_FAILED 4 /* .. and this is how it says that it could not */

/* FUTEX_{WAIT,WAKE}_BITSET; who sleeps on a word that two sides share. */
#define FUTEX_OP_WAIT	9
#define FUTEX_OP_WAKE	10
#define FUTEX_FOR_GUEST 1
#define FUTEX_FOR_VIV	2

#define CMD_SET_FS 1
#define CMD_SET_GS 2
#define CMD_EXIT   4

/* struct agent_req: at STUB_REQ. */
#define RQ_SEQ	       0
#define RQ_VSLEEPS     4
#define RQ_SPIN	       8
#define RQ_NOPS	       12
#define RQ_WAKE_ADDR   16 /* turn word of the thread to run next, or 0 */
#define RQ_FSGSBASE    24 /* constant: the host lets programs use rdfsbase */
#define RQ_FILTER      28 /* constant: guest threads get the guest filter */
#define RQ_DIRECT      32 /* constant: guest threads run the kernel */
#define RQ_KEEP	       40 /* constant: start and end of what is not the guest's */
#define RQ_XSTATE      56 /* constant: components of the FP state */
#define RQ_ENTRY       72 /* stub_call_first or stub_call_gs */
#define RQ_DONE	       64 /* written by the agent: 0, or 1 + errno */
#define RQ_TID	       68
#define RQ_OPS	       128
#define OP_LEN	       64 /* number, six arguments, flags */
#define OP_FLAGS       56
#define OP_BEST_EFFORT 1
#define AGENT_OPS_MAX  ((CTL_REQ_LEN - RQ_OPS) / OP_LEN)

/* Descriptors of the agent; guest threads have none. */
#define AGENT_PHYS_FD 0
#define AGENT_CTL_FD  1

/* STUB_CONST: 256 words n, then the two programs. */
#define CONST_BYTES	    0x0
#define CONST_AGENT_FPROG   0x400
#define CONST_GUEST_FPROG   0x410
#define CONST_AGENT_FILTER  0x800
#define CONST_GUEST_FILTER  0x1800
#define CONST_EMPTY_SIGSET  0x420
#define CONST_FP_SIZE	    0x430
#define CONST_FP_FEATURES   0x438
#define CONST_CLOCK	    0x440
#define CONST_KERNEL_SIGSET 0x448
#define CONST_PKEY	    0x450 /* its bits in PKRU; 0: there is no key */
#define CONST_PKRU_AT	    0x454 /* where an xsave image has PKRU */
#define CONST_NO_FACTS	    0x480 /* a struct facts that answers nothing */
#define CONST_FACT_AT	    0x500 /* by call: the offset of its answer there */

#endif /* TRACER_STUB_LAYOUT_H */
