/* SPDX-License-Identifier: MIT */
/*
 * fs/xattr.c - extended attributes (xattr(7)): whose each namespace is, and a
 * store in memory for file systems that have no better place.
 */
#include "fs/xattr.h"

#include "base/cred.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/internal.h"
#include "include/abi/capability.h"
#include "include/abi/misc.h"

/* Bound on what one inode may keep in memory; as ext4's block, roughly. */
#define STORE_MAX (4 * XATTR_SIZE_MAX)

static bool
has_prefix(const char *name, const char *prefix)
{
	size_t n = strlen(prefix);

	return !strncmp(name, prefix, n) && name[n];
}

static int
check_name(const char *name)
{
	size_t len = strnlen(name, XATTR_NAME_MAX + 1);

	return len == 0 || len > XATTR_NAME_MAX ? -ERANGE : 0;
}

/* user.*: of files and directories alone; sticky ones, their owner's. */
static int
check_user(struct inode *i, const struct cred *c, bool write)
{
	if (!LX_S_ISREG(i->mode) && !LX_S_ISDIR(i->mode))
		return write ? -EPERM : -ENODATA;
	if (write && LX_S_ISDIR(i->mode) && (i->mode & LX_S_ISVTX) &&
	    !inode_owned(i, c))
		return -EPERM;
	return inode_permission(i, c, write ? MAY_WRITE : MAY_READ);
}

static int
check_access(struct inode *i, const struct cred *c, const char *name,
	     bool write)
{
	int err = check_name(name);

	if (err)
		return err;
	/* Linux: a namespace alone is no name. */
	if (!strcmp(name, "user.") || !strcmp(name, "trusted.") ||
	    !strcmp(name, "security."))
		return -EINVAL;
	if (write && (i->is_immutable || i->is_append_only))
		return -EPERM;
	if (has_prefix(name, "user."))
		return check_user(i, c, write);
	if (has_prefix(name, "trusted.")) {
		if (cred_capable(c, LX_CAP_SYS_ADMIN))
			return 0;
		return write ? -EPERM : -ENODATA;
	}
	if (has_prefix(name, "security.")) {
		int cap = strcmp(name, "security.capability") ? LX_CAP_SYS_ADMIN
							      : LX_CAP_SETFCAP;

		return !write || cred_capable(c, cap) ? 0 : -EPERM;
	}
	/* system.posix_acl_*: no file system here has ACLs. */
	return -EOPNOTSUPP;
}

int64_t
vfs_getxattr(const struct path *p, const struct cred *c, const char *name,
	     void *buf, size_t n)
{
	struct inode *i = p->dentry->inode;
	int err = check_access(i, c, name, false);

	if (err)
		return err;
	if (!i->ops->getxattr)
		return -EOPNOTSUPP;
	return i->ops->getxattr(i, name, buf, n);
}

int
vfs_setxattr(const struct path *p, const struct cred *c, const char *name,
	     const void *buf, size_t n, int flags)
{
	struct inode *i = p->dentry->inode;
	int err;

	if (flags & ~(LX_XATTR_CREATE | LX_XATTR_REPLACE))
		return -EINVAL;
	if (n > XATTR_SIZE_MAX)
		return -E2BIG;
	err = path_may_write(p);
	if (!err)
		err = check_access(i, c, name, true);
	if (err)
		return err;
	if (!i->ops->setxattr)
		return -EOPNOTSUPP;
	mutex_lock(&i->lock);
	i->is_nosec = false;
	err = i->ops->setxattr(i, name, buf, n, flags);
	if (!err)
		inode_touch(i, ATTR_CTIME);
	mutex_unlock(&i->lock);
	return err;
}

/* Take the names out that @c may not know of. */
static size_t
hide_trusted(char *buf, size_t n)
{
	size_t in = 0, out = 0;

	while (in < n) {
		size_t len = strnlen(buf + in, n - in) + 1;

		if (in + len > n)
			break;
		if (!has_prefix(buf + in, "trusted.")) {
			memmove(buf + out, buf + in, len);
			out += len;
		}
		in += len;
	}
	return out;
}

