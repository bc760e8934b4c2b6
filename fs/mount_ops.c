/* SPDX-License-Identifier: MIT */
/*
 * fs/mount_ops.c - mount(2), umount2(2), pivot_root(2).
 *
 * With one namespace and no peers, making mounts private, slave or unbindable
 * changes nothing but what a later bind may do; sharing would, and is refused.
 */
#include "base/cred.h"
#include "base/str.h"
#include "fs/internal_mount.h"
#include "fs/path.h"
#include "include/abi/capability.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"

/* What is a mount's own, not its file system's. */
#define ATIME_FLAGS                                                            \
	(LX_MS_NOATIME | LX_MS_NODIRATIME | LX_MS_RELATIME | LX_MS_STRICTATIME)
#define OWN_FLAGS                                                              \
	(LX_MS_RDONLY | LX_MS_NOSUID | LX_MS_NODEV | LX_MS_NOEXEC |            \
	 LX_MS_NOSYMFOLLOW | ATIME_FLAGS)
#define PROPAGATION                                                            \
	(LX_MS_SHARED | LX_MS_PRIVATE | LX_MS_SLAVE | LX_MS_UNBINDABLE)

static uint32_t
own_flags(uint64_t flags)
{
	uint32_t own = (uint32_t)flags & OWN_FLAGS;

	if (!(own & (LX_MS_NOATIME | LX_MS_STRICTATIME)))
		own |= LX_MS_RELATIME;
	if (own & LX_MS_STRICTATIME)
		own &= ~(uint32_t)(LX_MS_NOATIME | LX_MS_RELATIME);
	return own;
}

static bool
is_mount_root(const struct path *p)
{
	return p->dentry == p->mnt->root;
}

static bool
path_is_dir(const struct path *p)
{
	return LX_S_ISDIR(p->dentry->inode->mode);
}

static int
find(const struct walk *w, const char *name, bool follow, struct path *out)
{
	struct walk from = *w;

	from.flags = follow ? WALK_FOLLOW : 0;
	return path_lookup(&from, name, out);
}

static int
do_remount(const struct path *at, uint64_t flags, const char *data)
{
	struct mount *m = at->mnt;
	struct super *sb = m->sb;
	uint32_t own = own_flags(flags);
	int err;

	if (!is_mount_root(at))
		return -EINVAL;
	if (!(flags & ATIME_FLAGS))
		own = (own & ~(uint32_t)ATIME_FLAGS) | (m->flags & ATIME_FLAGS);
	if ((flags & LX_MS_RDONLY) && m->writers)
		return -EBUSY;
	if (!(flags & LX_MS_BIND)) {
		if (sb->ops->remount) {
			err = sb->ops->remount(sb, data);
			if (err)
				return err;
		}
		sb->flags &= ~(uint32_t)SUPER_RDONLY;
		if (flags & LX_MS_RDONLY)
			sb->flags |= SUPER_RDONLY;
	}
	m->flags = own | (m->flags & LX_MS_UNBINDABLE);
	mount_changed();
	return 0;
}

/* A copy of the mounts below @from's place, below @to likewise. */
static int
copy_children(struct mount *from, struct dentry *root, struct mount *to)
{
	struct mount *m, *copy;
	int err;

	LIST_EACH(m, &from->children, sibling) {
		if (!dentry_is_below(m->at, root) ||
		    (m->flags & LX_MS_UNBINDABLE) || m == to)
			continue;
		err = mount_new(m->sb, m->root, m->flags, &copy);
		if (err)
			return err;
		str_copy(copy->source, m->source, sizeof(copy->source));
		err = copy_children(m, m->root, copy);
		if (!err)
			mount_attach(copy, to, m->at);
		else
			mount_detach_tree(copy);
		mount_put(copy);
		if (err)
			return err;
	}
	return 0;
}

