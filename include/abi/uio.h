/* SPDX-License-Identifier: MIT */
/* include/abi/uio.h - readv(2), writev(2), process_vm_readv(2). */
#ifndef ABI_UIO_H
#define ABI_UIO_H

#include "include/types.h"

#include <stdint.h>

#define LX_IOV_MAX 1024
/* Linux: no transfer moves more; a longer request is cut. */
#define LX_RW_MAX 0x7ffff000ull

struct lx_iovec {
	uaddr_t iov_base;
	uint64_t iov_len;
};

#endif /* ABI_UIO_H */