int64_t
vfs_listxattr(const struct path *p, const struct cred *c, char *buf, size_t n)
{
	struct inode *i = p->dentry->inode;
	char *names;
	int64_t len;

	if (!i->ops->listxattr)
		return -EOPNOTSUPP;
	if (cred_capable(c, LX_CAP_SYS_ADMIN))
		return i->ops->listxattr(i, buf, n);
	names = kmalloc(XATTR_LIST_MAX);
	if (!names)
		return -ENOMEM;
	len = i->ops->listxattr(i, names, XATTR_LIST_MAX);
	if (len > 0)
		len = (int64_t)hide_trusted(names, (size_t)len);
	if (len > 0 && n) {
		if ((size_t)len > n)
			len = -ERANGE;
		else
			memcpy(buf, names, (size_t)len);
	}
	kfree(names);
	return len;
}

int
vfs_removexattr(const struct path *p, const struct cred *c, const char *name)
{
	struct inode *i = p->dentry->inode;
	int err = path_may_write(p);

	if (!err)
		err = check_access(i, c, name, true);
	if (err)
		return err;
	if (!i->ops->removexattr)
		return -EOPNOTSUPP;
	mutex_lock(&i->lock);
	err = i->ops->removexattr(i, name);
	if (!err)
		inode_touch(i, ATTR_CTIME);
	mutex_unlock(&i->lock);
	return err;
}

struct entry {
	struct list link;
	char *name;
	size_t len;
	char value[];
};

static struct entry *
store_find(const struct xattr_store *xs, const char *name)
{
	struct entry *e;

	LIST_EACH(e, &xs->entries, link)
		if (!strcmp(e->name, name))
			return e;
	return NULL;
}

static size_t
entry_bytes(const struct entry *e)
{
	return sizeof(*e) + e->len + strlen(e->name) + 1;
}

static void
entry_free(struct xattr_store *xs, struct entry *e)
{
	if (!e)
		return;
	xs->bytes -= entry_bytes(e);
	list_del(&e->link);
	kfree(e->name);
	kfree(e);
}

void
xattr_store_init(struct xattr_store *xs)
{
	list_init(&xs->entries);
	xs->bytes = 0;
}

void
xattr_store_fini(struct xattr_store *xs)
{
	while (!list_empty(&xs->entries))
		entry_free(xs, LIST_FIRST(&xs->entries, struct entry, link));
}

int64_t
xattr_store_get(const struct xattr_store *xs, const char *name, void *buf,
		size_t n)
{
	struct entry *e = store_find(xs, name);

	if (!e)
		return -ENODATA;
	if (n) {
		if (e->len > n)
			return -ERANGE;
		memcpy(buf, e->value, e->len);
	}
	return (int64_t)e->len;
}

int
xattr_store_set(struct xattr_store *xs, const char *name, const void *buf,
		size_t n, int flags)
{
	struct entry *old = store_find(xs, name), *e;

	if (old && (flags & LX_XATTR_CREATE))
		return -EEXIST;
	if (!old && (flags & LX_XATTR_REPLACE))
		return -ENODATA;
	e = kmalloc(sizeof(*e) + n);
	if (!e)
		return -ENOMEM;
	e->name = kstrdup(name);
	e->len = n;
	if (!e->name) {
		kfree(e);
		return -ENOMEM;
	}
	if (xs->bytes + entry_bytes(e) > STORE_MAX) {
		kfree(e->name);
		kfree(e);
		return -ENOSPC;
	}
	if (n)
		memcpy(e->value, buf, n);
	xs->bytes += entry_bytes(e);
	list_append(&xs->entries, &e->link);
	entry_free(xs, old);
	return 0;
}

int64_t
xattr_store_list(const struct xattr_store *xs, char *buf, size_t n)
{
	struct entry *e;
	size_t at = 0;

	LIST_EACH(e, &xs->entries, link) {
		size_t len = strlen(e->name) + 1;

		if (n) {
			if (at + len > n)
				return -ERANGE;
			memcpy(buf + at, e->name, len);
		}
		at += len;
	}
	return (int64_t)at;
}

int
xattr_store_remove(struct xattr_store *xs, const char *name)
{
	struct entry *e = store_find(xs, name);

	if (!e)
		return -ENODATA;
	entry_free(xs, e);
	return 0;
}
