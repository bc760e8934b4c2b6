/* SPDX-License-Identifier: MIT */
/*
 * tracer/stub/stub.h - the stub as C sees it: the memory it shares with viv,
 * and how a guest process is made from it.
 */
#ifndef TRACER_STUB_STUB_H
#define TRACER_STUB_STUB_H

#include "tracer/stub/layout.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* The signal that ends a guest thread's run: THREAD_KICK. */
#define KICK_SIGNAL SIGURG

#define I386_GETPID 20 /* getpid(2) by int 0x80 */

/* From where a stopped thread goes on; tracer/stub/frame.h. */
struct frame {
	uint64_t addr;			 /* of the area in the guest process */
	uint32_t uc_off, fp_off, fp_len; /* in the area; fp_len 0: initial */
	bool has_stepped;  /* the trap flag is ours, not the guest's */
	bool has_fsgsbase; /* the thread may have changed its bases itself */
	uint64_t fs_base, gs_base;

	/* Calls by jump. */
	uint64_t own_gs; /* %gs while the guest's base is 0; 0: no such calls
			  */
	bool is_call;	 /* it stopped by stub_call: goes on by stub_go */
	bool is_fp_new;	 /* .. and not with the FP state it has */
	bool is_fp_live; /* .. which is in its registers, not in the frame */
	bool needs_gs;	 /* it is not the process's first and only thread */
	bool lost_gs;	 /* that is news, or guest code loaded %gs */
	uint64_t rip;	 /* return address of that call */
	uint64_t eflags; /* .. what it came with */
	uint64_t cont;	 /* .. and where guest code goes on instead */
};

/* What is blocked while the kernel runs in a guest process: all but what it
 * may do itself. */
#define KERNEL_SIGSET                                                          \
	(~(1ull << (SIGSEGV - 1) | 1ull << (SIGBUS - 1) |                      \
	   1ull << (SIGILL - 1) | 1ull << (SIGFPE - 1) |                       \
	   1ull << (SIGTRAP - 1) | 1ull << (SIGSYS - 1)))

#define NO_ID (1ull << 32) /* greater than the machine's numbers */

/* The guest may write all of this at any time: read once, then check. */
struct stub_ctl {
	uint32_t turn; /* TURN_*; both sides' futex */
	uint32_t guest_sleeps;
	uint32_t spin; /* how often to look before sleeping */
	uint32_t cmd;  /* CMD_*, to do before going on */
	uint64_t fs_base, gs_base;
	uint64_t self;
	uint32_t kick;
	uint32_t pad0[5];
	uint32_t viv_sleeps;
	uint32_t sig;
	uint64_t uc; /* address of the signal frame's ucontext */
	uint64_t fs_out, gs_out;
	uint64_t cont;
	uint64_t carrier, next, words;
	uint32_t owner, ticket;
	uint32_t pkru, pad1;
	uint64_t facts;
	uint32_t pad3[26];
	uint32_t in_kernel, by_call;
	uint64_t ksp, moved_sp;
	uint64_t run;	    /* struct thread_run * */
	uint64_t id, as_id; /* the machine's numbers */
	struct frame frame;
	uint64_t pad2[16];
};

struct agent_op {
	uint64_t nr, arg[6], flags;
};

/* The process can only read this. */
struct agent_req {
	uint32_t seq;
	uint32_t viv_sleeps;
	uint32_t spin;
	uint32_t nops;
	uint64_t wake_addr;
	uint32_t fsgsbase;
	uint32_t filter;
	uint32_t direct;
	uint32_t pad0;
	uint64_t keep[2];
	uint64_t xstate;
	uint32_t done;
	uint32_t tid;
	uint64_t entry;
	uint32_t pad2[12];
	struct agent_op ops[AGENT_OPS_MAX];
};

/* Signal frame, as the host kernel lays it out (sigreturn(2)). */
struct stub_uc {
	uint64_t flags, link;
	uint64_t ss_sp;
	uint32_t ss_flags, pad;
	uint64_t ss_size;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
	uint16_t cs, gs, fs, ss;
	uint64_t err, trapno, oldmask, cr2;
	uint64_t fpstate;
	uint64_t reserved[8];
	uint64_t sigmask;
};

struct stub_siginfo {
	int32_t signo, err, code, pad;
	union {
		uint64_t addr; /* faults */
		struct {
			uint64_t call_addr;
			int32_t nr;
			uint32_t arch;
		} sys; /* SIGSYS */
	};
	uint64_t rest[12];
};

struct stub_frame {
	struct stub_uc uc;
	struct stub_siginfo info;
};

/* Direct: the protection key that closes the kernel's memory to guest code, in
 * all guest processes; 0: there is none. */
extern int stub_pkey;

/* The sealed memfd with code and constants; made once. */
extern int stub_image_fd;

/* stub_image_make - make it, for @b's guest processes.  Returns 0 or -errno. */
struct backend;
int stub_image_make(const struct backend *b);

/* tracer/direct/guest, linked for STUB_DIRECT. */
extern const char direct_blob[], direct_blob_end[];

/* What a new guest process needs; see tracer/spawn.c. */
struct spawn {
	int phys_fd;
	int ctl_fd;
	int arena_fd;	     /* -1: the kernel does not run here */
	uint32_t facts_page; /* of arch/um/facts.h, to be read; 0: none */
	bool has_handlers;   /* take traps by signal */
	pid_t viv;
};

/*
 * stub_spawn - make a guest process: only the agent in it, nothing mapped but
 * the stub.  The caller's thread must live as long as viv: the process dies
 * with it.  The agent's first `done` says that it is ready.
 * Returns: its pid, or -errno.
 */
pid_t stub_spawn(const struct spawn *s);

extern const char stub_begin[], stub_end[], stub_handler[], stub_restorer[];
extern const char stub_child[], stub_exit[], stub_ip_wake[], stub_ip_wait[],
	stub_ip_tls[];
extern const char stub_call[], stub_call_first[], stub_call_gs[];
extern const char stub_ip_sigreturn[], stub_ip_exit[], stub_ip_init[];
extern const char agent_start[];

#define STUB_ADDR(label) (STUB_CODE + (uint64_t)((label)-stub_begin))

#endif /* TRACER_STUB_STUB_H */
