/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/mm/fake_host.h - guest RAM (a real memfd at its real address) and
 * host address spaces that are only recorded, and checked as strictly as the
 * real ones would.
 */
#ifndef TESTS_UNIT_MM_FAKE_HOST_H
#define TESTS_UNIT_MM_FAKE_HOST_H

#include <stdbool.h>
#include <stdint.h>

struct mm;

/* One host mapping, merged with neighbours as the host merges. */
struct host_vma {
	uint64_t start, end, phys;
	uint32_t prot;
	bool is_large;
};

struct host_as {
	bool is_used;
	struct host_vma *v;
	uint32_t n, room;
};

/* host_start - give a test guest RAM, a limit on it, and the kernel lock. */
void host_start(uint64_t memory_bytes);

struct host_as *host_as(int id);
const struct host_vma *host_find(int id, uint64_t va);

/* host_fails - the next @n batches are refused with -ENOMEM, half done. */
extern int host_fails;
/* host_room - what it has to spare, in bytes. */
extern uint64_t host_room;
extern uint64_t host_ops; /* as_ops seen so far */
extern uint64_t host_syncs, host_punches;
extern uint64_t host_blocks; /* how often a large page was asked for */

/* host_wiping - called while a process is emptied, without the kernel lock. */
extern void (*host_wiping)(void);
/* host_as_error - the host makes no process any more, and says why. */
extern int host_as_error;

/* What the guest's own loads and stores come to: 0, or the signal. */
int guest_read(struct mm *mm, uint64_t va, uint8_t *out);
int guest_write(struct mm *mm, uint64_t va, uint8_t byte);
extern uint64_t guest_faults;

/* run_ops - as if a thread of @mm ran: pending ops reach the host. */
void run_ops(struct mm *mm);

/* check_mm - the host maps exactly what the page table says, for any access. */
void check_mm(struct mm *mm);
/* check_ram - no more RAM is there than what is charged. */
void check_ram(void);

/* seed_or - SEED in the environment tries another sequence. */
unsigned seed_or(unsigned usual);

#endif /* TESTS_UNIT_MM_FAKE_HOST_H */
