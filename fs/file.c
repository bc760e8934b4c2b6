/* SPDX-License-Identifier: MIT */
/*
 * fs/file.c - open file descriptions: their life, and the checks common to
 * every kind on the way to its ops.  What mmap(2) asks of them is in
 * filemap.c, files that are a page cache in cached.c.
 */
#include "fs/file.h"

#include "base/cred.h"
#include "base/slab.h"
#include "base/time.h"
#include "fs/dir.h"
#include "fs/epoll.h"
#include "fs/internal_file.h"
#include "fs/internal_mount.h"
#include "fs/lock.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "include/abi/fcntl.h"
#include "include/abi/misc.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"
#include "mm/uio.h"

/* Linux: fs.file-max; far below what the heap could bear. */
#define FILES_MAX 1000000

#define DAY_NS (86400 * (int64_t)NSEC_PER_SEC)

static struct ref_kind file_kind = {.name = "file"};

int
file_new(const struct file_ops *ops, uint32_t flags, struct file **out)
{
	struct file *f;

	if (file_kind.live >= FILES_MAX)
		return -ENFILE;
	f = KNEW(struct file);
	if (!f)
		return -ENOMEM;
	ref_init(&f->ref, &file_kind);
	f->ops = ops;
	f->map.ops = &file_map_ops;
	f->flags = flags;
	waitq_init(&f->own_wq);
	f->wq = &f->own_wq;
	mutex_init(&f->pos_lock);
	list_init(&f->epolls);
	*out = f;
	return 0;
}

struct file *
file_get(struct file *f)
{
	ref_get(&f->ref);
	return f;
}

void
file_put(struct file *f)
{
	if (!f || !ref_put(&f->ref, &file_kind))
		return;
	if (!list_empty(&f->epolls))
		epoll_file_gone(f);
	if (f->async) {
		waitq_leave(f->wq, f->async);
		kfree(f->async);
	}
	if (f->inode)
		lock_drop_file(f);
	if (f->ops->release)
		f->ops->release(f);
	if (f->is_writer) {
		inode_write_put(f->inode);
		f->path.mnt->writers--;
	}
	if (f->is_program)
		inode_exec_put(f->inode);
	inode_put(f->inode);
	path_put(&f->path);
	kfree(f);
}

uint64_t
file_count(void)
{
	return (uint64_t)file_kind.live;
}

uint32_t
file_poll(struct file *f)
{
	return f->ops->poll ? f->ops->poll(f) : WAIT_IN | WAIT_OUT;
}

/* Linux: a range past the largest offset is refused as a whole. */
static inline int
check_range(const struct uio *u, uint64_t pos)
{
	return pos + u->left > INT64_MAX || pos > INT64_MAX ? -EINVAL : 0;
}

static int
may_read(const struct file *f)
{
	if (!file_may_read(f))
		return -EBADF;
	if (f->ops->read)
		return 0;
	return f->inode && LX_S_ISDIR(f->inode->mode) ? -EISDIR : -EINVAL;
}

static int
may_write(const struct file *f)
{
	if (!file_may_write(f))
		return -EBADF;
	return f->ops->write ? 0 : -EINVAL;
}

static int
write_at(struct file *f, struct uio *u, uint64_t *pos)
{
	int err = f->ops->write(f, u, pos), sync_err;
	bool all = (f->flags & LX___O_SYNC) || (u->rwf & LX_RWF_SYNC);
	bool data = (f->flags & LX_O_DSYNC) || (u->rwf & LX_RWF_DSYNC);

	if (!(all || data) || !u->moved || !f->ops->sync)
		return err;
	sync_err = f->ops->sync(f, !all);
	return sync_err ? sync_err : err;
}

int
file_read(struct file *f, struct uio *u)
{
	int err = may_read(f);

	if (err)
		return err;
	if (!f->ops->seek)
		return f->ops->read(f, u, &f->pos);
	mutex_lock(&f->pos_lock);
	err = check_range(u, f->pos);
	if (!err)
		err = f->ops->read(f, u, &f->pos);
	mutex_unlock(&f->pos_lock);
	return err;
}

int
file_write(struct file *f, struct uio *u)
{
	int err = may_write(f);

	if (err)
		return err;
	if (!f->ops->seek)
		return write_at(f, u, &f->pos);
	mutex_lock(&f->pos_lock);
	err = check_range(u, f->pos);
	if (!err)
		err = write_at(f, u, &f->pos);
	mutex_unlock(&f->pos_lock);
	return err;
}

