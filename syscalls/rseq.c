/* SPDX-License-Identifier: MIT */
/* syscalls/rseq.c - rseq(2). */
#include "kernel/rseq.h"

#include "syscalls/sysdef.h"

sysret_t
sys_rseq(struct task *t, uaddr_t rseq, uint32_t rseq_len, uint32_t flags,
	 uint32_t sig)
{
	return rseq_set(t, rseq, rseq_len, flags, sig);
}
