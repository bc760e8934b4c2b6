/* SPDX-License-Identifier: MIT */
/*
 * fs/file.h - open file descriptions: what a guest's descriptor refers to.
 *
 * A `struct file` is made by vfs_open() (or by pipes, sockets, eventfd...),
 * shared by dup(2) and fork(2), and lives until its last reference goes.
 * Descriptor numbers are fs/fdtable.h's business; inodes are fs/inode.h's.
 *
 * Nothing here blocks for an event.  An operation that can't finish says
 * -EAGAIN and the system call layer waits on file->wq (syscalls/rw.c): one
 * place knows how to sleep, be interrupted and restart.  Disk I/O sleeps.
 */
#ifndef FS_FILE_H
#define FS_FILE_H

#include "base/block.h"
#include "base/ref.h"
#include "base/waitq.h"
#include "include/annotate.h"
#include "include/types.h"
#include "mm/mappable.h"

struct cred;
struct dentry;
struct dir_sink;
struct file;
struct inode;
struct mm;
struct mount;
struct pagecache;
struct strbuf;
struct uio;

/* A place in the tree: both counted where stored (path_get/path_put). */
struct path {
	struct mount *mnt;
	struct dentry *dentry;
};

/* What a kind of file can do.  A NULL entry gives Linux's error for it. */
struct file_ops {
	const char *kind; /* "pipe", "tmpfs"; for logs and /proc */
	bool maps_zero;	  /* mmap(2) of it is anonymous memory: /dev/zero */

	/*
	 * Move bytes between @u and the file at *@pos, advancing both.
	 * Returns: 0 when the request is complete (or the end of file is
	 * reached), -EAGAIN when the rest must wait (u->moved says what was
	 * done), or another -errno.
	 */
	int (*read)(struct file *f, struct uio *u, uint64_t *pos);
	int (*write)(struct file *f, struct uio *u, uint64_t *pos);

	/* lseek(2); NULL: -ESPIPE.  Returns the new position. */
	int64_t (*seek)(struct file *f, int64_t off, int whence);

	/* Events ready now, as a WAIT_* mask.  NULL: always IN | OUT. */
	uint32_t (*poll)(struct file *f);

	/* ioctl(2). -ENOTTY for what is not known. */
	sysret_t (*ioctl)(struct file *f, struct mm *mm, uint32_t cmd,
			  uint64_t arg);

	/* getdents: feed entries from f->pos on by dir_emit(); see fs/dir.h.
	 * Called with inode->lock held. */
	int (*iterate)(struct file *f, struct dir_sink *sink);

	/* fsync(2), fdatasync(2).  Sleeps. */
	int (*sync)(struct file *f, bool data_only);

	int (*fallocate)(struct file *f, int mode, uint64_t off, uint64_t len);

	/* How long a read or write may wait; UINT64_MAX, and NULL: for ever
	 * (SO_RCVTIMEO).  Such a wait is not restarted after a signal. */
	uint64_t (*timeout_ns)(struct file *f, bool is_write);

	/* The page cache behind it, for mmap, sendfile; NULL: none. */
	struct pagecache *(*pages)(struct file *f);

	/* May O_NONBLOCK, O_APPEND... change?  Told after fcntl(F_SETFL). */
	int (*set_flags)(struct file *f, uint32_t flags);

	/* A descriptor for it was closed (flush; POSIX locks go).  Sleeps. */
	int (*flush)(struct file *f);

	/* The last reference is gone.  Must not fail.  May sleep for I/O. */
	void (*release)(struct file *f);

	/* Extra lines of /proc/PID/fdinfo. */
	void (*show_fdinfo)(struct file *f, struct strbuf *sb);
};

struct file {
	struct ref ref;
	const struct file_ops *ops; /* constant after open */
	struct mappable map;	    /* for mmap(2); fs/file.c's ops */
	uint32_t flags;		    /* LX_O_*; access mode constant */
	struct waitq *wq;	    /* woken on every change of poll(): the
				       file's own, or its object's */
	struct waitq own_wq;
	struct path path;    /* where it was opened; may be {0} */
	struct inode *inode; /* counted; NULL for anonymous files */
	struct mutex pos_lock;
	uint64_t pos;
	void *priv;	      /* the kind's */
	struct list epolls;   /* epoll entries watching it; fs/epoll.c */
	int32_t owner;	      /* F_SETOWN: pid, or -pgrp */
	int32_t owner_sig;    /* F_SETSIG */
	bool owner_is_thread; /* F_SETOWN_EX with F_OWNER_TID */
	uint32_t owner_uid, owner_euid; /* of who said F_SETOWN */
	/* O_ASYNC's listener; kernel/sigio.c's, kfree()d by file_put(). */
	struct waiter *async;
	uint32_t ra_next, ra_len; /* read-ahead state, pages */
	bool is_program;	  /* counted as executed; see fs/inode.h */
	bool is_writer;		  /* counted in inode->writers, mnt->writers */
	char label[32];		  /* "anon_inode:[eventfd]" when no path */
};

