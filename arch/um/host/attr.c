/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/attr.c - modes, times and extended attributes of host files.
 *
 * Attributes go through /proc/self/fd, the only way to name a file below a
 * directory for them; without /proc, through a descriptor open for reading.
 * Only "user." attributes exist for the kernel: the others mean something to
 * the host.
 */
#include "arch/um/host/file.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MODE_BITS  01777
#define XATTR_SIZE 65536

static int64_t
result(int64_t r)
{
	return r < 0 ? -errno : r;
}

int64_t
hc_HOST_CHMOD(const uint64_t *a)
{
	mode_t mode = (mode_t)a[2] & MODE_BITS;
	char path[320];
	struct place p;
	int64_t r = place_get_rw(&p, a[0], a[1]);

	if (r)
		return r;
	if (p.name[0]) {
		r = result(
			fchmodat(p.h->fd, p.name, mode, AT_SYMLINK_NOFOLLOW));
	} else {
		r = result(fchmod(p.h->fd, mode));
		if (r == -EBADF) { /* O_PATH */
			proc_fd_path(path, sizeof path, p.h->fd, "");
			r = result(chmod(path, mode));
		}
	}
	place_put(&p);
	return r;
}

static struct timespec
timespec_of(uint64_t ns)
{
	int64_t t = (int64_t)ns, s = t / 1000000000, rest = t % 1000000000;

	if (t == INT64_MIN)
		return (struct timespec){0, UTIME_OMIT};
	if (rest < 0) {
		rest += 1000000000;
		s--;
	}
	return (struct timespec){s, rest};
}

int64_t
hc_HOST_UTIMENS(const uint64_t *a)
{
	struct timespec ts[2] = {timespec_of(a[2]), timespec_of(a[3])};
	char path[64];
	struct place p;
	int64_t r = place_get_rw(&p, a[0], a[1]);

	if (r)
		return r;
	if (p.name[0]) {
		r = result(utimensat(p.h->fd, p.name, ts, AT_SYMLINK_NOFOLLOW));
	} else {
		r = result(futimens(p.h->fd, ts));
		if (r == -EBADF) { /* O_PATH */
			proc_fd_path(path, sizeof path, p.h->fd, "");
			r = result(utimensat(AT_FDCWD, path, ts, 0));
		}
	}
	place_put(&p);
	return r;
}

/* --- extended attributes --- */

struct xattr_call {
	struct place p;
	char attr[256];
	char path[320];
	int fd;	      /* -1: by path */
	bool is_self; /* the handle's own object: its link is followed */
};

static bool
has_proc(void)
{
	static int known; /* 1: yes, 2: no */

	if (!known)
		known = access("/proc/self/fd/.", F_OK) == 0 ? 1 : 2;
	return known == 1;
}

static int
xattr_begin(struct xattr_call *c, bool changes, uint64_t dir, uint64_t name,
	    uint64_t attr)
{
	int err = attr ? arena_string(attr, c->attr, sizeof c->attr) : 0;

	c->fd = -1;
	if (err)
		return err;
	if (attr && strncmp(c->attr, "user.", 5))
		return -EOPNOTSUPP;
	err = changes ? place_get_rw(&c->p, dir, name)
		      : place_get(&c->p, dir, name);
	if (err)
		return err;
	c->is_self = !c->p.name[0];
	proc_fd_path(c->path, sizeof c->path, c->p.h->fd, c->p.name);
	if (has_proc())
		return 0;
	c->fd = openat(c->p.h->fd, c->is_self ? "." : c->p.name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC |
			       O_NOCTTY);
	if (c->fd < 0 && c->is_self)
		c->fd = fcntl(c->p.h->fd, F_DUPFD_CLOEXEC, 3);
	if (c->fd < 0) {
		err = -errno;
		place_put(&c->p);
	}
	return err;
}

static int64_t
xattr_end(struct xattr_call *c, int64_t r)
{
	r = result(r);
	if (c->fd >= 0)
		close(c->fd);
	place_put(&c->p);
	return r;
}

int64_t
hc_HOST_GETXATTR(const uint64_t *a)
{
	struct xattr_call c;
	int64_t r;

	if (a[4] > XATTR_SIZE || !arena_writable(a[3], a[4]))
		return -EFAULT;
	r = xattr_begin(&c, false, a[0], a[1], a[2]);
	if (r)
		return r;
	r = c.fd >= 0	? fgetxattr(c.fd, c.attr, (void *)a[3], a[4])
	    : c.is_self ? getxattr(c.path, c.attr, (void *)a[3], a[4])
			: lgetxattr(c.path, c.attr, (void *)a[3], a[4]);
	return xattr_end(&c, r);
}

int64_t
hc_HOST_SETXATTR(const uint64_t *a)
{
	struct xattr_call c;
	int64_t r;
	int flags = (int)a[5];

	if (a[4] > XATTR_SIZE || !arena_readable(a[3], a[4]))
		return -EFAULT;
	if (a[5] & ~(uint64_t)(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	r = xattr_begin(&c, true, a[0], a[1], a[2]);
	if (r)
		return r;
	r = c.fd >= 0	? fsetxattr(c.fd, c.attr, (void *)a[3], a[4], flags)
	    : c.is_self ? setxattr(c.path, c.attr, (void *)a[3], a[4], flags)
			: lsetxattr(c.path, c.attr, (void *)a[3], a[4], flags);
	return xattr_end(&c, r);
}

int64_t
hc_HOST_LISTXATTR(const uint64_t *a)
{
	struct xattr_call c;
	int64_t r;

	if (a[3] > XATTR_SIZE || !arena_writable(a[2], a[3]))
		return -EFAULT;
	r = xattr_begin(&c, false, a[0], a[1], 0);
	if (r)
		return r;
	r = c.fd >= 0	? flistxattr(c.fd, (char *)a[2], a[3])
	    : c.is_self ? listxattr(c.path, (char *)a[2], a[3])
			: llistxattr(c.path, (char *)a[2], a[3]);
	return xattr_end(&c, r);
}

int64_t
hc_HOST_REMOVEXATTR(const uint64_t *a)
{
	struct xattr_call c;
	int64_t r = xattr_begin(&c, true, a[0], a[1], a[2]);

	if (r)
		return r;
	r = c.fd >= 0	? fremovexattr(c.fd, c.attr)
	    : c.is_self ? removexattr(c.path, c.attr)
			: lremovexattr(c.path, c.attr);
	return xattr_end(&c, r);
}
