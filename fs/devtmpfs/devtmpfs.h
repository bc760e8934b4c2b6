/* SPDX-License-Identifier: MIT */
/* fs/devtmpfs/devtmpfs.h - /dev: a tmpfs with a node for every registered
 * device, the links of /proc/self/fd, and empty pts and shm. */
#ifndef FS_DEVTMPFS_H
#define FS_DEVTMPFS_H

/* devtmpfs_init - register "devtmpfs"; each mount shows the same one. */
void devtmpfs_init(void);

#endif /* FS_DEVTMPFS_H */
