/* SPDX-License-Identifier: MIT */
/* fs/proc/sysvipc.c - /proc/sysvipc: what ipcs(1) reads. */
#include "fs/proc/internal.h"
#include "kernel/ipc/ipc.h"

PROC_SHOW(sys_shm_show)
{
	(void)pi;
	shm_show(sb);
	return 0;
}

PROC_SHOW(sys_sem_show)
{
	(void)pi;
	sem_show(sb);
	return 0;
}

PROC_SHOW(sys_msg_show)
{
	(void)pi;
	msg_show(sb);
	return 0;
}
