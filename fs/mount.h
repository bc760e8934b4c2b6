/* SPDX-License-Identifier: MIT */
/* fs/mount.h - the mount tree (one namespace for now) and mount(2). */
#ifndef FS_MOUNT_H
#define FS_MOUNT_H

#include "base/list.h"
#include "fs/dentry.h"
#include "fs/file.h"
#include "fs/inode.h"

struct walk;

struct mount {
	uint32_t refs;
	uint32_t id;
	struct super *sb;      /* counted */
	struct dentry *root;   /* counted; not sb's root for bind mounts */
	struct mount *parent;  /* NULL: root of the tree, or detached */
	struct dentry *at;     /* counted: where on parent */
	struct hash_node node; /* by (parent, at) */
	struct list children, sibling, all;
	uint32_t flags;	  /* LX_MS_RDONLY, NOSUID, NODEV, NOEXEC, ... */
	uint32_t writers; /* files open for writing through it */
	bool is_expiring; /* MNT_EXPIRE was asked once; unused since */
	char source[128];
};

struct mount *mount_get(struct mount *m);
/* mount_put - NULL is allowed.  Sleeps: if that ends a file system. */
void mount_put(struct mount *m);

/* mount_find - what is mounted at this very place, not counted; or NULL. */
struct mount *mount_find(const struct mount *m, const struct dentry *d);

/* mount_anon - the detached mount that nameless files' places are on. */
struct mount *mount_anon(void);

/* mount_new - a mount of @sb at @root that is nowhere yet. */
MUST_CHECK int mount_new(struct super *sb, struct dentry *root, uint32_t flags,
			 struct mount **out);

/* mount_hide - keep @m, which is nowhere in the tree, until mount_sync_all().
 * Refs: takes the caller's over. */
void mount_hide(struct mount *m);

/* mount_readonly - may nothing be written through @m? */
static inline bool
mount_readonly(const struct mount *m)
{
	return (m->flags & 1) || (m->sb->flags & SUPER_RDONLY);
}

/* mount_root - make @sb the root of the tree. */
MUST_CHECK int mount_root(struct super *sb, uint32_t flags, struct mount **out);
/* mount_at - mount @sb on @at (a place looked up). */
MUST_CHECK int mount_at(struct super *sb, const struct path *at,
			uint32_t flags);
/* mount_do, mount_undo - mount(2) and umount2(2); names are kernel copies. */
MUST_CHECK int mount_do(const struct walk *w, const char *source,
			const char *target, const char *type, uint64_t flags,
			const char *data);
MUST_CHECK int mount_undo(const struct walk *w, const char *target, int flags);
/*
 * mountpoint_make - see to it that @name (no slash at its end) can be mounted
 * on: if it is missing, make it; on a file system that would keep it, in memory
 * only.  Returns: 0 if it was there or is a file like any other now, 1 if it is
 * in memory and nothing can be made in it; -errno.
 */
MUST_CHECK int mountpoint_make(const struct walk *w, const char *name,
			       bool is_file);
/* mount_sync_all - umount everything at shutdown: write back, shut down. */
void mount_sync_all(void);
MUST_CHECK int mount_pivot(const struct walk *w, const char *new_root,
			   const char *put_old);

/* mount_each - call @fn for every mount in the order of mountinfo. */
void mount_each(void (*fn)(struct mount *m, void *arg), void *arg);
struct waitq *mount_waitq(void);
/* mount_changes - how often the tree has changed; mount_waitq() is woken. */
uint64_t mount_changes(void);

#endif /* FS_MOUNT_H */
