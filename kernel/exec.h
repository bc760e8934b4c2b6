/* SPDX-License-Identifier: MIT */
/* kernel/exec.h - execve(2): a new program in an old process. */
#ifndef KERNEL_EXEC_H
#define KERNEL_EXEC_H

#include "include/annotate.h"
#include "include/types.h"

struct file;
struct mm;
struct task;

/* Argument and environment strings, gathered in kernel memory. */
struct exec_strings {
	char *buf; /* strings, each with its NUL */
	uint64_t len, size;
	uint32_t argc, envc;
};

/* exec_strings_add - append one; exec_strings_user - a guest array of
 * pointers (NULL-terminated; a NULL array is empty) counted in *@count.
 * -E2BIG, -EFAULT, -ENOMEM. */
MUST_CHECK int exec_strings_add(struct exec_strings *s, const char *str);
MUST_CHECK int exec_strings_user(struct exec_strings *s, struct mm *mm,
				 uaddr_t array, uint32_t *count,
				 uint64_t limit);
void exec_strings_fini(struct exec_strings *s);

/*
 * task_exec - replace @t's program by @file (consumed in any case).
 * @name: the path as given, for AT_EXECFN and scripts; @dirfd_script: the
 * name is /dev/fd/N/...: a script could not be opened again (-ENOENT).
 * Returns: 0 when the new program is in place (registers set), -errno with
 * the old one untouched.  Past the point of no return failures kill @t.
 */
MUST_CHECK int task_exec(struct task *t, struct file *file, const char *name,
			 struct exec_strings *args, bool is_inaccessible);

/* exec_open - open @name for execution as @t sees it (permissions, noexec). */
MUST_CHECK int exec_open(struct task *t, const char *name, struct file **out);

#endif /* KERNEL_EXEC_H */
