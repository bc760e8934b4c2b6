/* SPDX-License-Identifier: MIT */
/* tracer/stub/filter.h - the seccomp programs of guest processes. */
#ifndef TRACER_STUB_FILTER_H
#define TRACER_STUB_FILTER_H

#include <linux/filter.h>
#include <stdbool.h>

#define FILTER_MAX 128

struct filter {
	unsigned len;
	struct sock_filter insn[FILTER_MAX];
};

/*
 * filter_agent - what the agent may do, and what guest threads inherit:
 * mapping guest RAM, making threads, and what stub code needs; from stub code
 * only.  @is_ptraced: also getpid, which ptrace-nullify puts in.  @is_direct:
 * also what filter_direct() allows.
 */
void filter_agent(struct filter *f, bool is_ptraced, bool is_direct);

/* filter_direct - guest threads that run the kernel: mapping guest RAM,
 * futexes, clocks, entropy, and what stub code needs; from the stub's pages
 * only. */
void filter_direct(struct filter *f);

/* filter_guest - guest threads: TRAP, but for the stub's own instructions. */
void filter_guest(struct filter *f);

#endif /* TRACER_STUB_FILTER_H */
