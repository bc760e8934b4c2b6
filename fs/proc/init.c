/* SPDX-License-Identifier: MIT */
/* fs/proc/init.c - registering what this unit offers. */
#include "fs/proc/proc.h"

void
proc_init(const struct boot_params *bp)
{
	(void)bp;
}
