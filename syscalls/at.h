/* SPDX-License-Identifier: MIT */
/*
 * syscalls/at.h - paths as system calls get them: a descriptor to start from
 * and a string in guest memory.
 *
 * struct at holds the copied string: 4 KiB of the kernel stack, so that no
 * call allocates for a path.
 */
#ifndef SYSCALLS_AT_H
#define SYSCALLS_AT_H

#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "kernel/task.h"

#define AT_PATH_MAX 4096

struct at {
	struct walk w; /* w.start is counted */
	char name[AT_PATH_MAX];
};

/* at_init - copy @name in and find where @dirfd is (not looked at if the path
 * is absolute).  @walk: WALK_*.  at_fini() in any case.
 * Returns: 0, -EFAULT, -ENAMETOOLONG, -EBADF. */
MUST_CHECK int at_init(struct at *a, struct task *t, int dirfd, uaddr_t name,
		       uint32_t walk);
void at_fini(struct at *a);

/* at_lookup - the place itself.  Refs: *@out is counted if 0. */
MUST_CHECK int at_lookup(struct task *t, int dirfd, uaddr_t name, uint32_t walk,
			 struct path *out);

/* at_walk_flags - WALK_* for the usual AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. */
static inline uint32_t
at_walk_flags(uint32_t at_flags)
{
	return (at_flags & LX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
	       (at_flags & LX_AT_EMPTY_PATH ? WALK_EMPTY : 0);
}

/* fd_place - where descriptor @fd is open, O_PATH ones too.  Refs: counted. */
MUST_CHECK int fd_place(struct task *t, int fd, struct path *out);

/* walk_init - @t's eyes, from its working directory. */
void walk_init(struct walk *w, struct task *t, uint32_t walk);

static inline void
at_finip(struct at *a)
{
	at_fini(a);
}

/* An at on the stack that ends with its scope; at_init() it first of all. */
#define AUTO_AT __attribute__((cleanup(at_finip))) struct at

#endif /* SYSCALLS_AT_H */
