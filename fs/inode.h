/* SPDX-License-Identifier: MIT */
/*
 * fs/inode.h - what a name refers to, and the file systems behind it.
 *
 * An inode is counted; dentries and open files hold it.  The generic part
 * (permissions, sticky bits, times, size limits, locks) is the VFS's; a file
 * system's operations do the work and may sleep for disk I/O.  Directory
 * operations are called with dir->lock held (sleeping mutex; renames lock
 * both, lower address first).
 */
#ifndef FS_INODE_H
#define FS_INODE_H

#include "base/block.h"
#include "base/ref.h"
#include "base/waitq.h"
#include "fs/file.h"
#include "include/annotate.h"
#include "include/types.h"
#include "mm/pagecache.h"

struct cred;
struct inode;
struct super;

/* What setattr changes: bits of `valid`. */
enum {
	ATTR_MODE = 1,
	ATTR_UID = 2,
	ATTR_GID = 4,
	ATTR_SIZE = 8,
	ATTR_ATIME = 16,
	ATTR_MTIME = 32,
	ATTR_CTIME = 64,
	/* For vfs_setattr() only: the times are given, not "now" (utimes(2)
	 * with a time needs the owner, without one a right to write). */
	ATTR_TIMES_SET = 128,
	/* For vfs_setattr() only: set-id bits and file capabilities go, as by
	 * chown(2) and truncate(2). */
	ATTR_KILL_PRIV = 256,
};

struct iattr {
	uint32_t valid;
	uint32_t mode, uid, gid;
	uint64_t size;
	int64_t atime_ns, mtime_ns, ctime_ns;
};

/* stat(2) as the kernel has it. */
struct kstat {
	uint64_t dev, ino, nlink, rdev, size, blocks;
	uint32_t mode, uid, gid, blksize;
	int64_t atime_ns, mtime_ns, ctime_ns, btime_ns; /* btime 0: unknown */
	uint64_t attributes, attributes_mask;		/* STATX_ATTR_* */
	uint64_t mnt_id;
};

struct kstatfs {
	uint64_t type, bsize, blocks, bfree, bavail, files, ffree, fsid;
	uint64_t namelen, frsize, flags;
};

/* What creating ops are told of the new inode (mode has type and umask
 * applied; uid/gid follow BSD/SysV rules already). */
struct inode_new {
	uint32_t mode, uid, gid;
	uint64_t rdev;
};

struct inode_ops {
	/* 0 and *@out (new reference), or -ENOENT. */
	int (*lookup)(struct inode *dir, const char *name, size_t len,
		      struct inode **out);
	/* Make a file, directory, device, FIFO or socket (by mode's type).
	 * may_create_unseen: it says -EEXIST itself, nobody need look first. */
	bool may_create_unseen;
	int (*create)(struct inode *dir, const char *name, size_t len,
		      const struct inode_new *as, struct inode **out);
	int (*symlink)(struct inode *dir, const char *name, size_t len,
		       const char *target, const struct inode_new *as,
		       struct inode **out);
	int (*link)(struct inode *dir, const char *name, size_t len,
		    struct inode *target);
	/* unlink and rmdir: the VFS has checked types and emptiness is the
	 * file system's to check (-ENOTEMPTY). */
	int (*unlink)(struct inode *dir, const char *name, size_t len,
		      struct inode *victim);
	int (*rmdir)(struct inode *dir, const char *name, size_t len,
		     struct inode *victim);
	/* @target: what is replaced, or NULL; @exchange: swap the two. */
	int (*rename)(struct inode *dir, const char *name, size_t len,
		      struct inode *moved, struct inode *dir2,
		      const char *name2, size_t len2, struct inode *target,
		      bool exchange);
	/* An unnamed file in @dir (O_TMPFILE). */
	int (*tmpfile)(struct inode *dir, const struct inode_new *as,
		       struct inode **out);
	/* The target, terminated.  Returns: length or -errno. */
	int64_t (*readlink)(struct inode *i, char *buf, size_t n);
	/* Magic links (/proc/PID/fd/N, exe, cwd): jump there directly. */
	int (*jump)(struct inode *i, struct path *out);

