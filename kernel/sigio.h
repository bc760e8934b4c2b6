/* SPDX-License-Identifier: MIT */
/* kernel/sigio.h - signal-driven I/O: what F_SETOWN and O_ASYNC of fcntl(2)
 * come to. */
#ifndef KERNEL_SIGIO_H
#define KERNEL_SIGIO_H

#include "include/annotate.h"
#include "include/types.h"

struct file;
struct task;

/* sigio_set_owner - signals about @f go to thread, process or (negative)
 * process group @owner, if @t may signal it then.  -ESRCH: there is none. */
MUST_CHECK int sigio_set_owner(struct task *t, struct file *f, int32_t owner,
			       bool is_thread);

/* sigio_listen - O_ASYNC was set or cleared by descriptor @fd of @f.
 * -ENOMEM. */
MUST_CHECK int sigio_listen(struct file *f, int fd, bool on);

#endif /* KERNEL_SIGIO_H */
