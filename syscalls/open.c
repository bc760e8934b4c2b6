/* SPDX-License-Identifier: MIT */
/* syscalls/open.c - open(2), openat2(2), creat(2). */
#include "fs/fdtable.h"
#include "fs/pipe.h"
#include "include/abi/stat.h"
#include "kernel/block.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

#define VALID_FLAGS                                                            \
	(LX_O_ACCMODE | LX_O_CREAT | LX_O_EXCL | LX_O_NOCTTY | LX_O_TRUNC |    \
	 LX_O_APPEND | LX_O_NONBLOCK | LX_O_SYNC | LX_O_DSYNC | LX_O_ASYNC |   \
	 LX_O_DIRECT | LX_O_LARGEFILE | LX_O_TMPFILE | LX_O_DIRECTORY |        \
	 LX_O_NOFOLLOW | LX_O_NOATIME | LX_O_CLOEXEC | LX_O_PATH)
#define VALID_RESOLVE                                                          \
	(LX_RESOLVE_NO_XDEV | LX_RESOLVE_NO_MAGICLINKS |                       \
	 LX_RESOLVE_NO_SYMLINKS | LX_RESOLVE_BENEATH | LX_RESOLVE_IN_ROOT |    \
	 LX_RESOLVE_CACHED)
#define MAKES(flags) ((flags) & (LX_O_CREAT | LX___O_TMPFILE))

/* Wait for the other end of the FIFO that @f is half open on. */
static int
fifo_wait(struct task *t, struct file *f)
{
	struct waiter w;
	int err;

	task_waiter_listen(&w, t, f->wq, WAIT_ALL);
	while ((err = fifo_open_wait(f)) == -EAGAIN) {
		err = task_block(t, &w);
		if (err)
			break;
	}
	waitq_leave(f->wq, &w);
	return err;
}

static sysret_t
do_open(struct task *t, int dirfd, uaddr_t path, const struct lx_open_how *how)
{
	uint32_t flags = (uint32_t)how->flags | LX_O_LARGEFILE;
	AUTO_PUT(file) f = NULL;
	AUTO_AT a;
	int fd, err;

	err = at_init(&a, t, dirfd, path, 0);
	if (err)
		return err;
	a.w.resolve = (uint32_t)how->resolve;
	/* Here even an absolute path begins at the descriptor. */
	if ((how->resolve & LX_RESOLVE_IN_ROOT) && a.name[0] == '/' &&
	    dirfd != LX_AT_FDCWD) {
		err = fd_place(t, dirfd, &a.w.start);
		if (err)
			return err;
	}
	fd = fd_reserve(t->files, 0, flags & LX_O_CLOEXEC,
			rlimit_get(t, LX_RLIMIT_NOFILE));
	if (fd < 0)
		return fd;
	err = vfs_open(&a.w, a.name, flags, (uint32_t)how->mode, &f);
	if (err == -EAGAIN && f)
		err = fifo_wait(t, f);
	if (err)
		fd_unreserve(t->files, fd);
	else
		fd_fill(t->files, fd, f);
	return err ? err : fd;
}

/* Linux: open(2) ignores what it doesn't know; openat2(2) does not. */
sysret_t
sys_openat(struct task *t, int dirfd, uaddr_t path, uint32_t flags,
	   uint32_t mode)
{
	struct lx_open_how how = {.flags = flags & VALID_FLAGS};

	if (MAKES(flags))
		how.mode = mode & LX_S_IALLUGO;
	return do_open(t, dirfd, path, &how);
}

sysret_t
sys_open(struct task *t, uaddr_t path, uint32_t flags, uint32_t mode)
{
	return sys_openat(t, LX_AT_FDCWD, path, flags, mode);
}

sysret_t
sys_creat(struct task *t, uaddr_t path, uint32_t mode)
{
	return sys_openat(t, LX_AT_FDCWD, path,
			  LX_O_CREAT | LX_O_WRONLY | LX_O_TRUNC, mode);
}

/* A structure that may grow: what we don't know must be zero. */
static int
how_in(struct task *t, uaddr_t at, uint64_t size, struct lx_open_how *how)
{
	if (size < LX_OPEN_HOW_SIZE_VER0)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	return copy_in_struct(t->mm, how, sizeof(*how), at, size);
}

sysret_t
sys_openat2(struct task *t, int dirfd, uaddr_t path, uaddr_t uhow,
	    uint64_t size)
{
	struct lx_open_how how;
	int err = how_in(t, uhow, size, &how);

	if (err)
		return err;
	if ((how.flags & ~(uint64_t)VALID_FLAGS) ||
	    (how.resolve & ~(uint64_t)VALID_RESOLVE))
		return -EINVAL;
	if ((how.resolve & LX_RESOLVE_BENEATH) &&
	    (how.resolve & LX_RESOLVE_IN_ROOT))
		return -EINVAL;
	if (MAKES(how.flags) ? how.mode & ~(uint64_t)LX_S_IALLUGO : how.mode)
		return -EINVAL;
	if ((how.flags & LX_O_PATH) &&
	    (how.flags & ~(uint64_t)(LX_O_PATH | LX_O_DIRECTORY |
				     LX_O_NOFOLLOW | LX_O_CLOEXEC)))
		return -EINVAL;
	if ((how.resolve & LX_RESOLVE_CACHED) &&
	    (how.flags & (LX_O_TRUNC | LX_O_CREAT | LX___O_TMPFILE)))
		return -EAGAIN;
	return do_open(t, dirfd, path, &how);
}
