/* SPDX-License-Identifier: MIT */
/* syscalls/lock.h - fcntl(2)'s part about record locks; lock.c. */
#ifndef SYSCALLS_LOCK_H
#define SYSCALLS_LOCK_H

#include "include/annotate.h"
#include "include/types.h"

struct file;
struct task;

/* fcntl_lock - F_GETLK, F_SETLK(W) and their F_OFD_ forms on @f, which is
 * descriptor @fd.  Sleeps: the W forms. */
MUST_CHECK sysret_t fcntl_lock(struct task *t, struct file *f, int fd, int cmd,
			       uaddr_t arg);

#endif /* SYSCALLS_LOCK_H */
