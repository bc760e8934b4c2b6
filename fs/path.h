/* SPDX-License-Identifier: MIT */
/*
 * fs/path.h - walking a path; what a caller's root, cwd and umask are.
 *
 * Lookups sleep for disk I/O. "No such file" and every other error of
 * path_resolution(7) come from here.
 */
#ifndef FS_PATH_H
#define FS_PATH_H

#include "base/cred.h"
#include "fs/file.h"
#include "fs/inode.h"

/* Root, working directory and umask: shared by CLONE_FS, counted. */
struct fs_ctx {
	uint32_t refs;
	uint32_t umask;
	struct path root, cwd;
	struct list all; /* every task's; pivot_root(2) moves them */
};

MUST_CHECK int fs_ctx_new(struct fs_ctx **out);
MUST_CHECK int fs_ctx_copy(const struct fs_ctx *src, struct fs_ctx **out);
void fs_ctx_put(struct fs_ctx *fs);
void fs_set_cwd(struct fs_ctx *fs, const struct path *p);
void fs_set_root(struct fs_ctx *fs, const struct path *p);

/* fs_ctx_replace - every root and working directory at @from is at @to now. */
void fs_ctx_replace(const struct path *from, const struct path *to);

/* Whose eyes a walk uses; on the caller's stack, nothing counted. */
struct walk {
	struct fs_ctx *fs;
	const struct cred *cred;
	struct path start; /* dirfd's place; {0}: fs->cwd */
	uint32_t flags;	   /* WALK_* */
	uint32_t resolve;  /* LX_RESOLVE_* of openat2(2) */
};

enum {
	WALK_FOLLOW = 1 << 0, /* follow a symlink in the last component */
	WALK_EMPTY = 1 << 1,  /* AT_EMPTY_PATH: "" is the start itself */
	WALK_DIR = 1 << 2,    /* must be a directory */
	WALK_NO_AUTOMOUNT = 1 << 3,
};

/* path_get - count both halves; returns @p.  path_put clears *@p; {0} is
 * allowed. */
struct path *path_get(struct path *p);
void path_put(struct path *p);

static inline void
path_putp(struct path *p)
{
	path_put(p);
}

/* A place on the caller's stack that is put when it goes out of scope. */
#define AUTO_PATH __attribute__((cleanup(path_putp))) struct path

/* path_lookup - resolve @name (kernel copy) to an existing place. */
MUST_CHECK int path_lookup(const struct walk *w, const char *name,
			   struct path *out);

/*
 * path_parent - resolve all but the last component.  *@last points into
 * @name; trailing slashes are noted in *@slash.  The last component may be
 * "." or ".." (callers refuse: -EEXIST, -EINVAL, -ENOTEMPTY, -EBUSY).
 */
struct last_comp {
	const char *name;
	size_t len;
	bool has_slash;
	bool is_dot, is_dotdot, is_root;
};
MUST_CHECK int path_parent(const struct walk *w, const char *name,
			   struct path *dir, struct last_comp *last);

/* path_string - absolute path of @p as seen from @root; Linux's getcwd(2)
 * rules ("(unreachable)" prefix).  Returns: length without NUL, -ERANGE. */
MUST_CHECK int64_t path_string(const struct path *p, const struct path *root,
			       char *buf, size_t n);

/* The operations of the VFS; names are kernel copies, rights are checked,
 * results are Linux's. */
/* vfs_open's flag for execve(2): MAY_EXEC is asked instead of MAY_READ, noexec
 * mounts answer -EACCES.  While the file is open nobody may write to it.
 * No open(2) flag has this bit (Linux: __FMODE_EXEC). */
#define VFS_OPEN_EXEC 0x20u

/* vfs_open - open(2).  -EAGAIN with *@out set: a FIFO whose other end is not
 * there; see fifo_open_wait() in fs/pipe.h. */
MUST_CHECK int vfs_open(const struct walk *w, const char *name, uint32_t flags,
			uint32_t mode, struct file **out);
/* vfs_open_path - open what is already found. */
MUST_CHECK int vfs_open_path(const struct walk *w, const struct path *p,
			     uint32_t flags, struct file **out);
MUST_CHECK int vfs_mknod(const struct walk *w, const char *name, uint32_t mode,
			 uint64_t rdev);
MUST_CHECK int vfs_mkdir(const struct walk *w, const char *name, uint32_t mode);
MUST_CHECK int vfs_symlink(const struct walk *w, const char *target,
			   const char *name);
/* vfs_link - @old is already looked up. */
MUST_CHECK int vfs_link(const struct walk *w, const struct path *old,
			const char *name);
MUST_CHECK int vfs_unlink(const struct walk *w, const char *name);
MUST_CHECK int vfs_rmdir(const struct walk *w, const char *name);
MUST_CHECK int vfs_rename(const struct walk *from, const char *old,
			  const struct walk *to, const char *name,
			  uint32_t flags);
/* vfs_setattr - chmod, chown, utimes, truncate with all their rules (suid
 * clearing, capabilities, EROFS); @a from the caller. */
MUST_CHECK int vfs_setattr(const struct path *p, const struct cred *c,
			   struct iattr *a);
MUST_CHECK int vfs_truncate(const struct path *p, const struct cred *c,
			    uint64_t size);
/* vfs_truncate_file - ftruncate(2): @f is open for writing. */
MUST_CHECK int vfs_truncate_file(struct file *f, const struct cred *c,
				 uint64_t size);
/* vfs_fallocate - fallocate(2) on @f. */
MUST_CHECK int vfs_fallocate(struct file *f, const struct cred *c, int mode,
			     int64_t off, int64_t len);
/* vfs_readlink - readlink(2): not terminated.  Returns: length. */
MUST_CHECK int64_t vfs_readlink(const struct path *p, char *buf, size_t n);
/* path_may_write - is the place on something writable?  0 or -EROFS. */
MUST_CHECK int path_may_write(const struct path *p);
MUST_CHECK int vfs_access(const struct path *p, const struct cred *c, int mask);
MUST_CHECK int vfs_stat(const struct path *p, struct kstat *out);
MUST_CHECK int vfs_statfs(const struct path *p, struct kstatfs *out);
/* vfs_bind - create the name of an AF_UNIX socket; its inode is *@out. */
MUST_CHECK int vfs_bind(const struct walk *w, const char *name, uint32_t mode,
			struct inode **out);

/* Extended attributes: @name is checked and prefixed ("user."); -ERANGE when
 * the buffer is too small, @n == 0 asks for the length. */
MUST_CHECK int64_t vfs_getxattr(const struct path *p, const struct cred *c,
				const char *name, void *buf, size_t n);
MUST_CHECK int vfs_setxattr(const struct path *p, const struct cred *c,
			    const char *name, const void *buf, size_t n,
			    int flags);
MUST_CHECK int64_t vfs_listxattr(const struct path *p, const struct cred *c,
				 char *buf, size_t n);
MUST_CHECK int vfs_removexattr(const struct path *p, const struct cred *c,
			       const char *name);

/* /proc/sys/fs/protected_*: what others must not be tricked into. */
struct fs_protect {
	int symlinks, hardlinks; /* 0 or 1 */
	int fifos, regular;	 /* 0 to 2 */
};
extern struct fs_protect fs_protect;

/* fs_init - mount the root and what boot asked for is init/'s; this sets up
 * caches. */
void fs_init(void);

#endif /* FS_PATH_H */
