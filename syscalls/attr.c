/* SPDX-License-Identifier: MIT */
/* syscalls/attr.c - attributes of files: chmod(2), chown(2), utimensat(2),
 * truncate(2), fallocate(2), umask(2). */
#include "base/time.h"
#include "fs/dentry.h"
#include "fs/fdtable.h"
#include "include/abi/stat.h"
#include "include/abi/time.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

#define NO_ID UINT32_MAX

static int
do_chmod(struct task *t, const struct path *p, uint32_t mode)
{
	struct iattr a = {.valid = ATTR_MODE, .mode = mode & LX_S_IALLUGO};

	/* Linux: the mode of a symlink is not for changing. */
	if (LX_S_ISLNK(p->dentry->inode->mode))
		return -EOPNOTSUPP;
	return vfs_setattr(p, &t->cred, &a);
}

sysret_t
sys_fchmodat2(struct task *t, int dirfd, uaddr_t path, uint32_t mode,
	      uint32_t flags)
{
	AUTO_PATH p = {0};
	int err;

	if (flags & ~(uint32_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -EINVAL;
	err = at_lookup(t, dirfd, path, at_walk_flags(flags), &p);
	return err ? err : do_chmod(t, &p, mode);
}

sysret_t
sys_fchmodat(struct task *t, int dirfd, uaddr_t path, uint32_t mode)
{
	return sys_fchmodat2(t, dirfd, path, mode, 0);
}

sysret_t
sys_chmod(struct task *t, uaddr_t path, uint32_t mode)
{
	return sys_fchmodat2(t, LX_AT_FDCWD, path, mode, 0);
}

/* Where an open file is, for calls that O_PATH descriptors can't make. */
static int
open_place(struct task *t, int fd, struct path *out)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get(t->files, fd, &f);

	return err ? err : path_from_file(f, out);
}

sysret_t
sys_fchmod(struct task *t, int fd, uint32_t mode)
{
	AUTO_PATH p = {0};
	int err = open_place(t, fd, &p);

	return err ? err : do_chmod(t, &p, mode);
}

static int
do_chown(struct task *t, const struct path *p, uint32_t uid, uint32_t gid)
{
	struct iattr a = {.valid = ATTR_KILL_PRIV, .uid = uid, .gid = gid};

	if (uid != NO_ID)
		a.valid |= ATTR_UID;
	if (gid != NO_ID)
		a.valid |= ATTR_GID;
	return vfs_setattr(p, &t->cred, &a);
}

sysret_t
sys_fchownat(struct task *t, int dirfd, uaddr_t path, uint32_t uid,
	     uint32_t gid, uint32_t flags)
{
	AUTO_PATH p = {0};
	int err;

	if (flags & ~(uint32_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -EINVAL;
	err = at_lookup(t, dirfd, path, at_walk_flags(flags), &p);
	return err ? err : do_chown(t, &p, uid, gid);
}

sysret_t
sys_chown(struct task *t, uaddr_t path, uint32_t uid, uint32_t gid)
{
	return sys_fchownat(t, LX_AT_FDCWD, path, uid, gid, 0);
}

sysret_t
sys_lchown(struct task *t, uaddr_t path, uint32_t uid, uint32_t gid)
{
	return sys_fchownat(t, LX_AT_FDCWD, path, uid, gid,
			    LX_AT_SYMLINK_NOFOLLOW);
}

sysret_t
sys_fchown(struct task *t, int fd, uint32_t uid, uint32_t gid)
{
	AUTO_PATH p = {0};
	int err = open_place(t, fd, &p);

	return err ? err : do_chown(t, &p, uid, gid);
}

/* Seconds and nanoseconds as one signed count; far away times are cut. */
static int64_t
ns_of(int64_t sec, int64_t nsec)
{
	const int64_t most = INT64_MAX / (int64_t)NSEC_PER_SEC - 1;

	sec = MAX(MIN(sec, most), -most);
	return sec * (int64_t)NSEC_PER_SEC + nsec;
}

/* One of the two times: UTIME_OMIT, UTIME_NOW or a time. */
static int
one_time(const struct lx_timespec *ts, int64_t now, uint32_t bit, int64_t *out,
	 uint32_t *valid)
{
	if (ts->tv_nsec == LX_UTIME_OMIT)
		return 0;
	*valid |= bit;
	*out = now;
	if (ts->tv_nsec == LX_UTIME_NOW)
		return 0;
	if (ts->tv_nsec < 0 || ts->tv_nsec >= (int64_t)NSEC_PER_SEC)
		return -EINVAL;
	*valid |= ATTR_TIMES_SET;
	*out = ns_of(ts->tv_sec, ts->tv_nsec);
	return 0;
}

/* @ts: two of them, or NULL for now. */
static int
set_times(struct task *t, int dirfd, uaddr_t path, const struct lx_timespec *ts,
	  uint32_t flags)
{
	int64_t now = (int64_t)clock_realtime_ns();
	struct iattr a = {.valid = ATTR_ATIME | ATTR_MTIME,
			  .atime_ns = now,
			  .mtime_ns = now};
	AUTO_PATH p = {0};
	int err = 0;

	if (flags & ~(uint32_t)(LX_AT_SYMLINK_NOFOLLOW | LX_AT_EMPTY_PATH))
		return -EINVAL;
	if (ts) {
		a.valid = 0;
		err = one_time(&ts[0], now, ATTR_ATIME, &a.atime_ns, &a.valid);
		if (!err)
			err = one_time(&ts[1], now, ATTR_MTIME, &a.mtime_ns,
				       &a.valid);
	}
	if (err)
		return err;
	/* Linux: one time given, the other "now": the owner's alone. */
	if (ts && a.valid != (ATTR_ATIME | ATTR_MTIME))
		a.valid |= ATTR_TIMES_SET;
	if (uaddr_is_null(path) && dirfd != LX_AT_FDCWD) {
		if (flags)
			return -EINVAL;
		err = open_place(t, dirfd, &p);
	} else {
		err = at_lookup(t, dirfd, path, at_walk_flags(flags), &p);
	}
	if (err)
		return err;
	if (ts && !(a.valid & (ATTR_ATIME | ATTR_MTIME)))
		return 0;
	return vfs_setattr(&p, &t->cred, &a);
}

sysret_t
sys_utimensat(struct task *t, int dirfd, uaddr_t path, uaddr_t times,
	      uint32_t flags)
{
	struct lx_timespec ts[2];

	if (uaddr_is_null(times))
		return set_times(t, dirfd, path, NULL, flags);
	if (get_user(t->mm, &ts, times))
		return -EFAULT;
	/* Linux: nothing to set, not even a look at the path. */
	if (ts[0].tv_nsec == LX_UTIME_OMIT && ts[1].tv_nsec == LX_UTIME_OMIT)
		return 0;
	return set_times(t, dirfd, path, ts, flags);
}

sysret_t
sys_futimesat(struct task *t, int dirfd, uaddr_t path, uaddr_t times)
{
	struct lx_timeval tv[2];
	struct lx_timespec ts[2];

	if (uaddr_is_null(times))
		return set_times(t, dirfd, path, NULL, 0);
	if (get_user(t->mm, &tv, times))
		return -EFAULT;
	for (int i = 0; i < 2; i++) {
		if (tv[i].tv_usec < 0 || tv[i].tv_usec >= 1000000)
			return -EINVAL;
		ts[i].tv_sec = tv[i].tv_sec;
		ts[i].tv_nsec = tv[i].tv_usec * 1000;
	}
	return set_times(t, dirfd, path, ts, 0);
}

sysret_t
sys_utimes(struct task *t, uaddr_t path, uaddr_t times)
{
	return sys_futimesat(t, LX_AT_FDCWD, path, times);
}

sysret_t
sys_utime(struct task *t, uaddr_t path, uaddr_t times)
{
	struct lx_utimbuf ub;
	struct lx_timespec ts[2] = {{0, 0}, {0, 0}};

	if (uaddr_is_null(times))
		return set_times(t, LX_AT_FDCWD, path, NULL, 0);
	if (get_user(t->mm, &ub, times))
		return -EFAULT;
	ts[0].tv_sec = ub.actime;
	ts[1].tv_sec = ub.modtime;
	return set_times(t, LX_AT_FDCWD, path, ts, 0);
}

/* RLIMIT_FSIZE: making a file larger than that is refused, with a signal. */
static int
check_size(struct task *t, int64_t length, uint64_t now)
{
	uint64_t limit = rlimit_get(t, LX_RLIMIT_FSIZE);

	if ((uint64_t)length <= now || (uint64_t)length <= limit)
		return 0;
	task_signal(t, LX_SIGXFSZ);
	return -EFBIG;
}

sysret_t
sys_truncate(struct task *t, uaddr_t path, int64_t length)
{
	AUTO_PATH p = {0};
	int err;

	if (length < 0)
		return -EINVAL;
	err = at_lookup(t, LX_AT_FDCWD, path, WALK_FOLLOW, &p);
	if (!err && LX_S_ISREG(p.dentry->inode->mode))
		err = check_size(t, length, p.dentry->inode->pages.size);
	return err ? err : vfs_truncate(&p, &t->cred, (uint64_t)length);
}

sysret_t
sys_ftruncate(struct task *t, int fd, int64_t length)
{
	AUTO_PUT(file) f = NULL;
	int err;

	if (length < 0)
		return -EINVAL;
	err = fd_get(t->files, fd, &f);
	if (err)
		return err;
	if (!f->inode || !LX_S_ISREG(f->inode->mode) || !file_may_write(f))
		return -EINVAL;
	err = check_size(t, length, f->inode->pages.size);
	return err ? err : vfs_truncate_file(f, &t->cred, (uint64_t)length);
}

sysret_t
sys_fallocate(struct task *t, int fd, uint32_t mode, int64_t offset,
	      int64_t len)
{
	AUTO_PUT(file) f = NULL;
	int64_t end;
	int err = fd_get(t->files, fd, &f);

	if (err)
		return err;
	if (f->inode && LX_S_ISREG(f->inode->mode) && offset >= 0 && len > 0 &&
	    !__builtin_add_overflow(offset, len, &end) &&
	    !(mode & LX_FALLOC_FL_KEEP_SIZE)) {
		err = check_size(t, end, f->inode->pages.size);
		if (err)
			return err;
	}
	return vfs_fallocate(f, &t->cred, (int)mode, offset, len);
}

sysret_t
sys_umask(struct task *t, uint32_t mask)
{
	uint32_t old = t->fs->umask;

	t->fs->umask = mask & LX_S_IRWXUGO;
	return old;
}
