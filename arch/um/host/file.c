/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/file.c - host files and directories behind handles: names.
 *
 * Every call names one component below a directory handle and nothing follows
 * links, so that the kernel cannot leave a tree it was given, whatever others
 * rename meanwhile.  Host devices, sockets and pipes found in a tree are never
 * opened.  Set-id bits never reach the host: a guest's root is nobody there.
 * The guest's flags and modes are the host's (both are x86-64 Linux).
 */
#include "arch/um/host/host.h"

#include "arch/um/host/file.h"
#include "include/abi/fcntl.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_CREAT | O_EXCL | O_TRUNC | O_APPEND | O_NONBLOCK |      \
	 O_DIRECTORY | O_NOFOLLOW | O_PATH | O_TMPFILE | O_DSYNC | O_SYNC |    \
	 O_NOATIME | O_LARGEFILE | O_CLOEXEC | O_NOCTTY)
#define MODE_BITS 01777

static_assert(LX_O_CREAT == O_CREAT && LX_O_DIRECTORY == O_DIRECTORY &&
		      LX_O_PATH == O_PATH && LX_O_NOFOLLOW == O_NOFOLLOW,
	      "guest flags are the host's");

struct handle *
handle_get_file(uint64_t n)
{
	struct handle *h = handle_get(n);

	if (!h || h->kind != HANDLE_STREAM)
		return h;
	handle_put(h);
	return NULL;
}

int
place_get(struct place *p, uint64_t dir, uint64_t name)
{
	int err = arena_name(name, p->name);

	if (err)
		return err;
	p->h = handle_get_file(dir);
	if (!p->h)
		return -EBADF;
	if (p->name[0] && p->h->kind != HANDLE_DIR) {
		handle_put(p->h);
		p->h = NULL;
		return -ENOTDIR;
	}
	return 0;
}

int
place_get_rw(struct place *p, uint64_t dir, uint64_t name)
{
	int err = place_get(p, dir, name);

	if (err || !p->h->is_read_only)
		return err;
	place_put(p);
	return -EROFS;
}

void
place_put(struct place *p)
{
	handle_put(p->h);
}

void
proc_fd_path(char *buf, size_t size, int fd, const char *name)
{
	snprintf(buf, size, "/proc/self/fd/%d%s%s", fd, *name ? "/" : "", name);
}

static int64_t
result(int64_t r)
{
	return r < 0 ? -errno : r;
}

/* --- opening --- */

/* Only files and directories: opening anything else could do something.  What
 * the flags themselves ensure needs no look. */
static int
check_type(int fd, const char *name, int flags)
{
	struct stat st;

	if ((flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) ||
	    flags & O_DIRECTORY)
		return 0;
	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH) < 0)
		return errno == ENOENT && flags & O_CREAT ? 0 : -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	return S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) ? 0 : -ENXIO;
}

/* The object behind a handle again, with other flags. */
static int
open_again(struct handle *h, int flags, mode_t mode)
{
	char path[64];
	int fd;

	flags &= ~(O_CREAT | O_EXCL | O_NOFOLLOW);
	if (h->kind == HANDLE_DIR)
		return openat(h->fd, ".", flags, mode);
	proc_fd_path(path, sizeof path, h->fd, "");
	fd = open(path, flags, mode);
	if (fd >= 0 || errno != ENOENT)
		return fd;
	/* No /proc: a descriptor that is open for the same will do. */
	if ((h->flags & (O_PATH | O_ACCMODE)) == (flags & (O_PATH | O_ACCMODE)))
		return fcntl(h->fd, F_DUPFD_CLOEXEC, 3);
	return fd;
}

static bool
changes(int flags)
{
	if (flags & O_PATH)
		return false;
	return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC) ||
	       (flags & O_TMPFILE) == O_TMPFILE;
}

static int
open_place(struct place *p, int flags, mode_t mode)
{
	int err;

	flags |= O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
	if (!(flags & O_PATH)) {
		flags |= O_NONBLOCK;
		err = check_type(p->h->fd, p->name, flags);
		if (err)
			return err;
	}
	if (!p->name[0])
		return (int)result(open_again(p->h, flags, mode));
	return (int)result(openat(p->h->fd, p->name, flags, mode));
}

static int64_t
time_ns(const struct statx_timestamp *t)
{
	return t->tv_sec * 1000000000ll + t->tv_nsec;
}

static int
stat_at(int fd, const char *name, struct host_stat *out)
{
	struct statx x;

	if (statx(fd, name,
		  AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
		  STATX_BASIC_STATS | STATX_BTIME, &x) < 0)
		return -errno;
	*out = (struct host_stat){
		.dev = makedev(x.stx_dev_major, x.stx_dev_minor),
		.ino = x.stx_ino,
		.nlink = x.stx_nlink,
		.mode = x.stx_mode,
		.uid = x.stx_uid,
		.gid = x.stx_gid,
		.blksize = x.stx_blksize,
		.rdev = makedev(x.stx_rdev_major, x.stx_rdev_minor),
		.size = x.stx_size,
		.blocks = x.stx_blocks,
		.atime_ns = time_ns(&x.stx_atime),
		.mtime_ns = time_ns(&x.stx_mtime),
		.ctime_ns = time_ns(&x.stx_ctime),
		.btime_ns =
			x.stx_mask & STATX_BTIME ? time_ns(&x.stx_btime) : 0,
	};
	return 0;
}

