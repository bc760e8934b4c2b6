/* SPDX-License-Identifier: MIT */
/*
 * include/abi/ioctl.h - the commands of ioctl(2), and what some of them point
 * at.
 */
#ifndef ABI_IOCTL_H
#define ABI_IOCTL_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/ioctl.def"
#undef ABI
};

struct lx_winsize {
	uint16_t ws_row;
	uint16_t ws_col;
	uint16_t ws_xpixel;
	uint16_t ws_ypixel;
};

/* FICLONERANGE. */
struct lx_file_clone_range {
	int64_t src_fd;
	uint64_t src_offset;
	uint64_t src_length;
	uint64_t dest_offset;
};

#endif /* ABI_IOCTL_H */
