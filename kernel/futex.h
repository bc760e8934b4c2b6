/* SPDX-License-Identifier: MIT */
/* kernel/futex.h - futex(2) without its argument decoding. */
#ifndef KERNEL_FUTEX_H
#define KERNEL_FUTEX_H

#include "include/annotate.h"
#include "include/types.h"

struct task;

/* futex_wait - sleep while *@at == @val, until woken by a bit of @bitset.
 * @deadline_ns: monotonic. Returns: 0, -EAGAIN, -ETIMEDOUT, -ERESTARTSYS,
 * -EFAULT. */
MUST_CHECK int futex_wait(struct task *t, uaddr_t at, bool shared, uint32_t val,
			  uint64_t deadline_ns, uint32_t bitset);

/* futex_wake - wake up to @n waiters. Returns: how many, or -errno. */
MUST_CHECK int futex_wake(struct task *t, uaddr_t at, bool shared, int n,
			  uint32_t bitset);

/* futex_requeue - wake @n, move @m more to @at2; with @cmp only if *@at is
 * *cmp. Returns: woken + moved (woken alone without cmp), or -errno. */
MUST_CHECK int futex_requeue(struct task *t, uaddr_t at, bool shared, int n,
			     int m, uaddr_t at2, const uint32_t *cmp);

/* futex_wake_op - FUTEX_WAKE_OP. */
MUST_CHECK int futex_wake_op(struct task *t, uaddr_t at, bool shared, int n,
			     uaddr_t at2, int n2, uint32_t op);

void futex_init(void);

#endif /* KERNEL_FUTEX_H */
