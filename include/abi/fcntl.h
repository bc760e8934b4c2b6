/* SPDX-License-Identifier: MIT */
/*
 * include/abi/fcntl.h - open(2), openat2(2), fcntl(2), flock(2),
 * renameat2(2), fallocate(2), splice(2), close_range(2) as x86-64 Linux
 * numbers them.
 */
#ifndef ABI_FCNTL_H
#define ABI_FCNTL_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/fcntl.def"
#undef ABI
};

/* Not flags but a field, and values that are 0 or no single bit. */
#define LX_O_ACCMODE   03
#define LX_O_RDONLY    00
#define LX_O_WRONLY    01
#define LX_O_RDWR      02
#define LX_O_NDELAY    LX_O_NONBLOCK
#define LX___O_SYNC    04000000 /* what O_SYNC has beyond O_DSYNC */
#define LX___O_TMPFILE 020000000

#define LX_AT_FDCWD (-100)

/* openat2(2). */
struct lx_open_how {
	uint64_t flags;
	uint64_t mode;
	uint64_t resolve; /* LX_RESOLVE_* */
};

#define LX_OPEN_HOW_SIZE_VER0 24

/* fcntl(2): F_GETLK and kin; F_OFD_* want l_pid 0. */
struct lx_flock {
	int16_t l_type;
	int16_t l_whence;
	int64_t l_start;
	int64_t l_len;
	int32_t l_pid;
};

/* fcntl(2): F_GETOWN_EX, F_SETOWN_EX. */
struct lx_f_owner_ex {
	int32_t type;
	int32_t pid;
};

#endif /* ABI_FCNTL_H */
