/* SPDX-License-Identifier: MIT */
/*
 * include/abi/mman.h - mmap(2), mprotect(2), mremap(2), madvise(2), msync(2),
 * mlock(2), memfd_create(2).
 */
#ifndef ABI_MMAN_H
#define ABI_MMAN_H

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/mman.def"
#undef ABI
};

#define LX_MAP_TYPE	  0x0f /* the field that MAP_SHARED and kin share */
#define LX_MAP_FILE	  0
#define LX_MAP_HUGE_SHIFT 26
#define LX_MAP_HUGE_MASK  0x3f

#endif /* ABI_MMAN_H */
