/* SPDX-License-Identifier: MIT */
/* fs/init.c - what must stand before the first mount. */
#include "fs/devtmpfs/devtmpfs.h"
#include "fs/internal.h"
#include "fs/internal_mount.h"
#include "fs/tmpfs/tmpfs.h"

void
fs_init(void)
{
	dentry_init();
	mount_init();
	tmpfs_init();
	devtmpfs_init();
}
