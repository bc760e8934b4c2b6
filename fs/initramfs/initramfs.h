/* SPDX-License-Identifier: MIT */
/* fs/initramfs/initramfs.h - a cpio archive ("newc") unpacked into the tree. */
#ifndef FS_INITRAMFS_H
#define FS_INITRAMFS_H

#include "include/annotate.h"
#include "include/types.h"

struct fs_ctx;

/*
 * initramfs_unpack - make what the @len bytes at @archive describe, below
 * fs->root as seen by the super-user.  Nothing in it is trusted: names with
 * ".." or through links leave nowhere, sizes are checked.
 * Returns: 0, -EINVAL (not an archive, or cut), or what making a file said.
 */
MUST_CHECK int initramfs_unpack(const void *archive, uint64_t len,
				struct fs_ctx *fs);

#endif /* FS_INITRAMFS_H */
