/* SPDX-License-Identifier: MIT */
/* fs/fdtable.h - guest descriptor numbers to open files; shared by the tasks
 * of a process (CLONE_FILES) and counted. */
#ifndef FS_FDTABLE_H
#define FS_FDTABLE_H

#include "fs/file.h"

struct fdtable;

MUST_CHECK int fdtable_new(struct fdtable **out);
struct fdtable *fdtable_get(struct fdtable *fdt);
/* fdtable_put - the last reference closes everything; NULL is allowed. */
void fdtable_put(struct fdtable *fdt);
/* fdtable_copy - fork's copy. */
MUST_CHECK int fdtable_copy(struct fdtable *src, struct fdtable **out);
bool fdtable_is_shared(const struct fdtable *fdt);

/* fd_get - look up @fd. Refs: *@out is a new reference. -EBADF; O_PATH files
 * are refused with -EBADF except by fd_get_path(). */
MUST_CHECK int fd_get(struct fdtable *fdt, int fd, struct file **out);
MUST_CHECK int fd_get_path(struct fdtable *fdt, int fd, struct file **out);

/*
 * fd_install - the lowest free number >= @from for @f, below @limit
 * (RLIMIT_NOFILE).  Refs: the table takes its own reference.
 * Returns: the number, -EMFILE, -ENOMEM; -EINVAL if from >= limit.
 */
MUST_CHECK int fd_install(struct fdtable *fdt, struct file *f, int from,
			  bool cloexec, uint64_t limit);

/*
 * fd_reserve - as fd_install(), for a file that is yet to be opened: open(2)
 * must not create anything and then have no number for it.  fd_fill gives it
 * the file (the table takes its own reference); fd_unreserve gives it back.
 */
MUST_CHECK int fd_reserve(struct fdtable *fdt, int from, bool cloexec,
			  uint64_t limit);
void fd_fill(struct fdtable *fdt, int fd, struct file *f);
void fd_unreserve(struct fdtable *fdt, int fd);

/* fd_replace - dup2/dup3's effect on @fd; what was there is closed.
 * Returns: 0, -EBADF (number out of range), -EBUSY (reserved), -ENOMEM. */
MUST_CHECK int fd_replace(struct fdtable *fdt, int fd, struct file *f,
			  bool cloexec, uint64_t limit);

/* fd_close - close(2).  Returns: 0, -EBADF, or flush's error. */
MUST_CHECK int fd_close(struct fdtable *fdt, int fd);
int fd_close_range(struct fdtable *fdt, uint32_t first, uint32_t last,
		   bool set_cloexec);
/* fd_close_on_exec - close all marked so. */
void fd_close_on_exec(struct fdtable *fdt);
int fd_get_cloexec(struct fdtable *fdt, int fd);
int fd_set_cloexec(struct fdtable *fdt, int fd, bool on);

/* fd_next - the lowest open number >= @from, or -1; for /proc/PID/fd. */
int fd_next(struct fdtable *fdt, int from);
int fd_table_size(struct fdtable *fdt);

#endif /* FS_FDTABLE_H */
