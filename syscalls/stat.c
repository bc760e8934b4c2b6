/* SPDX-License-Identifier: MIT */
/* syscalls/stat.c - looking at files: stat(2), statx(2), access(2),
 * statfs(2). */
#include "fs/stat.h"

#include "base/time.h"
#include "fs/chrdev.h"
#include "fs/fdtable.h"
#include "include/abi/prctl.h"
#include "include/abi/stat.h"
#include "include/abi/statfs.h"
#include "mm/usercopy.h"
#include "syscalls/at.h"
#include "syscalls/sysdef.h"

#define STAT_AT_FLAGS                                                          \
	(LX_AT_SYMLINK_NOFOLLOW | LX_AT_NO_AUTOMOUNT | LX_AT_EMPTY_PATH)
#define STATX_SYNC (LX_AT_STATX_FORCE_SYNC | LX_AT_STATX_DONT_SYNC)

static struct lx_timespec
timespec_of(int64_t ns)
{
	int64_t sec = ns / (int64_t)NSEC_PER_SEC;
	int64_t rest = ns % (int64_t)NSEC_PER_SEC;

	if (rest < 0) {
		sec--;
		rest += NSEC_PER_SEC;
	}
	return (struct lx_timespec){sec, rest};
}

static struct lx_statx_timestamp
statx_time(int64_t ns)
{
	struct lx_timespec ts = timespec_of(ns);

	return (struct lx_statx_timestamp){
		.tv_sec = ts.tv_sec,
		.tv_nsec = (uint32_t)ts.tv_nsec,
	};
}

static int
stat_out(struct task *t, uaddr_t at, const struct kstat *k)
{
	struct lx_stat st = {
		.st_dev = dev_encode(k->dev),
		.st_ino = k->ino,
		.st_nlink = k->nlink,
		.st_mode = k->mode,
		.st_uid = k->uid,
		.st_gid = k->gid,
		.st_rdev = dev_encode(k->rdev),
		.st_size = (int64_t)k->size,
		.st_blksize = k->blksize,
		.st_blocks = (int64_t)k->blocks,
		.st_atim = timespec_of(k->atime_ns),
		.st_mtim = timespec_of(k->mtime_ns),
		.st_ctim = timespec_of(k->ctime_ns),
	};

	return put_user(t->mm, at, &st);
}

static int
fd_stat(struct task *t, int fd, struct kstat *out)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get_path(t->files, fd, &f);

	return err ? err : file_stat(f, out);
}

/* Is the path "" (or, as Linux 6.11 allows, not given)? */
static bool
is_empty(struct task *t, uaddr_t path)
{
	char c;

	if (uaddr_is_null(path))
		return true;
	return !get_user(t->mm, &c, path) && !c;
}

/* What glibc's fstat() asks: no walk. */
static int
at_stat(struct task *t, int dirfd, uaddr_t path, uint32_t flags,
	struct kstat *out)
{
	AUTO_PATH p = {0};
	int err;

	if ((flags & LX_AT_EMPTY_PATH) && is_empty(t, path)) {
		if (dirfd != LX_AT_FDCWD)
			return fd_stat(t, dirfd, out);
		return vfs_stat(&t->fs->cwd, out);
	}
	err = at_lookup(t, dirfd, path, at_walk_flags(flags), &p);
	return err ? err : vfs_stat(&p, out);
}

sysret_t
sys_newfstatat(struct task *t, int dirfd, uaddr_t path, uaddr_t buf,
	       uint32_t flags)
{
	struct kstat k;
	int err;

	if (flags & ~(uint32_t)STAT_AT_FLAGS)
		return -EINVAL;
	err = at_stat(t, dirfd, path, flags, &k);
	return err ? err : stat_out(t, buf, &k);
}

sysret_t
sys_stat(struct task *t, uaddr_t path, uaddr_t buf)
{
	return sys_newfstatat(t, LX_AT_FDCWD, path, buf, 0);
}

sysret_t
sys_lstat(struct task *t, uaddr_t path, uaddr_t buf)
{
	return sys_newfstatat(t, LX_AT_FDCWD, path, buf,
			      LX_AT_SYMLINK_NOFOLLOW);
}

sysret_t
sys_fstat(struct task *t, int fd, uaddr_t buf)
{
	struct kstat k;
	int err = fd_stat(t, fd, &k);

	return err ? err : stat_out(t, buf, &k);
}

