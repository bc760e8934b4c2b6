/* SPDX-License-Identifier: MIT */
/*
 * arch/um/facts.h - what a guest thread may be told without a trap: answers of
 * system calls that have no arguments and change nothing.
 *
 * The kernel keeps them in the arena, an entry for each host thread; a guest
 * process has its own page of entries mapped read-only (STUB_FACTS), and the
 * stub answers calls by a jump from there (docs/decisions/0007-facts.md).
 * Nobody reads them back.
 */
#ifndef ARCH_UM_FACTS_H
#define ARCH_UM_FACTS_H

#include "arch/um/layout.h"

#include <stdint.h>

/* FACT(number of the system call, member) */
#define FACTS                                                                  \
	FACT(39, pid)                                                          \
	FACT(186, tid)                                                         \
	FACT(110, ppid)                                                        \
	FACT(111, pgrp)                                                        \
	FACT(102, uid)                                                         \
	FACT(107, euid)                                                        \
	FACT(104, gid)                                                         \
	FACT(108, egid)

#define FACT_NR_MAX 255

/* Each is the answer and one; 0: ask the kernel. */
struct facts {
	uint32_t none; /* always 0: that of all other numbers */
#define FACT(nr, name) uint32_t name;
	FACTS
#undef FACT
	uint32_t pad[7];
};

#define FACTS_PAGE 4096
#define FACTS_EACH (FACTS_PAGE / sizeof(struct facts)) /* in a page */
#define FACTS_MAX  (FACTS_SIZE / FACTS_PAGE)	       /* pages */

/* facts_at - the entry @i; 0 is nobody's. */
static inline struct facts *
facts_at(uint32_t i)
{
	return (struct facts *)FACTS_BASE + i;
}

#endif /* ARCH_UM_FACTS_H */