static int
do_bind(const struct walk *w, const struct path *at, const char *source,
	uint64_t flags)
{
	AUTO_PATH old = {0};
	struct mount *m;
	int err;

	if (!source || !*source)
		return -EINVAL;
	err = find(w, source, true, &old);
	if (err)
		return err;
	if (!mount_in_tree(old.mnt) || (old.mnt->flags & LX_MS_UNBINDABLE))
		return -EINVAL;
	if (path_is_dir(at) != path_is_dir(&old))
		return -ENOTDIR;
	if (dentry_is_deleted(at->dentry))
		return -ENOENT;
	err = mount_new(old.mnt->sb, old.dentry, old.mnt->flags, &m);
	if (err)
		return err;
	str_copy(m->source, old.mnt->source, sizeof(m->source));
	if (flags & LX_MS_REC)
		err = copy_children(old.mnt, old.dentry, m);
	if (!err)
		mount_attach(m, at->mnt, at->dentry);
	else
		mount_detach_tree(m);
	mount_put(m);
	return err;
}

static int
do_propagation(const struct path *at, uint64_t flags)
{
	uint64_t type = flags & PROPAGATION;
	struct mount *m = at->mnt;

	if (!is_mount_root(at) || (type & (type - 1)) ||
	    (flags & ~(uint64_t)(PROPAGATION | LX_MS_REC | LX_MS_SILENT)))
		return -EINVAL;
	if (type == LX_MS_SHARED)
		return -EINVAL;
	for (; m; m = mount_below_next(m, at->mnt)) {
		m->flags &= ~(uint32_t)LX_MS_UNBINDABLE;
		if (type == LX_MS_UNBINDABLE)
			m->flags |= LX_MS_UNBINDABLE;
		if (!(flags & LX_MS_REC))
			break;
	}
	return 0;
}

static int
do_move(const struct walk *w, const struct path *at, const char *source)
{
	AUTO_PATH old = {0};
	struct mount *m;
	int err;

	if (!source || !*source)
		return -EINVAL;
	err = find(w, source, true, &old);
	if (err)
		return err;
	if (!is_mount_root(&old) || !old.mnt->parent ||
	    !mount_in_tree(old.mnt) || !mount_in_tree(at->mnt))
		return -EINVAL;
	if (path_is_dir(at) != path_is_dir(&old))
		return -EINVAL;
	for (m = at->mnt; m; m = m->parent)
		if (m == old.mnt)
			return -ELOOP;
	mount_detach(old.mnt);
	mount_attach(old.mnt, at->mnt, at->dentry);
	return 0;
}

static int
do_new(const struct path *at, const char *source, const char *name,
       uint64_t flags, const char *data)
{
	const struct fs_type *type = name ? fs_find(name) : NULL;
	struct super *sb;
	struct mount *m;
	int err;

	if (!name)
		return -EINVAL;
	if (!type || !type->mount)
		return -ENODEV;
	err = type->mount(type, source, data, &sb);
	if (err)
		return err;
	if (path_is_dir(at) != LX_S_ISDIR(sb->root->mode))
		err = -ENOTDIR;
	else if (at->mnt->sb == sb && is_mount_root(at))
		err = -EBUSY;
	else if (!mount_in_tree(at->mnt))
		err = -EINVAL;
	else if (dentry_is_deleted(at->dentry))
		err = -ENOENT;
	if (!err)
		err = super_mount(sb, own_flags(flags), &m);
	if (!err) {
		str_copy(m->source, source && *source ? source : "none",
			 sizeof(m->source));
		mount_attach(m, at->mnt, at->dentry);
		mount_put(m);
	}
	super_put(sb);
	return err;
}

