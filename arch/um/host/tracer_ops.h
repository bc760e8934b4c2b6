/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/tracer_ops.h - what the machine needs of a tracer: run guest
 * code in address spaces of its own and say why it stopped.
 *
 * Lower than tracer/, which fills these; see tracer/tracer.h for the back
 * ends.  All calls return -errno on failure.  The machine guarantees that
 * an object is freed once, after the last call on it returned (kick excepted,
 * which may race with anything but the object's own free).
 */
#ifndef ARCH_UM_HOST_TRACER_OPS_H
#define ARCH_UM_HOST_TRACER_OPS_H

#include "arch/um/trap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aspace;
struct gthread;
struct hyper_args;

/* A part of the kernel's image, for mprotect(2). */
struct tracer_segment {
	uint64_t start, end;
	int prot;
};

/* What a tracer gets from the machine. */
struct tracer_env {
	int phys_fd;   /* guest RAM */
	int arena_fd;  /* -1: not to be used */
	int initrd_fd; /* what is at INITRD_BASE, or -1 */
	uint64_t initrd_len;
	const struct tracer_segment *segs; /* of the image, in the arena */
	unsigned nsegs;
	uint64_t phys_size;  /* its length */
	unsigned ncpus;	     /* vCPUs that will call thread_run() */
	unsigned host_cpus;  /* host CPUs this process may use */
	unsigned host_files; /* that guest files may take; 0: no bound */
	bool has_fsgsbase;
	bool no_patch; /* no system call is to be made by a jump */
	/* a line for the log, at an enum log_level; any thread */
	void (*log)(int level, const char *text);
	/* wake_spare - @run->spare, if there is one. */
	void (*wake_spare)(struct thread_run *run);

	/* For a tracer that runs the kernel in guest processes. */
	/* Carry out a hypercall, on a vCPU's thread; @frame: where the caller's
	 * rbp and return address are, in the arena. */
	int64_t (*call)(const struct hyper_args *h, uint64_t frame);
	/* Do something that has waited for a vCPU's thread without work of its
	 * own since @by_ns or before; a few microseconds of it.  Returns: false
	 * if there is nothing. */
	bool (*work)(int64_t by_ns);
	/* A process died while it ran the kernel: the guest's end.  On a
	 * vCPU's thread it does not return. */
	void (*lost)(const char *text);
};

struct tracer_ops {
	const char *name;
	bool is_pinned; /* an aspace's threads run on one vCPU only */
	bool in_guest;	/* the kernel runs in guest processes only */

	/* stop - end every guest process; nothing is called afterwards. */
	void (*stop)(void);

	int (*as_new)(struct aspace **out);
	void (*as_free)(struct aspace *as);
	int (*as_sync)(struct aspace *as, const struct as_op *ops, size_t n);
	int (*as_pin)(struct aspace *as); /* vCPU, or -1: any */
	/* thread_rest - the guest's side need not look for its next turn: its
	 * vCPU goes on with another.  May be NULL. */
	void (*thread_rest)(struct gthread *t);
	/* as_wipe - its only thread @t, which waits, is as new, and nothing is
	 * mapped any more, unless it @keeps that.  in_guest only. */
	int (*as_wipe)(struct aspace *as, struct gthread *t, bool keeps);

	int (*thread_new)(struct aspace *as, const struct um_regs *regs,
			  struct gthread **out);
	/* in_guest only.  thread_named - the numbers the kernel has for it and
	 * its address space; and *@carrier it is to know. */
	int (*thread_named)(struct gthread *t, uint64_t id, uint64_t as_id,
			    uint32_t *carrier);
	/* thread_facts - which entry (arch/um/facts.h) it answers calls from,
	 * or 0: none. */
	uint32_t (*thread_facts)(const struct gthread *t);
	void (*thread_free)(struct gthread *t);
	/* thread_run - on vCPU @cpu's host thread; fills run->stop and regs.
	 * Returns 0, or -errno if the ops could not be applied (then the
	 * guest did not run). */
	int (*thread_run)(struct gthread *t, struct thread_run *run, int cpu);
	void (*thread_kick)(struct gthread *t);
	/* kick_owner - kick the carrier @owner (vcpu_words); false: it has left
	 * guest code.  in_guest only. */
	bool (*kick_owner)(uint32_t owner);
	/* cpu_serve - on vCPU @cpu's thread: have the image start at @entry, on
	 * the kernel stack that ends at @top, and carry out its hypercalls.
	 * Does not return.  in_guest only. */
	void (*cpu_serve)(int cpu, uint64_t entry, uint64_t top);

	/* The xsave image as in a signal frame, software bytes included. */
	size_t (*xstate_size)(void);
	int (*get_fp)(struct gthread *t, void *buf, size_t size);
	int (*set_fp)(struct gthread *t, const void *buf, size_t len);

	/* Address, in guest processes, of what reads a clock of the host
	 * without a trap, as in arch/um/vdso/data.h; 0: none. */
	uint64_t (*clock_entry)(void);

	/* .. of what a patched system call jumps to; 0, or no such function:
	 * there are none.  docs/decisions/0003-patched-calls.md. */
	uint64_t (*call_entry)(void);
};

#endif /* ARCH_UM_HOST_TRACER_OPS_H */
