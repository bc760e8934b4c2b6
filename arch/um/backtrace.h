/* SPDX-License-Identifier: MIT */
/*
 * arch/um/backtrace.h - HC_BACKTRACE's argument: a guest thread and what its
 * address space looks like, for the machine's unwinder.
 *
 * Memory is read from guest RAM where a segment says that it is there, else
 * from the file that @path names below the root directory, if it is the one
 * that is mapped.  Nothing here need be complete: frames that cannot be found
 * are not printed.
 */
#ifndef ARCH_UM_BACKTRACE_H
#define ARCH_UM_BACKTRACE_H

#include "arch/um/x86_64/regs.h"

#include <stdint.h>

/* A mapping of a file. */
struct backtrace_map {
	uint64_t start, end; /* guest addresses */
	uint64_t offset;     /* in the file */
	const char *path;    /* as in /proc/PID/maps */
};

/* Pages that are in guest RAM. */
struct backtrace_seg {
	uint64_t addr, len;
	uint64_t phys; /* offset in guest RAM */
};

struct backtrace_req {
	struct um_regs regs;
	const struct backtrace_map *maps; /* by address */
	const struct backtrace_seg *segs; /* by address */
	uint32_t nmaps, nsegs;
	uint32_t log_level;
	uint32_t pad;
};

#define BACKTRACE_MAPS_MAX 4096
#define BACKTRACE_SEGS_MAX 65536

#endif /* ARCH_UM_BACKTRACE_H */