int
mount_do(const struct walk *w, const char *source, const char *target,
	 const char *type, uint64_t flags, const char *data)
{
	AUTO_PATH at = {0};
	int err;

	if ((flags & LX_MS_MGC_MSK) == LX_MS_MGC_VAL)
		flags &= ~(uint64_t)LX_MS_MGC_MSK;
	err = find(w, target, true, &at);
	if (err)
		return err;
	if (!cred_capable(w->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	if (flags & LX_MS_REMOUNT)
		return do_remount(&at, flags, data);
	if (flags & LX_MS_BIND)
		return do_bind(w, &at, source, flags);
	if (flags & PROPAGATION)
		return do_propagation(&at, flags);
	if (flags & LX_MS_MOVE)
		return do_move(w, &at, source);
	return do_new(&at, source, type, flags, data);
}

struct others {
	const struct mount *m;
	bool are_there;
};

static void
note_other(struct mount *m, void *arg)
{
	struct others *o = arg;

	o->are_there |= m != o->m && m->sb == o->m->sb;
}

/* What is unmounted for good is on the disk then. */
static void
sync_before(struct mount *m)
{
	struct others o = {.m = m};

	mount_each(note_other, &o);
	if (m->sb->ops->sync)
		(void)m->sb->ops->sync(m->sb, !o.are_there);
}

static int
umount_one(struct mount *m, int flags)
{
	/* The tree's reference, and our caller's. */
	bool is_busy = m->refs > 2;

	if (flags & LX_MNT_DETACH) {
		mount_detach_tree(m);
		return 0;
	}
	if (is_busy)
		return -EBUSY;
	if ((flags & LX_MNT_EXPIRE) && !m->is_expiring) {
		m->is_expiring = true;
		return -EAGAIN;
	}
	sync_before(m);
	if (m->refs > 2) /* somebody came while we slept */
		return -EBUSY;
	mount_detach(m);
	return 0;
}

int
mount_undo(const struct walk *w, const char *target, int flags)
{
	AUTO_PATH at = {0};
	struct mount *m;
	int err;

	if (flags & ~(LX_MNT_FORCE | LX_MNT_DETACH | LX_MNT_EXPIRE |
		      LX_UMOUNT_NOFOLLOW))
		return -EINVAL;
	err = find(w, target, !(flags & LX_UMOUNT_NOFOLLOW), &at);
	if (err)
		return err;
	if (!cred_capable(w->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	if (!is_mount_root(&at) || !mount_in_tree(at.mnt))
		return -EINVAL;
	if ((flags & LX_MNT_EXPIRE) && (flags & (LX_MNT_FORCE | LX_MNT_DETACH)))
		return -EINVAL;
	/* Hold the mount alone: the dentry would keep it busy. */
	m = mount_get(at.mnt);
	path_put(&at);
	if (!m->parent)
		err = flags & LX_MNT_DETACH ? -EINVAL : -EBUSY;
	else
		err = umount_one(m, flags);
	mount_put(m);
	return err;
}

static bool
is_reachable(const struct path *p, const struct path *from)
{
	const struct mount *m = p->mnt;
	const struct dentry *d = p->dentry;

	while (m != from->mnt && m->parent) {
		d = m->at;
		m = m->parent;
	}
	return m == from->mnt && dentry_is_below(d, from->dentry);
}

/* @new_mnt takes the place of @old, which goes to @put. */
static void
pivot(struct mount *old, struct mount *new_mnt, const struct path *put)
{
	struct mount *up = old->parent;
	struct path at = {0};

	mount_get(old);
	mount_get(new_mnt);
	if (up)
		at = (struct path){mount_get(up), dentry_get(old->at)};
	mount_detach(new_mnt);
	if (up) {
		mount_detach(old);
		mount_attach(new_mnt, at.mnt, at.dentry);
	} else {
		mount_set_top(new_mnt);
	}
	mount_attach(old, put->mnt, put->dentry);
	path_put(&at);
	mount_put(new_mnt);
	mount_put(old);
}

int
mount_pivot(const struct walk *w, const char *new_root, const char *put_old)
{
	AUTO_PATH to = {0};
	AUTO_PATH put = {0};
	AUTO_PATH old = {0};
	int err;

	if (!cred_capable(w->cred, LX_CAP_SYS_ADMIN))
		return -EPERM;
	err = find(w, new_root, true, &to);
	if (!err)
		err = find(w, put_old, true, &put);
	if (err)
		return err;
	if (!path_is_dir(&to) || !path_is_dir(&put))
		return -ENOTDIR;
	old = w->fs->root;
	path_get(&old);
	if (to.mnt == old.mnt || put.mnt == old.mnt)
		return -EBUSY;
	if (!is_mount_root(&old) || !is_mount_root(&to) || !to.mnt->parent ||
	    !mount_in_tree(to.mnt) || !is_reachable(&put, &to) ||
	    !is_reachable(&to, &old))
		return -EINVAL;
	pivot(old.mnt, to.mnt, &put);
	fs_ctx_replace(&old, &to);
	return 0;
}