static int
statx_out(struct task *t, uaddr_t at, const struct kstat *k, uint32_t mask)
{
	struct lx_statx sx = {
		.stx_mask = LX_STATX_BASIC_STATS | LX_STATX_MNT_ID,
		.stx_blksize = k->blksize,
		.stx_attributes = k->attributes,
		.stx_attributes_mask = k->attributes_mask,
		.stx_nlink = (uint32_t)k->nlink,
		.stx_uid = k->uid,
		.stx_gid = k->gid,
		.stx_mode = (uint16_t)k->mode,
		.stx_ino = k->ino,
		.stx_size = k->size,
		.stx_blocks = k->blocks,
		.stx_atime = statx_time(k->atime_ns),
		.stx_ctime = statx_time(k->ctime_ns),
		.stx_mtime = statx_time(k->mtime_ns),
		.stx_rdev_major = dev_major(k->rdev),
		.stx_rdev_minor = dev_minor(k->rdev),
		.stx_dev_major = dev_major(k->dev),
		.stx_dev_minor = dev_minor(k->dev),
		.stx_mnt_id = k->mnt_id,
	};

	/* Linux: file systems say it only when asked. */
	if (k->btime_ns && (mask & LX_STATX_BTIME)) {
		sx.stx_mask |= LX_STATX_BTIME;
		sx.stx_btime = statx_time(k->btime_ns);
	}
	return put_user(t->mm, at, &sx);
}

sysret_t
sys_statx(struct task *t, int dirfd, uaddr_t path, uint32_t flags,
	  uint32_t mask, uaddr_t buf)
{
	struct kstat k;
	int err;

	if (mask & LX_STATX__RESERVED)
		return -EINVAL;
	if (flags & ~(uint32_t)(STAT_AT_FLAGS | STATX_SYNC) ||
	    (flags & STATX_SYNC) == STATX_SYNC)
		return -EINVAL;
	err = at_stat(t, dirfd, path, flags, &k);
	return err ? err : statx_out(t, buf, &k, mask);
}

/* access(2) asks for the real ids: @c becomes such eyes. */
static void
real_eyes(const struct task *t, struct cred *c)
{
	*c = t->cred;
	c->fsuid = c->uid;
	c->fsgid = c->gid;
	if (c->securebits & LX_SECBIT_NO_SETUID_FIXUP)
		return;
	c->cap_effective = c->uid == 0 ? c->cap_permitted : 0;
}

sysret_t
sys_faccessat2(struct task *t, int dirfd, uaddr_t path, uint32_t mode,
	       uint32_t flags)
{
	AUTO_PATH p = {0};
	AUTO_AT a;
	struct cred c;
	int err;

	a.w.start = (struct path){0};
	if ((mode & ~7u) ||
	    (flags & ~(uint32_t)(LX_AT_EACCESS | LX_AT_SYMLINK_NOFOLLOW |
				 LX_AT_EMPTY_PATH)))
		return -EINVAL;
	err = at_init(&a, t, dirfd, path, at_walk_flags(flags));
	if (err)
		return err;
	if (!(flags & LX_AT_EACCESS)) {
		real_eyes(t, &c);
		a.w.cred = &c;
	}
	err = path_lookup(&a.w, a.name, &p);
	return err ? err : vfs_access(&p, a.w.cred, (int)mode);
}

sysret_t
sys_faccessat(struct task *t, int dirfd, uaddr_t path, uint32_t mode)
{
	return sys_faccessat2(t, dirfd, path, mode, 0);
}

sysret_t
sys_access(struct task *t, uaddr_t path, uint32_t mode)
{
	return sys_faccessat2(t, LX_AT_FDCWD, path, mode, 0);
}

static int
statfs_out(struct task *t, uaddr_t at, const struct path *p)
{
	struct kstatfs k;
	struct lx_statfs s;
	int err = vfs_statfs(p, &k);

	if (err)
		return err;
	s = (struct lx_statfs){
		.f_type = (int64_t)k.type,
		.f_bsize = (int64_t)k.bsize,
		.f_blocks = k.blocks,
		.f_bfree = k.bfree,
		.f_bavail = k.bavail,
		.f_files = k.files,
		.f_ffree = k.ffree,
		.f_fsid = {{(int32_t)k.fsid, (int32_t)(k.fsid >> 32)}},
		.f_namelen = (int64_t)k.namelen,
		.f_frsize = (int64_t)(k.frsize ? k.frsize : k.bsize),
		.f_flags = (int64_t)k.flags,
	};
	return put_user(t->mm, at, &s);
}

sysret_t
sys_statfs(struct task *t, uaddr_t path, uaddr_t buf)
{
	AUTO_PATH p = {0};
	int err = at_lookup(t, LX_AT_FDCWD, path, WALK_FOLLOW, &p);

	return err ? err : statfs_out(t, buf, &p);
}

sysret_t
sys_fstatfs(struct task *t, int fd, uaddr_t buf)
{
	AUTO_PATH p = {0};
	int err = fd_place(t, fd, &p);

	return err ? err : statfs_out(t, buf, &p);
}

sysret_t
sys_ustat(struct task *t, uint32_t dev, uaddr_t buf)
{
	struct super *sb = super_find(dev_decode(dev));
	struct kstatfs k = {0};
	struct lx_ustat u = {0};
	int err;

	if (!sb)
		return -EINVAL;
	err = sb->ops->statfs ? sb->ops->statfs(sb, &k) : -ENOSYS;
	super_put(sb);
	if (err)
		return err;
	u.f_tfree = (int32_t)k.bfree;
	u.f_tinode = k.ffree;
	return put_user(t->mm, buf, &u);
}
