/* SPDX-License-Identifier: MIT */
/* syscalls/at.c - paths as system calls get them. */
#include "syscalls/at.h"

#include "fs/fdtable.h"
#include "mm/usercopy.h"

void
walk_init(struct walk *w, struct task *t, uint32_t walk)
{
	*w = (struct walk){.fs = t->fs, .cred = &t->cred, .flags = walk};
}

int
fd_place(struct task *t, int fd, struct path *out)
{
	struct file *f;
	int err = fd_get_path(t->files, fd, &f);

	if (err)
		return err;
	err = path_from_file(f, out);
	file_put(f);
	return err;
}

int
at_init(struct at *a, struct task *t, int dirfd, uaddr_t name, uint32_t walk)
{
	int64_t len;

	walk_init(&a->w, t, walk);
	len = copy_str_in(t->mm, a->name, name, sizeof(a->name));
	if (len < 0)
		return (int)len;
	if (a->name[0] == '/' || dirfd == LX_AT_FDCWD)
		return 0;
	if (!a->name[0] && !(walk & WALK_EMPTY))
		return -ENOENT;
	return fd_place(t, dirfd, &a->w.start);
}

void
at_fini(struct at *a)
{
	if (a->w.start.dentry)
		path_put(&a->w.start);
}

int
at_lookup(struct task *t, int dirfd, uaddr_t name, uint32_t walk,
	  struct path *out)
{
	AUTO_AT a;
	int err = at_init(&a, t, dirfd, name, walk);

	return err ? err : path_lookup(&a.w, a.name, out);
}
