/* SPDX-License-Identifier: MIT */
/*
 * include/abi/mount.h - mount(2), umount2(2), fsopen(2), fsmount(2),
 * move_mount(2), mount_setattr(2).
 */
#ifndef ABI_MOUNT_H
#define ABI_MOUNT_H

#include <stdint.h>

enum {
#define ABI(group, name, value) LX_##name = value,
#include "include/abi/mount.def"
#undef ABI
};

/* What a remount may change. */
#define LX_MS_RMT_MASK                                                         \
	(LX_MS_RDONLY | LX_MS_SYNCHRONOUS | LX_MS_MANDLOCK | LX_MS_I_VERSION | \
	 LX_MS_LAZYTIME)
#define LX_MS_MGC_MSK	     0xffff0000u
#define LX_MOUNT_ATTR__ATIME 0x70

struct lx_mount_attr {
	uint64_t attr_set;
	uint64_t attr_clr;
	uint64_t propagation;
	uint64_t userns_fd;
};

#endif /* ABI_MOUNT_H */