static bool
may_tell(uint64_t st)
{
	return !st ||
	       (st % 8 == 0 && arena_writable(st, sizeof(struct host_stat)));
}

int64_t
hc_HOST_OPEN(const uint64_t *a)
{
	int fd, flags = (int)a[2];
	struct host_stat st;
	bool is_read_only;
	struct place p;
	int err;

	if (a[2] & ~(uint64_t)(uint32_t)OPEN_FLAGS)
		return -EINVAL;
	if (!may_tell(a[4]))
		return -EFAULT;
	if (fds_are_spent())
		return -EMFILE;
	err = changes(flags) ? place_get_rw(&p, a[0], a[1])
			     : place_get(&p, a[0], a[1]);
	if (err)
		return err;
	fd = open_place(&p, flags, (mode_t)a[3] & MODE_BITS);
	is_read_only = p.h->is_read_only;
	place_put(&p);
	if (fd < 0)
		return fd;
	if (stat_at(fd, "", &st) < 0 ||
	    (!(flags & O_PATH) && !S_ISREG(st.mode) && !S_ISDIR(st.mode))) {
		close(fd);
		return -ENXIO; /* it was exchanged between look and open */
	}
	if (a[4])
		*(struct host_stat *)a[4] = st;
	return handle_new(S_ISDIR(st.mode) ? HANDLE_DIR : HANDLE_FILE, fd,
			  flags, is_read_only);
}

int64_t
hc_HOST_CLOSE(const uint64_t *a)
{
	return handle_close(a[0]);
}

/* --- looking --- */

int64_t
hc_HOST_STAT(const uint64_t *a)
{
	struct host_stat *out = (struct host_stat *)a[2];
	struct place p;
	int err;

	if (a[2] % 8 || !arena_writable(a[2], sizeof *out))
		return -EFAULT;
	err = place_get(&p, a[0], a[1]);
	if (err)
		return err;
	err = stat_at(p.h->fd, p.name, out);
	place_put(&p);
	return err;
}

int64_t
hc_HOST_STATS(const uint64_t *a)
{
	struct host_stat_req *req = (struct host_stat_req *)a[0];

	if (a[1] > HOST_STATS_MAX)
		return -EINVAL;
	if (a[0] % 8 || !arena_writable(a[0], a[1] * sizeof *req))
		return -EFAULT;
	for (uint64_t i = 0; i < a[1]; i++) {
		struct place p;
		int err = place_get(&p, req[i].dir, req[i].name);

		if (!err) {
			err = stat_at(p.h->fd, p.name, &req[i].st);
			place_put(&p);
		}
		req[i].err = err;
	}
	return 0;
}

static_assert(offsetof(struct host_dirent, name) == 19,
	      "entries are the host's own linux_dirent64");

/* Under h->lock: entries from @cookie on. */
static int64_t
list_locked(struct handle *h, uint64_t cookie, void *buf, uint64_t len)
{
	int64_t n;

	if (h->list_fd < 0) {
		int err = handle_list_open(h);

		if (err)
			return err;
	}
	if ((cookie != h->list_pos || !cookie) &&
	    lseek(h->list_fd, (off_t)cookie, SEEK_SET) < 0)
		return -errno;
	h->list_pos = ~0ull;
	n = syscall(SYS_getdents64, h->list_fd, buf, len);
	if (n < 0)
		return -errno;
	if (!n) /* at the end, and still there */
		h->list_pos = cookie;
	/* Others may write to the buffer meanwhile: no step leads out. */
	for (int64_t at = 0; at + (int64_t)sizeof(struct host_dirent) <= n;) {
		volatile struct host_dirent *d =
			(struct host_dirent *)((char *)buf + at);
		uint16_t step = d->reclen;

		h->list_pos = d->cookie;
		if (!step)
			break;
		at += step;
	}
	return n;
}

/* As much as there is room for: who asks need not ask again for the end. */
static int64_t
list_all_locked(struct handle *h, uint64_t cookie, char *buf, uint64_t len)
{
	int64_t n = list_locked(h, cookie, buf, len);
	uint64_t got = n > 0 ? (uint64_t)n : 0;

	while (n > 0 && len - got >= READDIR_ROOM) {
		n = list_locked(h, h->list_pos, buf + got, len - got);
		got += n > 0 ? (uint64_t)n : 0;
	}
	return got ? (int64_t)got : n;
}

int64_t
hc_HOST_READDIR(const uint64_t *a)
{
	struct handle *h;
	int64_t n;

	if (a[2] % 8 || a[3] > INT_MAX || !arena_writable(a[2], a[3]))
		return -EFAULT;
	if (a[1] > INT64_MAX)
		return -EINVAL;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	pthread_mutex_lock(&h->lock);
	n = list_all_locked(h, a[1], (char *)a[2], a[3]);
	pthread_mutex_unlock(&h->lock);
	handle_put(h);
	return n;
}

