/* SPDX-License-Identifier: MIT */
/* kernel/run.h - setting up kernel/run.c. */
#ifndef KERNEL_RUN_H
#define KERNEL_RUN_H

#include "include/types.h"

struct boot_params;

/* run_init - learn what the machine's threads are like. */
void run_init(const struct boot_params *bp);

#endif /* KERNEL_RUN_H */