/*
 * file_new - allocate a description with one reference, owned by the caller;
 * wq is its own.  Returns: 0 and *@out, or -ENOMEM (-ENFILE at the limit).
 */
MUST_CHECK int file_new(const struct file_ops *ops, uint32_t flags,
			struct file **out);

/* file_get - take another reference; returns @f so calls can be chained. */
struct file *file_get(struct file *f);

/* file_put - drop a reference; the last one calls ops->release().  NULL is
 * allowed.  May sleep for I/O. */
void file_put(struct file *f);

/* file_read, file_write - at the file's own position (taking pos_lock).
 * Returns: as file_ops; -EBADF if not open so; -EINVAL if no such op. */
MUST_CHECK int file_read(struct file *f, struct uio *u);
MUST_CHECK int file_write(struct file *f, struct uio *u);

/* file_pread, file_pwrite - at @pos; -ESPIPE if the file cannot seek. */
MUST_CHECK int file_pread(struct file *f, struct uio *u, uint64_t pos);
MUST_CHECK int file_pwrite(struct file *f, struct uio *u, uint64_t pos);

/* file_poll - events ready now. */
uint32_t file_poll(struct file *f);

static inline bool
file_may_read(const struct file *f)
{
	return (f->flags & 3) != 1 && !(f->flags & 010000000);
}

static inline bool
file_may_write(const struct file *f)
{
	return (f->flags & 3) != 0 && !(f->flags & 010000000);
}

/* file_path - the path as seen from @root into @buf, " (deleted)" appended
 * where it is; or the label. Returns: length, -ENAMETOOLONG. */
MUST_CHECK int64_t file_path(struct file *f, const struct path *root, char *buf,
			     size_t n);

/*
 * path_from_file - a place that leads to what @f is open on, for magic links
 * (/proc/PID/fd/N): its path, or a nameless one for a pipe or socket.
 * Refs: *@out is counted.  -ENOMEM; -ENXIO if there is no inode at all.
 */
MUST_CHECK int path_from_file(struct file *f, struct path *out);

/*
 * file_write_checks - what the caller's task means for a write of @u at @pos:
 * cuts @u to the RLIMIT_FSIZE @limit, takes set-id bits off the file (unless
 * @c may keep them).  O_APPEND is minded.  Returns: 0, or -EFBIG: SIGXFSZ too.
 */
MUST_CHECK int file_write_checks(struct file *f, struct uio *u, uint64_t pos,
				 const struct cred *c, uint64_t limit);

/* file_appends - does this write go to the end of the file? */
bool file_appends(const struct file *f, const struct uio *u);

/* file_accessed - update atime as the mount and O_NOATIME want it. */
void file_accessed(struct file *f);

/*
 * Operations for files whose bytes are their inode's page cache: read, write
 * (O_APPEND, seals, mtime; under inode->lock), seek (SEEK_DATA and SEEK_HOLE
 * too), pages.
 */
int file_cached_read(struct file *f, struct uio *u, uint64_t *pos);
int file_cached_write(struct file *f, struct uio *u, uint64_t *pos);
int64_t file_cached_seek(struct file *f, int64_t off, int whence);
struct pagecache *file_cached_pages(struct file *f);

/* file_seek_simple - SEEK_SET and SEEK_CUR to any position >= 0; directories.
 */
int64_t file_seek_simple(struct file *f, int64_t off, int whence);

/* file_seek - lseek(2). */
int64_t file_seek(struct file *f, int64_t off, int whence);

/* file_iterate - getdents(2): -ENOTDIR, -ENOENT for a removed directory. */
MUST_CHECK int file_iterate(struct file *f, struct dir_sink *sink);

/* file_from_map - the file a mapping came from. */
static inline struct file *
file_from_map(struct mappable *m)
{
	return CONTAINER_OF(m, struct file, map);
}

/* file_count - open descriptions in all, for /proc/sys/fs/file-nr. */
uint64_t file_count(void);

static inline void
file_putp(struct file **f)
{
	file_put(*f);
}

#endif /* FS_FILE_H */
