/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/xattr.c - the guest's extended attributes.
 *
 * The guest's user.NAME is the host's; every other namespace, where the host
 * user has no say, is kept as user.viv.x.NAME.  What the host file can't hold
 * is in the sidecar under the guest's name.
 */
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"

#define OURS   "user.viv."
#define PREFIX "user.viv.x."
#define LEN(s) (sizeof(s) - 1)
/* Bytes of names that are looked at to find that none is the guest's. */
#define LIST_SOME 256u

static bool
starts(const char *s, const char *prefix)
{
	return !strncmp(s, prefix, strlen(prefix));
}

static int
host_name(const char *name, struct hname *out)
{
	bool as_is = starts(name, "user.") && !starts(name, OURS);

	const char *dot = strchr(name, '.');

	/* ACLs would have to be obeyed. */
	if (starts(name, "system."))
		return -EOPNOTSUPP;
	if (!dot || !dot[1])
		return -EINVAL;
	if (strlen(name) + (as_is ? 0 : LEN(PREFIX)) > HOSTFS_NAME_MAX)
		return -ERANGE;
	str_format(out->s, sizeof(out->s), "%s%s", as_is ? "" : PREFIX, name);
	return 0;
}

/* The guest's name of a host xattr; NULL: not the guest's to see. */
static const char *
guest_name(const char *name)
{
	if (starts(name, PREFIX))
		return name + LEN(PREFIX);
	return starts(name, "user.") && !starts(name, OURS) ? name : NULL;
}

static bool
on_host(const struct hnode *n)
{
	return !n->fs->no_xattr &&
	       (LX_S_ISREG(n->seen.mode) || LX_S_ISDIR(n->seen.mode));
}

/* Did the host refuse for a reason the sidecar doesn't share? */
static bool
is_refused(int64_t r)
{
	return r == -EOPNOTSUPP || r == -EPERM || r == -EACCES;
}

/* Has the host none that are the guest's, as far as is known?  A change shows
 * by the ctime, unless that is so fresh that another change may have the same.
 */
static bool
has_none(struct hnode *n)
{
	char list[LIST_SOME], *at = list;
	const char *file;
	hosthandle_t dir;
	int64_t len;

	if (n->xattrs != XATTRS_UNKNOWN &&
	    clock_monotonic_ns() - n->checked_ns <= ATTR_VALID_NS)
		return n->xattrs == XATTRS_NONE;
	if (n->xattrs == XATTRS_SOME || hnode_at(n, &dir, &file))
		return false;
	len = HYPER4(HOST_LISTXATTR, dir.n, file, list, sizeof(list));
	while (at < list + len && !guest_name(at))
		at += strlen(at) + 1;
	n->xattrs = XATTRS_SOME;
	if (len < 0 || at < list + len)
		return false;
	n->xattrs = hnode_is_settled(n) ? XATTRS_NONE : XATTRS_UNKNOWN;
	return true;
}

int64_t
hostfs_getxattr(struct inode *i, const char *name, void *buf, size_t size)
{
	struct hnode *n = hnode_of(i);
	struct xattr_store *side;
	const char *file;
	struct hname host;
	hosthandle_t dir;
	int64_t r = host_name(name, &host);

	if (r)
		return r;
	r = -ENODATA;
	if (on_host(n) && !has_none(n)) {
		r = hnode_at(n, &dir, &file);
		if (r)
			return r;
		r = HYPER5(HOST_GETXATTR, dir.n, file, host.s, buf, size);
	}
	if (r != -ENODATA && !is_refused(r))
		return r;
	side = sidecar_xattrs(n);
	return side ? xattr_store_get(side, name, buf, size) : -ENODATA;
}

/* setxattr(2)'s flags, for the sidecar, which only replaces. */
static int
side_set(struct hnode *n, const char *name, const void *buf, size_t size,
	 int flags)
{
	struct xattr_store *side = sidecar_xattrs(n);
	bool has = side && xattr_store_get(side, name, NULL, 0) >= 0;

	if (has && flags & 1)
		return -EEXIST;
	if (!has && flags & 2)
		return -ENODATA;
	return sidecar_set(n, name, buf, size);
}

