/* SPDX-License-Identifier: MIT */
/*
 * fs/internal.h - the walk under way, shared by path.c and what acts on a
 * path's last component (open.c, namei.c).
 */
#ifndef FS_INTERNAL_H
#define FS_INTERNAL_H

#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"

#define LX_NAME_MAX 255
#define LX_PATH_MAX 4096
#define LINKS_MAX   40

/* What follows a symlink met in the middle of a path. */
struct nd_rest {
	const char *name;
	struct inode *link; /* counted: the link whose text that is */
};

/*
 * A walk.  @cur is where it stands, @root the ceiling of "..": both counted.
 * nd_begin() ... nd_end() on every path.
 */
struct nd {
	const struct walk *w;
	struct path cur, root;
	uint64_t renames; /* dentry_renames() at the start */
	uint32_t nlinks;
	uint32_t depth;
	struct last_comp last; /* after nd_parent() */
	bool is_last;	       /* nd_parent() is done */
	bool wants_dir;	       /* a trailing slash was seen */
	struct inode *text;    /* counted: the link whose text is walked */
	struct inode *next;    /* counted: the link just met */
	struct nd_rest rest[LINKS_MAX];
};

MUST_CHECK int nd_begin(struct nd *nd, const struct walk *w, const char *name);
void nd_end(struct nd *nd);

/* nd_parent - walk all but the last component of @name, which is nd->last. */
MUST_CHECK int nd_parent(struct nd *nd, const char *name);

/*
 * nd_last - walk the last component: a name, "..", "." or nothing.
 * Returns: 0, and nd->cur is the place; 1 and *@link: it was a symlink to be
 * followed, call nd_parent() with *@link; -errno.
 */
MUST_CHECK int nd_last(struct nd *nd, bool follow, const char **link);

/* nd_into - step on @d in nd->cur (consumed): over mounts, into symlinks if
 * @follow.  Returns: as nd_last(), 1 to be passed to nd_enter(). */
MUST_CHECK int nd_into(struct nd *nd, struct dentry *d, bool follow,
		       const char **link);

/* nd_enter - go on in the text of the link nd_into() met; @rest of the present
 * text comes after it.  Returns: 0 or -EXDEV. */
MUST_CHECK int nd_enter(struct nd *nd, const char **text, const char *rest);

/* nd_lookup - the dentry of nd->last in nd->cur. */
MUST_CHECK int nd_lookup(struct nd *nd, struct dentry **out);

/* dir_may_add, dir_may_remove - permission to change a directory: write and
 * search; sticky bit, flags; for removal also what kind @victim must be. */
MUST_CHECK int dir_may_add(struct inode *dir, const struct cred *c);
MUST_CHECK int dir_may_remove(struct inode *dir, struct dentry *victim,
			      const struct cred *c, bool is_dir);

/* proc_sys_fs(5), protected_*: may the link found in @dir be followed as a
 * path's last component; may @i be given another name; may O_CREAT in @dir
 * open @i, which was there before? */
MUST_CHECK int perm_follow(const struct inode *dir, const struct inode *link,
			   const struct cred *c);
MUST_CHECK int perm_link(struct inode *i, const struct cred *c);
MUST_CHECK int perm_reuse(const struct inode *dir, const struct inode *i,
			  const struct cred *c);

/* vfs_create_at - make a file of @mode (umask applied) at negative @d in the
 * locked directory. */
MUST_CHECK int vfs_create_at(struct dentry *dir, struct dentry *d,
			     const struct cred *c, uint32_t mode,
			     uint64_t rdev);

/* vfs_create_unseen - make a file or directory of @mode as nd->last, if the
 * name was not looked up before and the caller may; *@out is its dentry, in the
 * locked directory.  Returns: any error, and who looks first finds the right
 * one. */
MUST_CHECK int vfs_create_unseen(struct nd *nd, uint32_t mode,
				 struct dentry **out);

#endif /* FS_INTERNAL_H */
