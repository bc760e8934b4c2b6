/* SPDX-License-Identifier: MIT */
/* fs/tmpfs/internal.h - what tmpfs keeps of supers, inodes and names. */
#ifndef FS_TMPFS_INTERNAL_H
#define FS_TMPFS_INTERNAL_H

#include "base/hash.h"
#include "base/imap.h"
#include "fs/tmpfs/tmpfs.h"
#include "fs/xattr.h"

struct tmpfs_super {
	uint64_t max_pages, pages; /* 0: no limit; in use */
	uint64_t max_inodes, inodes;
	uint64_t last_ino;
	uint32_t mode, uid, gid; /* of the root */
};

/* A name in a directory: found by hash, listed by cookie (its readdir
 * position, never used again in that directory). */
struct tmpfs_name {
	struct hash_node node;
	struct imap_node order; /* [cookie, cookie + 1) */
	struct list doomed;
	struct inode *inode; /* counted */
	uint16_t len;
	char name[];
};

struct tmpfs_inode {
	struct xattr_store xattrs;
	uint64_t counted; /* pages told to the super */
	/* Of a directory. */
	bool is_dir;
	struct hash names;
	struct imap order;
	uint64_t next_cookie;
};

extern const struct inode_ops tmpfs_inode_ops, tmpfs_dir_inode_ops;
extern const struct file_ops tmpfs_fops, tmpfs_dir_fops;

static inline struct tmpfs_super *
tmpfs_sb(const struct inode *i)
{
	return i->sb->priv;
}

static inline struct tmpfs_inode *
tmpfs_i(const struct inode *i)
{
	return i->priv;
}

/* tmpfs_inode_new - an inode of any type.  -ENOSPC: the limit is reached. */
MUST_CHECK int tmpfs_inode_new(struct super *sb, const struct inode_new *as,
			       struct inode **out);

/* tmpfs_count - tell the super of pages that came or went. */
void tmpfs_count(struct inode *i);

/* tmpfs_names_free - a directory goes: drop its names, without recursion. */
void tmpfs_names_free(struct tmpfs_inode *ti);

/* Attribute ops that files and directories share. */
int tmpfs_getattr(struct inode *i, struct kstat *out);
int tmpfs_setattr(struct inode *i, const struct iattr *a);
int64_t tmpfs_getxattr(struct inode *i, const char *name, void *buf, size_t n);
int tmpfs_setxattr(struct inode *i, const char *name, const void *buf, size_t n,
		   int flags);
int64_t tmpfs_listxattr(struct inode *i, char *buf, size_t n);
int tmpfs_removexattr(struct inode *i, const char *name);

#define TMPFS_ATTR_OPS                                                         \
	.getattr = tmpfs_getattr, .setattr = tmpfs_setattr,                    \
	.getxattr = tmpfs_getxattr, .setxattr = tmpfs_setxattr,                \
	.listxattr = tmpfs_listxattr, .removexattr = tmpfs_removexattr

#endif /* FS_TMPFS_INTERNAL_H */
