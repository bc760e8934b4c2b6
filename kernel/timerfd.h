/* SPDX-License-Identifier: MIT */
/* kernel/timerfd.h - timerfd_create(2), signalfd(2): files whose substance is
 * a task's. */
#ifndef KERNEL_TIMERFD_H
#define KERNEL_TIMERFD_H

#include "include/annotate.h"
#include "include/types.h"
#include "kernel/itimer.h"

struct file;

/* timerfd_new - @flags: LX_O_NONBLOCK or 0. */
MUST_CHECK int timerfd_new(int clock, uint32_t flags, struct file **out);

/* timerfd_set, timerfd_get - -EINVAL if @f is no timerfd. */
MUST_CHECK int timerfd_set(struct file *f, bool absolute,
			   const struct itimer_value *v,
			   struct itimer_value *old);
MUST_CHECK int timerfd_get(struct file *f, struct itimer_value *out);

/* signalfd_new - delivers what its reader could take of @mask.
 * signalfd_set - change the mask; -EINVAL if @f is no signalfd. */
MUST_CHECK int signalfd_new(uint64_t mask, uint32_t flags, struct file **out);
MUST_CHECK int signalfd_set(struct file *f, uint64_t mask);

#endif /* KERNEL_TIMERFD_H */
