/* SPDX-License-Identifier: MIT */
/* fs/internal_mount.h - changing the tree of mounts; mount.c and
 * mount_ops.c. */
#ifndef FS_INTERNAL_MOUNT_H
#define FS_INTERNAL_MOUNT_H

#include "fs/mount.h"

void mount_init(void);

/* super_mount - a mount of all of @sb, nowhere yet. */
MUST_CHECK int super_mount(struct super *sb, uint32_t flags,
			   struct mount **out);

/* mount_attach - put @m in the tree; the tree takes its own reference.
 * mount_detach - take it out (its children stay on it). */
void mount_attach(struct mount *m, struct mount *parent, struct dentry *at);
void mount_detach(struct mount *m);

/* mount_detach_tree - @m and all below it, each from its parent. */
void mount_detach_tree(struct mount *m);

/* mount_set_top - @m (not counted) is the root of the tree now. */
void mount_set_top(struct mount *m);
struct mount *mount_top(void);
bool mount_in_tree(const struct mount *m);

/* mount_below_next - the mount after @m in a walk over @subtree, or NULL. */
struct mount *mount_below_next(struct mount *m, struct mount *subtree);

void mount_changed(void);

/* mountpoint_iterate - f->ops->iterate(), then the names mountpoint_make()
 * put in this directory. */
struct dir_sink;
MUST_CHECK int mountpoint_iterate(struct file *f, struct dir_sink *sink);

/* mountpoint_drop_all - before the file systems they are in go. */
void mountpoint_drop_all(void);

#endif /* FS_INTERNAL_MOUNT_H */
