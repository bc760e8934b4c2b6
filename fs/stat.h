/* SPDX-License-Identifier: MIT */
/* fs/stat.h - fstat(2), for files of every kind; vfs_stat() is in path.h. */
#ifndef FS_STAT_H
#define FS_STAT_H

#include "fs/inode.h"

/* file_stat - what @f is open on, with or without a name. */
MUST_CHECK int file_stat(struct file *f, struct kstat *out);

#endif /* FS_STAT_H */
