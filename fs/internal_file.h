/* SPDX-License-Identifier: MIT */
/* fs/internal_file.h - what the parts of open files share. */
#ifndef FS_INTERNAL_FILE_H
#define FS_INTERNAL_FILE_H

#include "fs/inode.h"
#include "mm/mappable.h"

extern const struct mappable_ops file_map_ops;

/* inode_drop_privs - before its contents change by @c's doing: set-id bits
 * and file capabilities go, unless @c may keep them. */
MUST_CHECK int inode_drop_privs(struct inode *i, const struct cred *c);

#endif /* FS_INTERNAL_FILE_H */
