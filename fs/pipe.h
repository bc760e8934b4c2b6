/* SPDX-License-Identifier: MIT */
/* fs/pipe.h - pipes and FIFOs (pipe(7), fifo(7)). */
#ifndef FS_PIPE_H
#define FS_PIPE_H

#include "fs/file.h"

struct cred;
struct inode;

#define PIPE_BUF      4096u /* writes up to this are atomic */
#define PIPE_DEF_SIZE 65536u
#define PIPE_MAX_SIZE (1u << 20) /* unprivileged; pipe-max-size */

/* pipe_new - both ends, owned by @c; @flags: O_NONBLOCK, O_DIRECT. */
MUST_CHECK int pipe_new(const struct cred *c, uint32_t flags, struct file **rd,
			struct file **wr);

/* file_is_pipe - is @f an end of a pipe or an open FIFO? */
bool file_is_pipe(const struct file *f);

/* fifo_open - open(2) of a FIFO: attach @f. -EAGAIN: the other end is not
 * there yet and the caller must wait on f->wq and call fifo_open_wait()
 * until it answers otherwise (a blocking open; syscalls/open.c). */
MUST_CHECK int fifo_open(struct inode *i, struct file *f);
MUST_CHECK int fifo_open_wait(struct file *f);

/* pipe_size, pipe_set_size - fcntl(F_GETPIPE_SZ, F_SETPIPE_SZ). */
int pipe_size(struct file *f);
MUST_CHECK int pipe_set_size(struct file *f, uint64_t size, bool privileged);

#endif /* FS_PIPE_H */
