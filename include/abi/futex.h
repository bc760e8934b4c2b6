/* SPDX-License-Identifier: MIT */
/* include/abi/futex.h - futex(2), set_robust_list(2), futex_waitv(2). */
#ifndef ABI_FUTEX_H
#define ABI_FUTEX_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/futex.def"
#undef ABI
};

#define LX_FUTEX_CMD_MASK	  (~(LX_FUTEX_PRIVATE_FLAG | LX_FUTEX_CLOCK_REALTIME))
#define LX_FUTEX_BITSET_MATCH_ANY 0xffffffffu
#define LX_FUTEX_WAITV_MAX	  128
#define LX_FUTEX_OP_OPARG_SHIFT	  8

/* The bits of a priority-inheriting or robust futex word. */
#define LX_FUTEX_WAITERS    0x80000000u
#define LX_FUTEX_OWNER_DIED 0x40000000u
#define LX_FUTEX_TID_MASK   0x3fffffffu

#define LX_ROBUST_LIST_LIMIT 2048

/* All three are addresses; bit 0 of an entry's address says "PI". */
struct lx_robust_list_head {
	uint64_t list_next;
	int64_t futex_offset;
	uint64_t list_op_pending;
};

struct lx_futex_waitv {
	uint64_t val;
	uint64_t uaddr;
	uint32_t flags; /* LX_FUTEX2_* */
	uint32_t reserved;
};

#endif /* ABI_FUTEX_H */
