/* SPDX-License-Identifier: MIT */
/*
 * include/abi/process.h - membarrier(2), personality(2), rseq(2),
 * pidfd_open(2), kcmp(2).
 */
#ifndef ABI_PROCESS_H
#define ABI_PROCESS_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/process.def"
#undef ABI
};

#define LX_RSEQ_CPU_ID_UNINITIALIZED	   (-1)
#define LX_RSEQ_CPU_ID_REGISTRATION_FAILED (-2)
#define LX_RSEQ_SIZE_ORIG		   32
#define LX_RSEQ_FEATURE_SIZE		   28 /* up to the padding */

/* The area a thread registers; it may be longer than this (AT_RSEQ_*). */
struct lx_rseq {
	uint32_t cpu_id_start;
	uint32_t cpu_id;
	uint64_t rseq_cs; /* address of a struct lx_rseq_cs, or 0 */
	uint32_t flags;
	uint32_t node_id;
	uint32_t mm_cid;
	uint32_t pad;
} __attribute__((aligned(32)));

struct lx_rseq_cs {
	uint32_t version;
	uint32_t flags;
	uint64_t start_ip;
	uint64_t post_commit_offset;
	uint64_t abort_ip;
} __attribute__((aligned(32)));

#endif /* ABI_PROCESS_H */
