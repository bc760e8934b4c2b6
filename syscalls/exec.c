/* SPDX-License-Identifier: MIT */
/* syscalls/exec.c - execve(2), execveat(2). */
#include "kernel/exec.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/fdtable.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/resource.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define PATH_MAX   4096
#define ARGS_MIN   (128 * 1024ull)
#define ARGS_MAX   (6 * 1024 * 1024ull)
#define STRLEN_MAX 131072ull

/* execve(2), "Limits on size of arguments and environment". */
static uint64_t
args_limit(const struct task *t)
{
	uint64_t stack = rlimit_get(t, LX_RLIMIT_STACK);

	return MAX(MIN(stack / 4, ARGS_MAX), ARGS_MIN);
}

static int
gather(struct task *t, uaddr_t argv, uaddr_t envp, struct exec_strings *s)
{
	uint64_t limit = args_limit(t);
	int err;

	err = exec_strings_user(s, t->mm, argv, &s->argc, limit);
	if (err)
		return err;
	/* Linux: a program always has an argv[0]. */
	if (!s->argc) {
		err = exec_strings_add(s, "");
		if (err)
			return err;
		s->argc = 1;
	}
	return exec_strings_user(s, t->mm, envp, &s->envc, limit);
}

/* A program: its file, and the name by which a script would be opened again,
 * which is no use where that needs a descriptor that exec closes. */
struct program {
	struct file *file;
	bool hidden;
	char path[PATH_MAX], name[PATH_MAX + 32];
};

static int
open_at(struct task *t, int dirfd, uint32_t flags, struct program *p)
{
	const char *path = p->path;
	AUTO_PUT(file) dir = NULL;
	struct walk w = {
		.fs = t->fs,
		.cred = &t->cred,
		.flags = (flags & LX_AT_SYMLINK_NOFOLLOW ? 0 : WALK_FOLLOW) |
			 (flags & LX_AT_EMPTY_PATH ? WALK_EMPTY : 0),
	};
	int err;

	str_copy(p->name, path, sizeof(p->name));
	if (path[0] != '/' && dirfd != LX_AT_FDCWD) {
		int cloexec;

		err = fd_get_path(t->files, dirfd, &dir);
		if (err)
			return err;
		w.start = dir->path;
		cloexec = fd_get_cloexec(t->files, dirfd);
		p->hidden = cloexec > 0;
		str_format(p->name, sizeof(p->name),
			   path[0] ? "/dev/fd/%d/%s" : "/dev/fd/%d", dirfd,
			   path);
	}
	if (!path[0] && !(flags & LX_AT_EMPTY_PATH))
		return -ENOENT;
	return vfs_open(
		&w, path,
		LX_O_RDONLY | VFS_OPEN_EXEC |
			(flags & LX_AT_SYMLINK_NOFOLLOW ? LX_O_NOFOLLOW : 0),
		0, &p->file);
}

static sysret_t
exec_at(struct task *t, int dirfd, uaddr_t upath, uaddr_t argv, uaddr_t envp,
	uint32_t flags)
{
	struct exec_strings args = {0};
	struct program *p = KNEW(struct program);
	int64_t n;
	int err;

	if (!p)
		return -ENOMEM;
	n = copy_str_in(t->mm, p->path, upath, sizeof(p->path));
	err = n < 0 ? (int)n : 0;
	if (!err)
		err = open_at(t, dirfd, flags, p);
	if (!err) {
		err = gather(t, argv, envp, &args);
		if (err)
			file_put(p->file);
		else
			err = task_exec(t, p->file, p->name, &args, p->hidden);
	}
	exec_strings_fini(&args);
	kfree(p);
	return err;
}

sysret_t
sys_execve(struct task *t, uaddr_t path, uaddr_t argv, uaddr_t envp)
{
	return exec_at(t, LX_AT_FDCWD, path, argv, envp, 0);
}

sysret_t
sys_execveat(struct task *t, int dirfd, uaddr_t path, uaddr_t argv,
	     uaddr_t envp, uint32_t flags)
{
	if (flags & ~(uint32_t)(LX_AT_EMPTY_PATH | LX_AT_SYMLINK_NOFOLLOW))
		return -EINVAL;
	return exec_at(t, dirfd, path, argv, envp, flags);
}
