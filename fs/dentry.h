/* SPDX-License-Identifier: MIT */
/* fs/dentry.h - the name cache: a name in a directory to its inode, or to
 * the knowledge that there is none. Unused dentries stay until reclaimed. */
#ifndef FS_DENTRY_H
#define FS_DENTRY_H

#include "base/hash.h"
#include "base/list.h"
#include "fs/inode.h"

struct dentry {
	uint32_t refs;
	struct dentry *parent; /* counted; itself for a root */
	struct inode *inode;   /* counted; NULL: negative */
	struct hash_node hash;
	struct list children, sibling, lru;
	uint32_t mounts;       /* mounts on top of it, in any namespace */
	bool is_hashed;	       /* false once unlinked */
	bool is_dead;
	uint16_t len;
	char *name;
	char short_name[40];
};

struct dentry *dentry_get(struct dentry *d);
void dentry_put(struct dentry *d);

#endif /* FS_DENTRY_H */
