/* SPDX-License-Identifier: MIT */
/* fs/proc/fd.c - links from a task to its files: fd, fdinfo, exe, cwd, root. */
#include "base/slab.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "fs/proc/internal.h"
#include "include/abi/fcntl.h"

/* Descriptor pi->nr of the task.  Refs: *@out is counted. */
static int
file_of(const struct proc_inode *pi, struct file **out)
{
	struct task *t = proc_task(pi);

	if (!t || !t->files || fd_get_path(t->files, (int)pi->nr, out))
		return -ENOENT;
	return 0;
}

static int64_t
add_deleted(const struct dentry *d, char *buf, size_t n, int64_t len)
{
	static const char gone[] = " (deleted)";

	if (len < 0)
		return len == -ERANGE ? -ENAMETOOLONG : len;
	if (!dentry_is_deleted(d) || (size_t)len + sizeof(gone) > n)
		return len;
	memcpy(buf + len, gone, sizeof(gone));
	return len + (int64_t)sizeof(gone) - 1;
}

/* As the reader sees it. */
static int64_t
place_text(const struct path *p, char *buf, size_t n)
{
	struct fs_ctx *fs = current_task()->fs;

	return add_deleted(p->dentry, buf, n,
			   path_string(p, &fs->root, buf, n));
}

static int64_t
fd_link(const struct proc_inode *pi, char *buf, size_t n)
{
	struct file *f;
	int64_t len;
	int err = file_of(pi, &f);

	if (err)
		return err;
	len = file_path(f, &current_task()->fs->root, buf, n);
	file_put(f);
	return len;
}

static int
fd_jump(const struct proc_inode *pi, struct path *out)
{
	struct file *f;
	int err = file_of(pi, &f);

	if (err)
		return err;
	err = path_from_file(f, out);
	file_put(f);
	return err;
}

uint32_t
fd_link_mode(const struct proc_inode *pi)
{
	uint32_t mode = LX_S_IFLNK;
	struct file *f;

	if (file_of(pi, &f))
		return mode;
	if (file_may_read(f))
		mode |= 0500;
	if (file_may_write(f))
		mode |= 0300;
	file_put(f);
	return mode;
}

static PROC_SHOW(fdinfo_show)
{
	struct task *t = proc_task(pi);
	struct file *f;
	uint32_t flags;
	int err = file_of(pi, &f);

	if (err)
		return err;
	flags = f->flags;
	if (fd_get_cloexec(t->files, (int)pi->nr) > 0)
		flags |= LX_O_CLOEXEC;
	/* Linux: set by every open(2) of a 64-bit program. */
	if (f->path.dentry)
		flags |= 0100000;
	strbuf_add(sb, "pos:\t%lld\nflags:\t0%o\nmnt_id:\t%u\nino:\t%llu\n",
		   (long long)f->pos, flags, f->path.mnt ? f->path.mnt->id : 0,
		   (unsigned long long)(f->inode ? f->inode->ino : 0));
	if (f->ops->show_fdinfo)
		f->ops->show_fdinfo(f, sb);
	file_put(f);
	return 0;
}

static bool
next_fd(const struct proc_inode *dir, uint64_t from, uint64_t *out)
{
	struct task *t = proc_task(dir);
	int fd;

	if (!t || !t->files || from > INT32_MAX)
		return false;
	fd = fd_next(t->files, (int)from);
	*out = (uint64_t)fd;
	return fd >= 0;
}

static const struct proc_row fd_leaf = {
	"",
	LX_S_IFLNK | 0700,
	ROW_TRACE | ROW_FD_MODE,
	.link = fd_link,
	.jump = fd_jump,
};
static const struct proc_row fdinfo_leaf = {
	"",
	LX_S_IFREG | 0444,
	ROW_TRACE,
	.show = fdinfo_show,
};

const struct proc_series pid_fd_series = {.next = next_fd, .leaf = &fd_leaf};
const struct proc_series pid_fdinfo_series = {.next = next_fd,
					      .leaf = &fdinfo_leaf};

static struct file *
exe_of(const struct proc_inode *pi)
{
	struct task *t = proc_task(pi);

	return t && t->mm ? t->proc->exe : NULL;
}

int64_t
pid_exe_link(const struct proc_inode *pi, char *buf, size_t n)
{
	struct file *f = exe_of(pi);

	if (!f)
		return -ENOENT;
	return file_path(f, &current_task()->fs->root, buf, n);
}

int
pid_exe_jump(const struct proc_inode *pi, struct path *out)
{
	struct file *f = exe_of(pi);

	return f ? path_from_file(f, out) : -ENOENT;
}

static int
jump_to(const struct path *p, struct path *out)
{
	*out = *p;
	path_get(out);
	return 0;
}

int64_t
pid_cwd_link(const struct proc_inode *pi, char *buf, size_t n)
{
	struct task *t = proc_task(pi);

	return t && t->fs ? place_text(&t->fs->cwd, buf, n) : -ENOENT;
}

int
pid_cwd_jump(const struct proc_inode *pi, struct path *out)
{
	struct task *t = proc_task(pi);

	return t && t->fs ? jump_to(&t->fs->cwd, out) : -ENOENT;
}

int64_t
pid_root_link(const struct proc_inode *pi, char *buf, size_t n)
{
	struct task *t = proc_task(pi);

	return t && t->fs ? place_text(&t->fs->root, buf, n) : -ENOENT;
}

int
pid_root_jump(const struct proc_inode *pi, struct path *out)
{
	struct task *t = proc_task(pi);

	return t && t->fs ? jump_to(&t->fs->root, out) : -ENOENT;
}
