/* SPDX-License-Identifier: MIT */
/* syscalls/seccomp.h - the part of seccomp.c that prctl.c uses. */
#ifndef SYSCALLS_SECCOMP_H
#define SYSCALLS_SECCOMP_H

#include "include/types.h"

struct task;

/* prctl_set_seccomp - PR_SET_SECCOMP. */
sysret_t prctl_set_seccomp(struct task *t, uint64_t mode, uint64_t filter);

#endif /* SYSCALLS_SECCOMP_H */
