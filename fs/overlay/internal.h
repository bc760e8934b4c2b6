/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/internal.h - nodes of the merged tree.
 *
 * A node stands for a name that is in the lower layer, in the upper, or (a
 * directory) in both.  What the upper layer says wins.  In it a character
 * device 0:0 is a whiteout: the lower name is gone; a directory with the
 * xattr "trusted.overlay.opaque" hides the lower one's names.  So the upper
 * layer is what Linux's overlayfs would write.
 */
#ifndef FS_OVERLAY_INTERNAL_H
#define FS_OVERLAY_INTERNAL_H

#include "base/hash.h"
#include "base/list.h"
#include "fs/inode.h"
#include "fs/overlay/overlay.h"

#define OVL_NAME_MAX 255
#define OVL_OPAQUE   "trusted.overlay.opaque"
#define OVL_PRIVATE  "trusted.overlay."

struct ovl {
	struct super *sb, *lower, *upper; /* the layers: counted */
	struct hash nodes;   /* by lower inode number, and by upper's */
	struct hash origins; /* of copied-up files, by both inodes */
	struct list all_origins;
};

/*
 * Where a copied-up file (no directory) came from; kept while it has a name,
 * longer than its node: it tells the inode number the guest has seen, and
 * which lower names are the same file.
 */
struct origin {
	struct hash_node by_lower, by_upper;
	struct list all;
	struct inode *lower, *upper; /* counted */
	uint32_t nlink;		     /* of the merged file */
};

struct onode {
	struct inode *i;
	struct inode *lower, *upper; /* counted; the lower of a non-directory
					stays known after copy-up */
	struct hash_node by_lower, by_upper;
	bool in_lower, in_upper; /* hashed */
	struct list link;	 /* waiting to be put; node.c */

	/* The name it was last found by; to copy up. */
	struct onode *dir; /* counted (dir->i); NULL: the root */
	char *name;
	struct mutex lock; /* copying up */
};

static inline struct onode *
onode_of(const struct inode *i)
{
	return i->priv;
}

static inline struct ovl *
ovl_of(const struct super *sb)
{
	return sb->priv;
}

/* onode_real - the inode that counts. */
static inline struct inode *
onode_real(const struct onode *n)
{
	return n->upper ? n->upper : n->lower;
}

/* --- node.c --- */

/* onode_get - the node of these two (either may be NULL; references are taken
 * over, also on failure), found as @name in @dir. */
MUST_CHECK int onode_get(struct ovl *o, struct onode *dir, const char *name,
			 struct inode *lower, struct inode *upper,
			 struct inode **out);

/* onode_show - the inode's attributes from the real one. */
void onode_show(struct onode *n);
MUST_CHECK int onode_place(struct onode *n, struct onode *dir,
			   const char *name);
/* onode_set_upper - it was copied up to @upper.  Refs: taken if 0. -ENOMEM. */
MUST_CHECK int onode_set_upper(struct onode *n, struct inode *upper);
/* onode_ino - what the guest sees of an upper or lower inode's number. */
uint64_t onode_ino(struct ovl *o, uint64_t ino, bool is_upper);
/* onode_links - its number of names has changed. */
void onode_links(struct onode *n);
void onode_evict(struct inode *i);
int ovl_revalidate(struct inode *i);
int ovl_getattr(struct inode *i, struct kstat *out);

bool is_whiteout(const struct inode *i);
bool is_opaque(struct inode *upper);

/* layer_lookup - @name in the directory @dir of one layer; NULL: no layer.
 * -ENOENT. */
MUST_CHECK int layer_lookup(struct inode *dir, const char *name, size_t len,
			    struct inode **out);

/* --- origin.c --- */
/* origin_find - of a real inode; or NULL. */
struct origin *origin_find(struct ovl *o, const struct inode *real,
			   bool is_upper);
MUST_CHECK int origin_add(struct ovl *o, struct inode *lower,
			  struct inode *upper, uint32_t nlink);
void origin_drop(struct ovl *o, struct origin * or);
void origin_drop_all(struct ovl *o);
/* origin_ino - the number the guest knows upper inode number @ino by, or 0. */
uint64_t origin_ino(struct ovl *o, uint64_t ino);

/* --- copyup.c --- */

/* copy_up - @n and all directories above it are in the upper layer.
 * @with_data: a regular file's bytes too (else it becomes empty). */
MUST_CHECK int copy_up(struct onode *n, bool with_data);

/* --- the rest --- */
int ovl_lookup(struct inode *dir, const char *name, size_t len,
	       struct inode **out);
/* ovl_is_empty - does the merged directory show no name?  0, -ENOTEMPTY. */
MUST_CHECK int ovl_is_empty(struct onode *n);
/* ovl_drop_whiteouts - take the whiteouts out of upper directory @dir. */
MUST_CHECK int ovl_drop_whiteouts(struct inode *dir);
int ovl_open(struct inode *i, struct file *f);
int ovl_open_dir(struct file *f);

extern const struct inode_ops ovl_dir_ops, ovl_file_ops, ovl_link_ops,
	ovl_node_ops;
extern const struct file_ops ovl_file_fops, ovl_dir_fops;

int ovl_setattr(struct inode *i, const struct iattr *a);
int64_t ovl_getxattr(struct inode *i, const char *name, void *buf, size_t n);
int ovl_setxattr(struct inode *i, const char *name, const void *buf, size_t n,
		 int flags);
int64_t ovl_listxattr(struct inode *i, char *buf, size_t n);
int ovl_removexattr(struct inode *i, const char *name);

#endif /* FS_OVERLAY_INTERNAL_H */
