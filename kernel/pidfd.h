/* SPDX-License-Identifier: MIT */
/* kernel/pidfd.h - descriptors for processes: pidfd_open(2). */
#ifndef KERNEL_PIDFD_H
#define KERNEL_PIDFD_H

#include "include/annotate.h"
#include "include/types.h"

struct file;
struct pid;
struct task;

/* pidfd_new - a file for @pid; @flags LX_PIDFD_NONBLOCK. */
MUST_CHECK int pidfd_new(struct pid *pid, uint32_t flags, struct file **out);

/* pidfd_install - make one in @t's table and write its number to @at. */
MUST_CHECK int pidfd_install(struct task *t, struct pid *pid, uaddr_t at);

/* pidfd_pid - the pid behind @f (not counted), or NULL if it is no pidfd. */
struct pid *pidfd_pid(const struct file *f);

#endif /* KERNEL_PIDFD_H */
