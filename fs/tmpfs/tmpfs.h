/* SPDX-License-Identifier: MIT */
/*
 * fs/tmpfs/tmpfs.h - files in guest RAM: a page cache without ops is the
 * storage, a hash of names a directory.  Also behind memfd_create(2), shared
 * anonymous memory and devtmpfs.
 */
#ifndef FS_TMPFS_H
#define FS_TMPFS_H

#include "fs/inode.h"

/* tmpfs_init - register "tmpfs" (and "ramfs", which has no limits). */
void tmpfs_init(void);

/* tmpfs_super - a fresh one, as mount(2) makes it; @data: its options.
 * Refs: the caller's. */
MUST_CHECK int tmpfs_super(const char *source, const char *data,
			   struct super **out);

/* tmpfs_node - make @name (one component) in directory @dir: any type but a
 * regular file's contents.  @target: of a symlink.  Refs: *@out unless NULL. */
MUST_CHECK int tmpfs_node(struct inode *dir, const char *name,
			  const struct inode_new *as, const char *target,
			  struct inode **out);

/*
 * tmpfs_memfd - an unlinked file, open for reading and writing, shown as
 * "/memfd:@name (deleted)"; @seals: LX_F_SEAL_SEAL, or 0 if it may be sealed;
 * @mode: 0777, or 0666 for MFD_NOEXEC_SEAL.
 */
MUST_CHECK int tmpfs_memfd(const char *name, uint32_t seals, uint32_t mode,
			   const struct cred *c, struct file **out);

/* memfd_seals, memfd_add_seals - fcntl(F_GET_SEALS, F_ADD_SEALS): -EINVAL if
 * @f has none, -EPERM, -EBUSY. */
int memfd_seals(struct file *f);
MUST_CHECK int memfd_add_seals(struct file *f, uint32_t seals);

#endif /* FS_TMPFS_H */