int64_t
hc_HOST_READLINK(const uint64_t *a)
{
	struct place p;
	int64_t n;

	if (a[3] > INT_MAX || !arena_writable(a[2], a[3]))
		return -EFAULT;
	n = place_get(&p, a[0], a[1]);
	if (n)
		return n;
	n = result(readlinkat(p.h->fd, p.name, (char *)a[2], a[3]));
	place_put(&p);
	return n;
}

int64_t
hc_HOST_STATFS(const uint64_t *a)
{
	struct host_statfs *out = (struct host_statfs *)a[1];
	struct handle *h;
	struct statfs s;
	int err;

	if (a[1] % 8 || !arena_writable(a[1], sizeof *out))
		return -EFAULT;
	h = handle_get_file(a[0]);
	if (!h)
		return -EBADF;
	err = (int)result(fstatfs(h->fd, &s));
	handle_put(h);
	if (err)
		return err;
	*out = (struct host_statfs){(uint64_t)s.f_type, (uint64_t)s.f_bsize,
				    s.f_blocks,		s.f_bfree,
				    s.f_bavail,		s.f_files,
				    s.f_ffree,		(uint64_t)s.f_namelen};
	return 0;
}

/* --- changing names --- */

/* What was just made; made for nothing if that can't be told. */
static int
stat_made(struct place *p, struct host_stat *out, int unlink_flags)
{
	int err = stat_at(p->h->fd, p->name, out);

	if (err)
		(void)unlinkat(p->h->fd, p->name, unlink_flags);
	return err;
}

int64_t
hc_HOST_MKDIR(const uint64_t *a)
{
	struct place p;
	int64_t r;

	if (!may_tell(a[3]))
		return -EFAULT;
	r = place_get_rw(&p, a[0], a[1]);
	if (r)
		return r;
	r = result(mkdirat(p.h->fd, p.name, (mode_t)a[2] & MODE_BITS));
	if (!r && a[3])
		r = stat_made(&p, (struct host_stat *)a[3], AT_REMOVEDIR);
	place_put(&p);
	return r;
}

int64_t
hc_HOST_UNLINK(const uint64_t *a)
{
	struct place p;
	int64_t r = place_get_rw(&p, a[0], a[1]);

	if (r)
		return r;
	r = p.name[0]
		    ? result(unlinkat(p.h->fd, p.name, a[2] ? AT_REMOVEDIR : 0))
		    : -EINVAL;
	place_put(&p);
	return r;
}

int64_t
hc_HOST_RENAME(const uint64_t *a)
{
	struct place p, q;
	int64_t r;

	if (a[4] & ~(uint64_t)(RENAME_NOREPLACE | RENAME_EXCHANGE))
		return -EINVAL;
	r = place_get_rw(&p, a[0], a[1]);
	if (r)
		return r;
	r = place_get_rw(&q, a[2], a[3]);
	if (!r) {
		r = p.name[0] && q.name[0]
			    ? result(renameat2(p.h->fd, p.name, q.h->fd, q.name,
					       (unsigned)a[4]))
			    : -EINVAL;
		place_put(&q);
	}
	place_put(&p);
	return r;
}

static int64_t
link_place(struct place *p, struct place *q)
{
	char path[64];
	int64_t r;

	if (!q->name[0])
		return -EINVAL;
	if (p->name[0])
		return result(linkat(p->h->fd, p->name, q->h->fd, q->name, 0));
	r = result(linkat(p->h->fd, "", q->h->fd, q->name, AT_EMPTY_PATH));
	if (r != -ENOENT && r != -EPERM)
		return r;
	/* Only the privileged may do that; everybody may do this. */
	proc_fd_path(path, sizeof path, p->h->fd, "");
	return result(
		linkat(AT_FDCWD, path, q->h->fd, q->name, AT_SYMLINK_FOLLOW));
}

int64_t
hc_HOST_LINK(const uint64_t *a)
{
	struct place p, q;
	int64_t r = place_get_rw(&p, a[0], a[1]);

	if (r)
		return r;
	r = place_get_rw(&q, a[2], a[3]);
	if (!r) {
		r = link_place(&p, &q);
		place_put(&q);
	}
	place_put(&p);
	return r;
}

int64_t
hc_HOST_SYMLINK(const uint64_t *a)
{
	char target[PATH_MAX];
	struct place p;
	int64_t r;

	if (!may_tell(a[3]))
		return -EFAULT;
	r = arena_string(a[0], target, sizeof target);
	if (!r)
		r = place_get_rw(&p, a[1], a[2]);
	if (r)
		return r;
	r = result(symlinkat(target, p.h->fd, p.name));
	if (!r && a[3])
		r = stat_made(&p, (struct host_stat *)a[3], 0);
	place_put(&p);
	return r;
}
