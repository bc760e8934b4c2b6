/* SPDX-License-Identifier: MIT */
/*
 * tests/takeover/seize.h - a guest program that takes over the kernel in its
 * process: host system calls and hypercalls of its own.  `direct` only.
 */
#ifndef TESTS_TAKEOVER_SEIZE_H
#define TESTS_TAKEOVER_SEIZE_H

#include "arch/um/hypercall.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define DIE(...)                                                               \
	do {                                                                   \
		printf(__VA_ARGS__);                                           \
		puts("");                                                      \
		exit(2);                                                       \
	} while (0)

/* open_key - the kernel's memory may be touched, whatever key it has. */
void open_key(void);

/* seize - from now on the following work. */
void seize(void);

/* host_syscall - from the stub's pages, where the host's filter allows most.
 * What it forbids becomes a system call of the guest's. */
int64_t host_syscall(int64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
		     uint64_t e, uint64_t f);

/* forge - the hypercall @nr; its memory is what arena_scratch() gives. */
int64_t forge(uint64_t nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
	      uint64_t e, uint64_t f);
char *arena_scratch(void); /* a few pages */

#define FORGE(nr, ...) FORGE_(nr, ##__VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define FORGE_(nr, a, b, c, d, e, f, ...)                                      \
	forge(HC_##nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c),            \
	      (uint64_t)(d), (uint64_t)(e), (uint64_t)(f))

#endif /* TESTS_TAKEOVER_SEIZE_H */
