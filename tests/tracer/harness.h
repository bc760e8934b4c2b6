/* SPDX-License-Identifier: MIT */
/*
 * tests/tracer/harness.h - a tracer without a kernel: address spaces whose
 * guest RAM holds machine code of ours.
 */
#ifndef TESTS_TRACER_HARNESS_H
#define TESTS_TRACER_HARNESS_H

#include "tracer/tracer.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CODE 0x400000ull /* guest code, r-x */
#define DATA 0x500000ull /* guest data, rw- */
#define PAGE 4096ull

extern const struct tracer_ops *tr;
extern char *phys; /* our mapping of guest RAM */

void check_fail(const char *file, int line, const char *what, long got);

#define CHECK(cond)                                                            \
	do {                                                                   \
		if (!(cond))                                                   \
			check_fail(__FILE__, __LINE__, #cond, 0);              \
	} while (0)

#define IS(want, got)                                                          \
	do {                                                                   \
		long got_ = (long)(got);                                       \
		if (got_ != (long)(want))                                      \
			check_fail(__FILE__, __LINE__, #got " == " #want,      \
				   got_);                                      \
	} while (0)

/* A guest process with CODE and DATA mapped: pages [page, page + 16) of
 * physmem; code in the first 8, data in the others. */
struct guest {
	struct aspace *as;
	uint64_t page;
};

void guest_make(struct guest *g, const void *code, size_t len);
void guest_free(struct guest *g);
char *guest_data(struct guest *g);

/* A thread at offset @off of the code. */
struct gthread *guest_thread(struct guest *g, uint64_t off, uint64_t rsp);

void map(struct aspace *as, uint64_t addr, uint64_t len, uint64_t phys_off,
	 int prot);

/* Run with run->regs as they are. */
void run_set(struct gthread *t, struct thread_run *run, uint32_t flags);

/* Code between two labels of code.S. */
#define CODE_OF(name)                                                          \
	extern const char code_##name[], code_##name##_end[];                  \
	const size_t name##_len = (size_t)(code_##name##_end - code_##name)

#endif /* TESTS_TRACER_HARNESS_H */
