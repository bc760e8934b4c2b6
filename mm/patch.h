/* SPDX-License-Identifier: MIT */
/*
 * mm/patch.h - system calls of guest programs that became jumps
 * (docs/decisions/0003-patched-calls.md).  What the bytes at a site mean is
 * the caller's business; here are the pages, the trampolines and who may see
 * what.
 */
#ifndef MM_PATCH_H
#define MM_PATCH_H

#include "include/annotate.h"
#include "include/types.h"

struct mm;

#define PATCH_LEN  5  /* bytes rewritten: a jmp rel32 */
#define PATCH_INSN 15 /* the longest instruction */

enum patch_form {
	PATCH_BEFORE, /* the mov before the syscall instruction */
	PATCH_AFTER,  /* the syscall instruction and what follows it */
};

struct patch_plan {
	uint64_t at;  /* the first byte rewritten */
	uint64_t ret; /* where the call returns to */
	enum patch_form form;
	/* The instruction that the trampoline runs: the mov, or the one after
	 * the call. */
	uint8_t len, insn[PATCH_INSN];
};

/* patch_init - @entry: where trampolines jump to; 0: nothing is patched. */
void patch_init(uint64_t entry);

/* patch_wants - a call trapped that returns to @rip: is it time to patch it?
 */
bool patch_wants(struct mm *mm, uint64_t rip);

/* shelf_wants - the same by the file it is in, whoever runs it. */
bool shelf_wants(struct mm *mm, uint64_t rip);

/* shelf_add - it becomes a jump for those who map the file from now on; best
 * effort. */
void shelf_add(struct mm *mm, const struct patch_plan *plan);

/* patch_apply - make it a jump.  Sleeps.  Returns: 0; -errno: the site stays as
 * it was. */
MUST_CHECK int patch_apply(struct mm *mm, const struct patch_plan *plan);

/* patch_ban - undo all patches of @mm, and make no more.  Threads in guest code
 * may take one a last time. */
void patch_ban(struct mm *mm);

/* patch_native - does @rip lie in a trampoline?  Then *@native is the
 * instruction of the program it stands for; *@is_start: nothing was done yet.
 */
bool patch_native(const struct mm *mm, uint64_t rip, uint64_t *native,
		  bool *is_start);

/* patch_inside - @rip is no instruction: but was there one, that a jump lies
 * over?  *@go_on is where it is now.  Sleeps. */
bool patch_inside(struct mm *mm, uint64_t rip, uint64_t *go_on);

/* patch_cont - a thread is about to go on at @rip: if the instruction there was
 * moved, where it is; else 0. */
uint64_t patch_cont(const struct mm *mm, uint64_t rip);

#endif /* MM_PATCH_H */
