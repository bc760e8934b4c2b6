/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/unwind.h - libunwind over memory that is not our own program's:
 * a guest's, or the kernel image's.
 */
#ifndef ARCH_UM_HOST_UNWIND_H
#define ARCH_UM_HOST_UNWIND_H

#include "arch/um/x86_64/regs.h"

#include <stdbool.h>
#include <stdint.h>

/* Code with unwind tables, as far as it is known. */
struct unwind_module {
	uint64_t start, end;   /* addresses of its text */
	uint64_t eh_frame_hdr; /* address; 0: none */
};

struct unwind_source {
	struct um_regs regs;
	/* Read 8 bytes at @addr, which need not be aligned. */
	bool (*read)(struct unwind_source *s, uint64_t addr, uint64_t *out);
	/* The module @ip lies in; false: none. */
	bool (*module)(struct unwind_source *s, uint64_t ip,
		       struct unwind_module *out);
	/* A frame: @ip is where the next instruction is, for the first frame,
	 * else inside the calling one.  Returns false to stop. */
	bool (*frame)(struct unwind_source *s, unsigned depth, uint64_t ip);
};

/* unwind - report each frame, innermost first. */
void unwind(struct unwind_source *s);

/* unwind_read_bytes - @n bytes by s->read(). */
bool unwind_read_bytes(struct unwind_source *s, uint64_t addr, void *buf,
		       uint64_t n);

#endif /* ARCH_UM_HOST_UNWIND_H */
