/* SPDX-License-Identifier: MIT */
/* kernel/cbpf.h - classic BPF as seccomp(2) uses it: checked once, then run on
 * a struct lx_seccomp_data. */
#ifndef KERNEL_CBPF_H
#define KERNEL_CBPF_H

#include "include/abi/seccomp.h"
#include "include/annotate.h"

/* cbpf_check - may it be run?  Every path ends in a return, and it loads only
 * words of the data and memory it has stored.  Returns: 0, -EINVAL, -ENOMEM. */
MUST_CHECK int cbpf_check(const struct lx_sock_filter *f, uint32_t len);

/* cbpf_run - what a checked program returns for @data. */
uint32_t cbpf_run(const struct lx_sock_filter *f,
		  const struct lx_seccomp_data *data);

#endif /* KERNEL_CBPF_H */
