/* SPDX-License-Identifier: MIT */
/* fs/dentry.h - the name cache: a name in a directory to its inode, or to
 * the knowledge that there is none. Unused dentries stay until reclaimed. */
#ifndef FS_DENTRY_H
#define FS_DENTRY_H

#include "base/hash.h"
#include "base/list.h"
#include "fs/inode.h"
#include "include/annotate.h"

struct dentry {
	uint32_t refs;
	struct dentry *parent; /* counted; itself for a root */
	struct inode *inode;   /* counted; NULL: negative */
	struct hash_node hash;
	struct list children, sibling, lru;
	struct super *sb;   /* not counted */
	uint32_t mounts;    /* mounts on top of it, in any namespace */
	bool is_hashed;	    /* false once unlinked */
	bool is_mountpoint; /* fs/mountpoint.c made it; chained: */
	struct dentry *next_made;
	uint32_t nmountpoints; /* so many of its children are */
	bool is_recent;	       /* used since the LRU last looked */
	uint64_t stamp;	       /* dentry_valid()'s */
	uint16_t len;
	char *name;
	char short_name[40];
};

/* dentry_get - one more reference. */
static inline struct dentry *
dentry_get(struct dentry *d)
{
	d->refs++;
	return d;
}

/* dentry_put - drop one; NULL is allowed.  An unused dentry stays cached while
 * it is hashed.  Sleeps: if that frees an inode. */
void dentry_put(struct dentry *d);

/* dentry_root - a nameless root for @i (its own parent): of a super, or of a
 * pipe's magic link.  Refs: takes its own on @i. */
MUST_CHECK int dentry_root(struct inode *i, struct dentry **out);

/* dentry_nameless - a place for @i in @dir that no name leads to (O_TMPFILE,
 * memfd): shown as "@name (deleted)". */
MUST_CHECK int dentry_nameless(struct dentry *dir, const char *name,
			       struct inode *i, struct dentry **out);

/* dentry_find - the cached dentry, not counted and not validated; or NULL. */
struct dentry *dentry_find(struct dentry *parent, const char *name, size_t len);

/* dentry_add - cache @name -> @i (NULL: no such name).
 * Refs: *@out is counted; takes its own on @i. */
MUST_CHECK int dentry_add(struct dentry *parent, const char *name, size_t len,
			  struct inode *i, struct dentry **out);

/*
 * dentry_lookup - the dentry of @name in @parent, by cache or file system;
 * negative if there is no such name.  dentry_lookup_locked: the caller holds
 * the directory inode's lock.  Refs: *@out is counted.  Sleeps.
 */
MUST_CHECK int dentry_lookup(struct dentry *parent, const char *name,
			     size_t len, struct dentry **out);
MUST_CHECK int dentry_lookup_locked(struct dentry *parent, const char *name,
				    size_t len, struct dentry **out);

/* dentry_set_inode - a negative dentry's name was created.  Refs: takes one. */
void dentry_set_inode(struct dentry *d, struct inode *i);

/* dentry_gone - its name was removed: it becomes negative, or nameless if
 * somebody besides the caller has it. */
void dentry_gone(struct dentry *d);

/* dentry_drop - forget the name in the cache; users keep the dentry. */
void dentry_drop(struct dentry *d);

/* dentry_move - @d is now @to's place and name; @to is forgotten.
 * dentry_swap - each takes the other's place and name (RENAME_EXCHANGE).
 * Without memory for the names, both are forgotten. */
void dentry_move(struct dentry *d, struct dentry *to);
void dentry_swap(struct dentry *a, struct dentry *b);

/* dentry_is_below - is @d @top or inside it? */
bool dentry_is_below(const struct dentry *d, const struct dentry *top);

/* dentry_is_deleted - it had a name and lost it. */
static inline bool
dentry_is_deleted(const struct dentry *d)
{
	return !d->is_hashed && d->parent != d;
}

/* dentry_shrink - free up to @n unused dentries. Returns: how many. */
uint32_t dentry_shrink(uint32_t n);
/* dentry_shrink_tree - free all unused dentries below @top. */
void dentry_shrink_tree(struct dentry *top);

/* dentry_renames - counts every rename of a directory: a walk that must stay
 * beneath its start checks it. */
uint64_t dentry_renames(void);

void dentry_init(void);

#endif /* FS_DENTRY_H */
