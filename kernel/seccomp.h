/* SPDX-License-Identifier: MIT */
/*
 * kernel/seccomp.h - which system calls a thread may make; seccomp(2).
 *
 * A filter, once installed, never changes; it points to the one that was there
 * before, and threads and children share the chain.
 */
#ifndef KERNEL_SECCOMP_H
#define KERNEL_SECCOMP_H

#include "include/annotate.h"
#include "include/types.h"

struct lx_sock_filter;
struct task;

/* seccomp_allows - @t is about to make the call in its registers: false if
 * not, with the result in them or @t on its way to its end.  Sleeps: where its
 * tracer is asked. */
bool seccomp_allows(struct task *t);

/* seccomp_inherit - @c, new, is bound by what binds @t. */
void seccomp_inherit(struct task *c, const struct task *t);
/* seccomp_drop - @t is gone. */
void seccomp_drop(struct task *t);

/* seccomp_count - filters in its chain. */
uint32_t seccomp_count(const struct task *t);

/* seccomp_set_strict - SECCOMP_SET_MODE_STRICT. */
MUST_CHECK int seccomp_set_strict(struct task *t);

/* seccomp_may_filter - may @t install one?  -EINVAL, -EACCES. */
MUST_CHECK int seccomp_may_filter(const struct task *t);

/* seccomp_add - a filter on top; @flags: LX_SECCOMP_FILTER_FLAG_*.  Returns: 0,
 * -errno, or the number of a thread that could not be given it too. */
MUST_CHECK int seccomp_add(struct task *t, const struct lx_sock_filter *f,
			   uint32_t len, uint32_t flags);

#endif /* KERNEL_SECCOMP_H */
