/* SPDX-License-Identifier: MIT */
/* fs/mount.h - the mount tree (one namespace for now) and mount(2). */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include "base/list.h"
#include "fs/dentry.h"
#include "fs/file.h"

struct walk;

struct mount {
	uint32_t refs;
	uint32_t id;
	struct super *sb;	/* counted */
	struct dentry *root;	/* counted; not sb's root for bind mounts */
	struct mount *parent;	/* NULL: root of the tree, or detached */
	struct dentry *at;	/* counted: where on parent */
	struct list children, sibling, all;
	uint32_t flags;		/* LX_MS_RDONLY, NOSUID, NODEV, NOEXEC, ... */
	char source[128];
};

struct mount *mount_get(struct mount *m);
void mount_put(struct mount *m);

/* mount_root - make @sb the root of the tree. */
MUST_CHECK int mount_root(struct super *sb, uint32_t flags,
			  struct mount **out);
/* mount_at - mount @sb on @at (a place looked up). */
MUST_CHECK int mount_at(struct super *sb, const struct path *at,
			uint32_t flags);
/* mount_do, mount_undo - mount(2) and umount2(2); names are kernel copies. */
MUST_CHECK int mount_do(const struct walk *w, const char *source,
			const char *target, const char *type, uint64_t flags,
			const char *data);
MUST_CHECK int mount_undo(const struct walk *w, const char *target, int flags);
MUST_CHECK int mount_pivot(const struct walk *w, const char *new_root,
			   const char *put_old);

/* mount_each - call @fn for every mount in the order of mountinfo. */
void mount_each(void (*fn)(struct mount *m, void *arg), void *arg);
struct waitq *mount_waitq(void);

#endif /* FS_MOUNT_H */
