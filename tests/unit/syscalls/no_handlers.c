/* SPDX-License-Identifier: MIT */
/* tests/unit/syscalls/no_handlers.c - the table without a kernel: what it
 * points to is never called here. */
#include "include/errno.h"
#include "syscalls/sysdef.h"

#define UNUSED(i, kind, name) , sysarg_##kind name __attribute__((unused))
#define SYSCALL(nr, name, args, ret, class, inject, support, note)             \
	sysret_t sys_##name(struct task *t SYS_EACH(UNUSED, args))             \
	{                                                                      \
		(void)t;                                                       \
		return -ENOSYS;                                                \
	}
#include "syscalls/syscalls.def"
#undef SYSCALL