	/* Bring i's cached attributes up to date (host files, /proc). */
	int (*revalidate)(struct inode *i);
	int (*getattr)(struct inode *i, struct kstat *out);
	/* Apply, persistently; the VFS has checked rights.  valid and the
	 * values tell all: set-id bits to be cleared come as ATTR_MODE, mode
	 * has the type bits, ctime is set.  NULL: inode_set_attrs() alone. */
	int (*setattr)(struct inode *i, const struct iattr *a);
	/* NULL: generic mode-bit check. @mask: MAY_*. */
	int (*permission)(struct inode *i, const struct cred *c, int mask);

	int64_t (*getxattr)(struct inode *i, const char *name, void *buf,
			    size_t n);
	int (*setxattr)(struct inode *i, const char *name, const void *buf,
			size_t n, int flags);
	int64_t (*listxattr)(struct inode *i, char *buf, size_t n);
	int (*removexattr)(struct inode *i, const char *name);

	/* Prepare @f (file_ops default to i->fops).  May replace f->ops. */
	int (*open)(struct inode *i, struct file *f);
};

struct inode {
	struct ref ref;
	struct super *sb; /* not counted */
	uint64_t ino;
	uint32_t mode; /* LX_S_IF* | permissions */
	uint32_t uid, gid;
	uint32_t nlink;
	uint64_t rdev;
	int64_t atime_ns, mtime_ns, ctime_ns, btime_ns;
	const struct inode_ops *ops;
	const struct file_ops *fops;
	struct pagecache pages; /* size of regular files is pages.size */
	struct mutex lock;
	struct list flocks; /* fs/lock.c */
	struct waitq lock_wq;
	void *binding;	     /* FIFO's pipe, bound socket; its owner's kind */
	int32_t writers;     /* open for writing, or < 0: being executed */
	int32_t map_writers; /* writable shared mappings */
	bool is_dead;	     /* a directory that was removed; VFS's */
	bool may_link;	     /* O_TMPFILE: has no name yet, may get one */
	bool is_nosec;	     /* known to have no security.capability */
	bool is_append_only; /* chattr's +a; writes only at the end */
	bool is_immutable;   /* chattr's +i */
	char *link;	     /* a symlink's target, cached (kmalloc'ed): by
				the file system, or by the VFS */
	uint32_t seals;	     /* LX_F_SEAL_* */
	bool is_sealable;    /* memfd */
	uint64_t blocks;     /* 512-byte units where the fs counts them */
	void *priv;	     /* the file system's */
};

struct super_ops {
	int (*statfs)(struct super *sb, struct kstatfs *out);
	/* @to_disk: and wait until the host's disk has it. */
	int (*sync)(struct super *sb, bool to_disk);
	/* The last reference to an inode is gone: free i->priv, and the data
	 * if nlink == 0.  May sleep for I/O. */
	void (*evict)(struct inode *i);
	/* Names and inodes may change behind our back (host, /proc): the
	 * dentry must be looked up again when this says false.  @known is
	 * NULL for a name known not to exist.  If the new lookup finds the
	 * same inode, the dentry stays.  @stamp: the dentry's, 0 at first,
	 * for the file system to use. */
	bool (*dentry_valid)(struct inode *dir, const char *name, size_t len,
			     struct inode *known, uint64_t *stamp);
	/* Options for /proc/mounts, beginning with ',' each. */
	void (*show_options)(struct super *sb, struct strbuf *out);
	/* All mounts and inodes are gone: free sb->priv. */
	void (*shutdown)(struct super *sb);
	/* mount(MS_REMOUNT) with these options; NULL: none can change. */
	int (*remount)(struct super *sb, const char *data);
};

enum {
	SUPER_NO_DCACHE = 1 << 0, /* never keep negative or unused dentries */
	SUPER_RDONLY = 1 << 1,
	SUPER_KEEPS = 1 << 2, /* what is made in it outlives the guest */
};

