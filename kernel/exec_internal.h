/* SPDX-License-Identifier: MIT */
/* kernel/exec_internal.h - what exec.c, exec_stack.c and exec_ids.c share. */
#ifndef KERNEL_EXEC_INTERNAL_H
#define KERNEL_EXEC_INTERNAL_H

#include "base/cred.h"
#include "include/annotate.h"
#include "include/types.h"

struct elf;
struct elf_image;
struct exec_strings;
struct file;
struct mm;
struct task;

/* Ids the new program will have; capabilities(7), "Transformation". */
struct exec_ids {
	uint32_t uid, gid; /* real: for the auxiliary vector */
	uint32_t euid, egid;
	uint64_t permitted, effective, ambient;
	bool is_secure; /* AT_SECURE */
};

void exec_ids_of(struct task *t, struct file *f, struct exec_ids *out);
void exec_ids_apply(struct task *t, const struct exec_ids *ids);

struct exec_stack {
	uint64_t top; /* in: highest address */
	uint32_t prot;
	const char *name;
	struct exec_strings *args;
	const struct exec_ids *ids;
	const struct elf *elf;
	const struct elf_image *image;
	uint64_t interp_base;
	uint64_t vdso; /* 0: none */
	uint64_t sp;   /* out */
};

/* exec_stack_build - map the stack, write strings, vectors and auxv. */
MUST_CHECK int exec_stack_build(struct mm *mm, struct exec_stack *st);

/* exec_strings_append - raw strings of @n bytes. */
MUST_CHECK int exec_strings_append(struct exec_strings *s, const char *buf,
				   uint64_t n);

/* file_read_some - up to @n bytes at @pos.  Returns: count or -errno. */
MUST_CHECK int64_t file_read_some(struct file *f, void *buf, uint64_t n,
				  uint64_t pos);

/* task_take_identity - @t becomes the leader in @leader's place, which is a
 * zombie and goes. */
void task_take_identity(struct task *t, struct task *leader);

/* exec_init - machine facts for new programs. */
struct boot_params;
void exec_init(const struct boot_params *bp);

#endif /* KERNEL_EXEC_INTERNAL_H */
