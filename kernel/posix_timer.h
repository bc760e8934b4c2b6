/* SPDX-License-Identifier: MIT */
/* kernel/posix_timer.h - timer_create(2) and kin. */
#ifndef KERNEL_POSIX_TIMER_H
#define KERNEL_POSIX_TIMER_H

#include "include/abi/signal.h"
#include "include/annotate.h"
#include "include/types.h"
#include "kernel/itimer.h"

struct task;

/* posix_timer_create - @ev NULL: SIGALRM with the id as value.
 * Returns: the id, -EINVAL, -EAGAIN, -ENOMEM. */
MUST_CHECK int posix_timer_create(struct task *t, int clock,
				  const struct lx_sigevent *ev);

/* posix_timer_set - @v.value absolute on its clock if @absolute. -EINVAL: no
 * such timer. */
MUST_CHECK int posix_timer_set(struct task *t, int id, bool absolute,
			       const struct itimer_value *v,
			       struct itimer_value *old);
MUST_CHECK int posix_timer_get(struct task *t, int id,
			       struct itimer_value *out);
MUST_CHECK int posix_timer_overrun(struct task *t, int id);
MUST_CHECK int posix_timer_delete(struct task *t, int id);

/* timer_clock_wakes - is @clock one of CLOCK_*_ALARM, for CAP_WAKE_ALARM? */
bool timer_clock_wakes(int clock);

#endif /* KERNEL_POSIX_TIMER_H */