struct super {
	struct ref ref;
	const struct super_ops *ops;
	const struct fs_type *type;
	uint64_t dev; /* st_dev */
	uint32_t flags;
	struct inode *root;
	struct dentry *root_dentry; /* fs/mount.c's */
	char source[128];
	struct list all;
	uint64_t ninodes; /* in memory */
	bool is_gone;	  /* unmounted; waits for its inodes */
	void *priv;
};

struct fs_type {
	const char *name;
	bool needs_device; /* for /proc/filesystems' "nodev" */
	/* @data: mount(2)'s option string or NULL. */
	int (*mount)(const struct fs_type *type, const char *source,
		     const char *data, struct super **out);
	struct fs_type *next;
};

/* fs_register, fs_find - the registry behind mount(2). */
void fs_register(struct fs_type *type);
struct fs_type *fs_find(const char *name);
struct fs_type *fs_first(void);

enum { MAY_EXEC = 1, MAY_WRITE = 2, MAY_READ = 4 };

/* inode_new - allocate; ref 1, times now, nlink 1 (2 for a directory), no ops,
 * an empty page cache without ops.  -ENOMEM. */
MUST_CHECK int inode_new(struct super *sb, uint64_t ino, uint32_t mode,
			 struct inode **out);
struct inode *inode_get(struct inode *i);
/* inode_put - the last reference evicts it, then drops its pages.  Sleeps. */
void inode_put(struct inode *i);

/* inode_permission - may @c do @mask (MAY_*)?  0, -EACCES, -EROFS not
 * included (that is the mount's). */
MUST_CHECK int inode_permission(struct inode *i, const struct cred *c,
				int mask);
/* inode_owner_or_capable - for chmod, utimes and the sticky bit. */
bool inode_owned(const struct inode *i, const struct cred *c);

/* inode_check_mode - the generic check by mode bits and capabilities, for
 * permission ops that want it. */
MUST_CHECK int inode_check_mode(const struct inode *i, const struct cred *c,
				int mask);

/* inode_touch - set times to now, in memory: bits of ATTR_*TIME. */
void inode_touch(struct inode *i, uint32_t which);

/* inode_set_attrs - what is valid in @a into @i's fields; not the size. */
void inode_set_attrs(struct inode *i, const struct iattr *a);

/* inode_new_owner - fill @as for something made in @dir by @c: fsuid, fsgid
 * or the set-group-id directory's group. */
void inode_new_owner(const struct inode *dir, const struct cred *c,
		     uint32_t mode, uint64_t rdev, struct inode_new *as);

/*
 * Open for writing or being executed: not both.  inode_write_get and
 * inode_exec_get return 0 or -ETXTBSY; exec keeps its count while the program
 * runs.
 */
MUST_CHECK int inode_write_get(struct inode *i);
void inode_write_put(struct inode *i);
MUST_CHECK int inode_exec_get(struct inode *i);
void inode_exec_put(struct inode *i);

MUST_CHECK int inode_stat(struct inode *i, struct kstat *out);

/* super_new - allocate with a fresh anonymous device number. */
MUST_CHECK int super_new(const struct fs_type *type,
			 const struct super_ops *ops, const char *source,
			 struct super **out);
struct super *super_get(struct super *sb);
/* super_put - the last one drops what is cached; the super itself lives until
 * the last inode has gone.  NULL is allowed.  Sleeps. */
void super_put(struct super *sb);
/* super_inode_gone - inode_put()'s: one inode less. */
void super_inode_gone(struct super *sb);

/* super_find - the one whose st_dev is @dev, counted; or NULL. */
struct super *super_find(uint64_t dev);

/* super_sync_all - sync(2): every super with a sync op.  Sleeps. */
void super_sync_all(bool to_disk);

static inline void
inode_putp(struct inode **i)
{
	inode_put(*i);
}

static inline bool
inode_is(const struct inode *i, uint32_t type)
{
	return (i->mode & 0170000) == type;
}

#endif /* FS_INODE_H */
