/* SPDX-License-Identifier: MIT */
/* include/abi/seccomp.h - seccomp(2), and the filter it takes. */
#ifndef ABI_SECCOMP_H
#define ABI_SECCOMP_H

#include "include/types.h"

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/seccomp.def"
#undef ABI
};

#define LX_SECCOMP_RET_ACTION_FULL 0xffff0000u
#define LX_SECCOMP_RET_DATA	   0x0000ffffu
#define LX_AUDIT_ARCH_X86_64	   0xc000003eu
#define LX_BPF_MAXINSNS		   4096

/* What a filter sees. */
struct lx_seccomp_data {
	int32_t nr;
	uint32_t arch;
	uint64_t instruction_pointer;
	uint64_t args[6];
};

struct lx_sock_filter {
	uint16_t code;
	uint8_t jt;
	uint8_t jf;
	uint32_t k;
};

struct lx_sock_fprog {
	uint16_t len;
	uint16_t pad[3];
	uaddr_t filter; /* struct lx_sock_filter[] */
};

#endif /* ABI_SECCOMP_H */