int
file_pread(struct file *f, struct uio *u, uint64_t pos)
{
	int err;

	if (!f->ops->seek)
		return -ESPIPE;
	err = may_read(f);
	if (!err)
		err = check_range(u, pos);
	return err ? err : f->ops->read(f, u, &pos);
}

int
file_pwrite(struct file *f, struct uio *u, uint64_t pos)
{
	int err;

	if (!f->ops->seek)
		return -ESPIPE;
	err = may_write(f);
	if (!err)
		err = check_range(u, pos);
	return err ? err : write_at(f, u, &pos);
}

int64_t
file_seek(struct file *f, int64_t off, int whence)
{
	int64_t at;

	if (whence < LX_SEEK_SET || whence > LX_SEEK_HOLE)
		return -EINVAL;
	if (!f->ops->seek)
		return -ESPIPE;
	mutex_lock(&f->pos_lock);
	at = f->ops->seek(f, off, whence);
	if (at >= 0)
		f->pos = (uint64_t)at;
	mutex_unlock(&f->pos_lock);
	return at;
}

int64_t
file_seek_simple(struct file *f, int64_t off, int whence)
{
	if (whence == LX_SEEK_CUR) {
		if (__builtin_add_overflow(off, (int64_t)f->pos, &off))
			return -EOVERFLOW;
	} else if (whence != LX_SEEK_SET) {
		return -EINVAL;
	}
	return off < 0 ? -EINVAL : off;
}

int
file_iterate(struct file *f, struct dir_sink *sink)
{
	struct inode *i = f->inode;
	int err = -ENOENT;

	if (!f->ops->iterate)
		return -ENOTDIR;
	mutex_lock(&f->pos_lock);
	mutex_lock(&i->lock);
	if (!i->is_dead)
		err = f->path.dentry && f->path.dentry->nmountpoints
			      ? mountpoint_iterate(f, sink)
			      : f->ops->iterate(f, sink);
	mutex_unlock(&i->lock);
	mutex_unlock(&f->pos_lock);
	if (!err)
		file_accessed(f);
	return err;
}

bool
dir_emit(struct file *f, struct dir_sink *s, const char *name, size_t len,
	 uint64_t ino, uint8_t type, uint64_t next)
{
	if (s->emit(s, name, len, ino, type, next))
		return false;
	f->pos = next;
	return true;
}

bool
dir_emit_dots(struct file *f, struct dir_sink *s)
{
	struct dentry *up;

	if (f->pos > 1)
		return true;
	up = f->path.dentry->parent;
	/* Of a mount's root, the directory it is on. */
	if (f->path.dentry == f->path.mnt->root && f->path.mnt->parent)
		up = f->path.mnt->at->parent;
	if (f->pos == 0 && !dir_emit(f, s, ".", 1, f->inode->ino, LX_DT_DIR, 1))
		return false;
	return f->pos != 1 ||
	       dir_emit(f, s, "..", 2, up->inode->ino, LX_DT_DIR, 2);
}

void
file_accessed(struct file *f)
{
	struct inode *i = f->inode;
	const struct mount *m = f->path.mnt;

	if (!i || !m || (f->flags & LX_O_NOATIME) || mount_readonly(m))
		return;
	if ((m->flags & LX_MS_NOATIME) ||
	    ((m->flags & LX_MS_NODIRATIME) && LX_S_ISDIR(i->mode)))
		return;
	/* Linux: relatime unless the mount says strictatime. */
	if (!(m->flags & LX_MS_STRICTATIME) && i->atime_ns > i->mtime_ns &&
	    i->atime_ns > i->ctime_ns &&
	    (int64_t)clock_realtime_ns() - i->atime_ns < DAY_NS)
		return;
	inode_touch(i, ATTR_ATIME);
}

bool
file_appends(const struct file *f, const struct uio *u)
{
	if (u->rwf & LX_RWF_APPEND)
		return true;
	return (f->flags & LX_O_APPEND) && !(u->rwf & LX_RWF_NOAPPEND);
}

int
file_write_checks(struct file *f, struct uio *u, uint64_t pos,
		  const struct cred *c, uint64_t limit)
{
	struct inode *i = f->inode;

	if (!i || !LX_S_ISREG(i->mode) || !u->left || !file_may_write(f))
		return 0;
	if (limit != UINT64_MAX) {
		if (file_appends(f, u))
			pos = i->pages.size;
		if (pos >= limit)
			return -EFBIG;
		u->left = MIN(u->left, limit - pos);
	}
	return inode_drop_privs(i, c);
}
