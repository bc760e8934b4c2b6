/* SPDX-License-Identifier: MIT */
/* kernel/uts.h - the system's names, uname(2). */
#ifndef KERNEL_UTS_H
#define KERNEL_UTS_H

#include "include/abi/utsname.h"
#include "include/types.h"

extern struct lx_utsname uts;
extern uint64_t uts_boot_ns; /* monotonic time of boot */

void uts_init(const char *hostname);

#endif /* KERNEL_UTS_H */
