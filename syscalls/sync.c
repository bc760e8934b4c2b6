/* SPDX-License-Identifier: MIT */
/* syscalls/sync.c - making it last, and hints: sync(2), fsync(2),
 * sync_file_range(2), posix_fadvise(2), readahead(2); memfd_create(2). */
#include "base/str.h"
#include "fs/fdtable.h"
#include "fs/inode.h"
#include "fs/mount.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/fcntl.h"
#include "include/abi/mman.h"
#include "include/abi/stat.h"
#include "kernel/task.h"
#include "mm/usercopy.h"
#include "syscalls/sysdef.h"

#define MEMFD_NAME_MAX 249 /* NAME_MAX less "memfd:" */
#define MEMFD_FLAGS                                                            \
	(LX_MFD_CLOEXEC | LX_MFD_ALLOW_SEALING | LX_MFD_NOEXEC_SEAL |          \
	 LX_MFD_EXEC)

sysret_t
sys_sync(struct task *t)
{
	(void)t;
	super_sync_all(true);
	return 0;
}

static sysret_t
do_fsync(struct task *t, int fd, bool data_only)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get(t->files, fd, &f);

	if (err)
		return err;
	if (f->ops->sync)
		return f->ops->sync(f, data_only);
	/* Directories of a file system that has nothing to write. */
	return f->inode && LX_S_ISDIR(f->inode->mode) ? 0 : -EINVAL;
}

sysret_t
sys_fsync(struct task *t, int fd)
{
	return do_fsync(t, fd, false);
}

sysret_t
sys_fdatasync(struct task *t, int fd)
{
	return do_fsync(t, fd, true);
}

sysret_t
sys_syncfs(struct task *t, int fd)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get(t->files, fd, &f);
	struct super *sb;

	if (err)
		return err;
	if (!f->inode)
		return 0;
	sb = f->inode->sb;
	return sb->ops->sync ? sb->ops->sync(sb, true) : 0;
}

/* Is @f something that has pages on a disk?  Linux's errors otherwise. */
static int
check_cached(const struct file *f)
{
	if (!f->ops->seek)
		return -ESPIPE;
	return f->inode && LX_S_ISREG(f->inode->mode) ? 0 : -EINVAL;
}

sysret_t
sys_sync_file_range(struct task *t, int fd, int64_t offset, int64_t nbytes,
		    uint32_t flags)
{
	AUTO_PUT(file) f = NULL;
	struct pagecache *pc;
	uint64_t len;
	int64_t end;
	int err;

	if (flags & ~(uint32_t)(LX_SYNC_FILE_RANGE_WAIT_BEFORE |
				LX_SYNC_FILE_RANGE_WRITE |
				LX_SYNC_FILE_RANGE_WAIT_AFTER))
		return -EINVAL;
	if (offset < 0 || nbytes < 0 ||
	    __builtin_add_overflow(offset, nbytes, &end))
		return -EINVAL;
	err = fd_get(t->files, fd, &f);
	if (err)
		return err;
	if (!f->inode || LX_S_ISFIFO(f->inode->mode) ||
	    LX_S_ISSOCK(f->inode->mode) || LX_S_ISCHR(f->inode->mode))
		return -ESPIPE;
	pc = &f->inode->pages;
	if (!pc->ops)
		return 0;
	len = (uint64_t)(nbytes ? nbytes : INT64_MAX - offset);
	/* To begin alone, nobody needs to wait for the bytes. */
	if (flags != LX_SYNC_FILE_RANGE_WRITE || !pc->ops->start)
		err = pagecache_sync(pc, (uint64_t)offset, len);
	if (err || !pc->ops->start || !(flags & LX_SYNC_FILE_RANGE_WRITE))
		return err;
	return pc->ops->start(pc, (uint64_t)offset, len);
}

sysret_t
sys_fadvise64(struct task *t, int fd, int64_t offset, uint64_t len, int advice)
{
	AUTO_PUT(file) f = NULL;
	struct pagecache *pc;
	int err = fd_get(t->files, fd, &f);

	if (err)
		return err;
	if (f->inode && LX_S_ISFIFO(f->inode->mode))
		return -ESPIPE;
	if (advice < LX_POSIX_FADV_NORMAL || advice > LX_POSIX_FADV_NOREUSE ||
	    (int64_t)len < 0)
		return -EINVAL;
	pc = f->ops->pages ? f->ops->pages(f) : NULL;
	if (!pc || offset < 0)
		return 0;
	if (!len)
		len = UINT64_MAX - (uint64_t)offset;
	if (advice == LX_POSIX_FADV_WILLNEED)
		pagecache_prefetch(pc, (uint64_t)offset, len);
	else if (advice == LX_POSIX_FADV_DONTNEED && pc->ops)
		pagecache_forget(pc, (uint64_t)offset, len);
	return 0;
}

sysret_t
sys_readahead(struct task *t, int fd, int64_t offset, uint64_t count)
{
	AUTO_PUT(file) f = NULL;
	int err = fd_get(t->files, fd, &f);

	if (err)
		return err;
	if (!file_may_read(f))
		return -EBADF;
	err = check_cached(f);
	if (err || !f->ops->pages)
		return -EINVAL;
	if (offset >= 0)
		pagecache_prefetch(f->ops->pages(f), (uint64_t)offset, count);
	return 0;
}

sysret_t
sys_memfd_create(struct task *t, uaddr_t uname, uint32_t flags)
{
	char name[MEMFD_NAME_MAX + 1];
	AUTO_PUT(file) f = NULL;
	uint32_t seals = LX_F_SEAL_SEAL, mode = 0777;
	int64_t len;
	int err;

	if ((flags & ~(uint32_t)MEMFD_FLAGS) ||
	    ((flags & LX_MFD_EXEC) && (flags & LX_MFD_NOEXEC_SEAL)))
		return -EINVAL;
	len = copy_str_in(t->mm, name, uname, sizeof(name));
	if (len < 0)
		return len == -ENAMETOOLONG ? -EINVAL : len;
	if (flags & (LX_MFD_ALLOW_SEALING | LX_MFD_NOEXEC_SEAL))
		seals = 0;
	if (flags & LX_MFD_NOEXEC_SEAL) {
		seals = LX_F_SEAL_EXEC;
		mode = 0666;
	}
	err = tmpfs_memfd(name, seals, mode, &t->cred, &f);
	if (err)
		return err;
	return fd_install(t->files, f, 0, flags & LX_MFD_CLOEXEC,
			  rlimit_get(t, LX_RLIMIT_NOFILE));
}