int
hostfs_setxattr(struct inode *i, const char *name, const void *buf, size_t size,
		int flags)
{
	struct hnode *n = hnode_of(i);
	const char *file;
	struct hname host;
	hosthandle_t dir;
	int64_t r = host_name(name, &host);

	if (!r && n->fs->read_only)
		r = -EROFS;
	if (r)
		return (int)r;
	r = -EOPNOTSUPP;
	if (on_host(n)) {
		r = hnode_at(n, &dir, &file);
		if (r)
			return (int)r;
		r = HYPER6(HOST_SETXATTR, dir.n, file, host.s, buf, size,
			   flags);
	}
	if (is_refused(r))
		r = side_set(n, name, buf ? buf : "", size, flags);
	n->xattrs = XATTRS_UNKNOWN;
	n->checked_ns = 0;
	return (int)r;
}

int
hostfs_removexattr(struct inode *i, const char *name)
{
	struct hnode *n = hnode_of(i);
	struct xattr_store *side;
	const char *file;
	struct hname host;
	hosthandle_t dir;
	int64_t r = host_name(name, &host);

	if (!r && n->fs->read_only)
		r = -EROFS;
	if (r)
		return (int)r;
	n->xattrs = XATTRS_UNKNOWN;
	n->checked_ns = 0;
	r = -ENODATA;
	if (on_host(n)) {
		r = hnode_at(n, &dir, &file);
		if (!r)
			r = HYPER3(HOST_REMOVEXATTR, dir.n, file, host.s);
	}
	if (r != -ENODATA && !is_refused(r))
		return (int)r;
	side = sidecar_xattrs(n);
	if (!side || xattr_store_get(side, name, NULL, 0) < 0)
		return -ENODATA;
	return sidecar_set(n, name, NULL, 0);
}

/* Names gathered for the guest; only counted when @size is 0. */
struct names {
	char *buf;
	size_t size, len;
	bool over;
};

static void
add_name(struct names *l, const char *name)
{
	size_t len = strlen(name) + 1;

	if (l->size && l->len + len > l->size)
		l->over = true;
	else if (l->size)
		memcpy(l->buf + l->len, name, len);
	l->len += len;
}

static int
host_names(struct hnode *n, char *list, struct names *out)
{
	const char *file, *at = list;
	hosthandle_t dir;
	int64_t len = hnode_at(n, &dir, &file);

	if (!len)
		len = HYPER4(HOST_LISTXATTR, dir.n, file, list, XATTR_LIST_MAX);
	if (len < 0)
		return is_refused(len) ? 0 : (int)len;
	for (; at < list + len; at += strlen(at) + 1)
		if (guest_name(at))
			add_name(out, guest_name(at));
	return 0;
}

static void
side_names(struct hnode *n, char *list, struct names *out)
{
	struct xattr_store *side = sidecar_xattrs(n);
	int64_t len = side ? xattr_store_list(side, list, XATTR_LIST_MAX) : 0;
	const char *at = list;

	/* Ours have no dot. */
	for (; at < list + len; at += strlen(at) + 1)
		if (strchr(at, '.'))
			add_name(out, at);
}

int64_t
hostfs_listxattr(struct inode *i, char *buf, size_t size)
{
	struct names out = {.buf = buf, .size = size};
	struct hnode *n = hnode_of(i);
	char *list = kmalloc(XATTR_LIST_MAX);
	int err = 0;

	if (!list)
		return -ENOMEM;
	if (on_host(n) && !has_none(n))
		err = host_names(n, list, &out);
	if (!err)
		side_names(n, list, &out);
	kfree(list);
	if (err)
		return err;
	return out.over ? -ERANGE : (int64_t)out.len;
}
