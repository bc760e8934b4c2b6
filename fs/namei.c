/* SPDX-License-Identifier: MIT */
/*
 * fs/namei.c - making and removing names: mknod(2), mkdir(2), symlink(2),
 * link(2), unlink(2), rmdir(2).  rename(2) is in rename.c.
 *
 * Each: walk to the parent, lock it, look the last component up, check rights,
 * let the file system do it, tell the name cache.
 */
#include "base/cred.h"
#include "base/str.h"
#include "fs/internal.h"
#include "include/abi/capability.h"

int
dir_may_add(struct inode *dir, const struct cred *c)
{
	if (dir->is_dead)
		return -ENOENT;
	return inode_permission(dir, c, MAY_WRITE | MAY_EXEC);
}

int
dir_may_remove(struct inode *dir, struct dentry *victim, const struct cred *c,
	       bool is_dir)
{
	struct inode *i = victim->inode;
	int err;

	if (!i)
		return -ENOENT;
	err = inode_permission(dir, c, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (dir->is_append_only || i->is_append_only || i->is_immutable)
		return -EPERM;
	if ((dir->mode & LX_S_ISVTX) && c->fsuid != i->uid &&
	    c->fsuid != dir->uid && !cred_capable(c, LX_CAP_FOWNER))
		return -EPERM;
	if (is_dir && !LX_S_ISDIR(i->mode))
		return -ENOTDIR;
	if (is_dir && victim->mounts)
		return -EBUSY;
	if (!is_dir && LX_S_ISDIR(i->mode))
		return -EISDIR;
	return dir->is_dead ? -ENOENT : 0;
}

/* A name that is about to be made: the locked parent, and its dentry. */
struct slot {
	struct nd nd;
	struct dentry *dir, *d;
	bool is_locked;
};

static void
slot_end(struct slot *s)
{
	if (s->is_locked)
		mutex_unlock(&s->dir->inode->lock);
	dentry_put(s->d);
	nd_end(&s->nd);
}

/* Find where to make @name; slot_begin: and that nothing is there.  @may_slash:
 * it is to be a directory. */
static int
slot_find(struct slot *s, const struct walk *w, const char *name)
{
	struct last_comp *last = &s->nd.last;
	int err = nd_begin(&s->nd, w, name);

	s->d = NULL;
	s->is_locked = false;
	if (!err)
		err = nd_parent(&s->nd, name);
	if (err)
		return err;
	if (last->is_dot || last->is_dotdot || last->is_root)
		return -EEXIST;
	if (last->len > LX_NAME_MAX)
		return -ENAMETOOLONG;
	s->dir = s->nd.cur.dentry;
	mutex_lock(&s->dir->inode->lock);
	s->is_locked = true;
	return 0;
}

/* Nothing may be there yet. */
static int
slot_look(struct slot *s, bool may_slash)
{
	struct last_comp *last = &s->nd.last;
	int err = dentry_lookup_locked(s->dir, last->name, last->len, &s->d);

	if (err)
		return err;
	if (s->d->inode)
		return -EEXIST;
	/* Linux: a slash after what is no directory yet, nor will be. */
	if (s->nd.wants_dir && !may_slash)
		return -ENOENT;
	return path_may_write(&s->nd.cur);
}

static int
slot_begin(struct slot *s, const struct walk *w, const char *name,
	   bool may_slash)
{
	int err = slot_find(s, w, name);

	return err ? err : slot_look(s, may_slash);
}

int
vfs_create_at(struct dentry *dir, struct dentry *d, const struct cred *c,
	      uint32_t mode, uint64_t rdev)
{
	struct inode *i = NULL;
	struct inode_new as;
	int err = dir_may_add(dir->inode, c);

	if (err)
		return err;
	if (!dir->inode->ops->create)
		return dir->sb->flags & SUPER_NO_DCACHE ? -ENOENT : -EACCES;
	inode_new_owner(dir->inode, c, mode, rdev, &as);
	err = dir->inode->ops->create(dir->inode, d->name, d->len, &as, &i);
	if (err)
		return err;
	dentry_set_inode(d, i);
	inode_put(i);
	return 0;
}

int
vfs_create_unseen(struct nd *nd, uint32_t mode, struct dentry **out)
{
	const struct last_comp *last = &nd->last;
	struct dentry *dir = nd->cur.dentry;
	struct inode *i = dir->inode, *made;
	struct inode_new as;
	int err;

	if (!i->ops->may_create_unseen || last->len > LX_NAME_MAX ||
	    (nd->w->resolve & LX_RESOLVE_CACHED) || last->is_dot ||
	    last->is_dotdot || last->is_root ||
	    dentry_find(dir, last->name, last->len))
		return -EEXIST;
	err = path_may_write(&nd->cur);
	if (!err)
		err = dir_may_add(i, nd->w->cred);
	if (err)
		return err;
	inode_new_owner(i, nd->w->cred, mode, 0, &as);
	err = i->ops->create(i, last->name, last->len, &as, &made);
	if (err)
		return err;
	err = dentry_add(dir, last->name, last->len, made, out);
	inode_put(made);
	return err;
}

static int
make(const struct walk *w, const char *name, uint32_t mode, uint64_t rdev,
     struct inode **out)
{
	bool is_dir = LX_S_ISDIR(mode);
	struct slot s;
	int err = slot_find(&s, w, name);

	if (!err && is_dir && !vfs_create_unseen(&s.nd, mode, &s.d))
		goto out;
	if (!err)
		err = slot_look(&s, is_dir);
	if (!err)
		err = dir_may_add(s.dir->inode, w->cred);
	/* Linux: 0/0 is no device but a whiteout, which anybody may make. */
	if (!err && (LX_S_ISBLK(mode) || (LX_S_ISCHR(mode) && rdev)) &&
	    !cred_capable(w->cred, LX_CAP_MKNOD))
		err = -EPERM;
	if (!err && !s.dir->inode->ops->create)
		err = -EPERM;
	if (!err)
		err = vfs_create_at(s.dir, s.d, w->cred, mode, rdev);
	if (!err && out)
		*out = inode_get(s.d->inode);
out:
	slot_end(&s);
	return err;
}

int
vfs_mknod(const struct walk *w, const char *name, uint32_t mode, uint64_t rdev)
{
	uint32_t perm = mode & LX_S_IALLUGO & ~w->fs->umask;
	uint32_t type = mode & LX_S_IFMT;

	switch (type) {
	case 0:
		type = LX_S_IFREG;
		break;
	case LX_S_IFREG:
	case LX_S_IFIFO:
	case LX_S_IFSOCK:
	case LX_S_IFCHR:
	case LX_S_IFBLK:
		break;
	case LX_S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
	if (type != LX_S_IFCHR && type != LX_S_IFBLK)
		rdev = 0;
	return make(w, name, type | perm, rdev, NULL);
}

int
vfs_mkdir(const struct walk *w, const char *name, uint32_t mode)
{
	mode &= (LX_S_IRWXUGO | LX_S_ISVTX) & ~w->fs->umask;
	return make(w, name, mode | LX_S_IFDIR, 0, NULL);
}

int
vfs_bind(const struct walk *w, const char *name, uint32_t mode,
	 struct inode **out)
{
	int err;

	mode &= LX_S_IALLUGO & ~w->fs->umask;
	err = make(w, name, mode | LX_S_IFSOCK, 0, out);
	return err == -EEXIST ? -EADDRINUSE : err;
}

int
vfs_symlink(const struct walk *w, const char *target, const char *name)
{
	struct inode_new as;
	struct inode *dir, *i;
	struct slot s;
	int err;

	if (!*target)
		return -ENOENT;
	err = slot_begin(&s, w, name, false);
	if (!err)
		err = dir_may_add(s.dir->inode, w->cred);
	if (!err && !s.dir->inode->ops->symlink)
		err = -EPERM;
	if (!err) {
		dir = s.dir->inode;
		inode_new_owner(dir, w->cred, LX_S_IFLNK | 0777, 0, &as);
		err = dir->ops->symlink(dir, s.d->name, s.d->len, target, &as,
					&i);
	}
	if (!err) {
		dentry_set_inode(s.d, i);
		inode_put(i);
	}
	slot_end(&s);
	return err;
}

static int
may_link(const struct slot *s, const struct path *old)
{
	struct inode *i = old->dentry->inode;
	int err;

	if (old->mnt != s->nd.cur.mnt || i->sb != s->dir->sb)
		return -EXDEV;
	err = perm_link(i, s->nd.w->cred);
	if (!err)
		err = dir_may_add(s->dir->inode, s->nd.w->cred);
	if (err)
		return err;
	if (i->is_append_only || i->is_immutable)
		return -EPERM;
	if (!s->dir->inode->ops->link || LX_S_ISDIR(i->mode))
		return -EPERM;
	/* A removed file stays so, unless it never had a name. */
	return i->nlink == 0 && !i->may_link ? -ENOENT : 0;
}

int
vfs_link(const struct walk *w, const struct path *old, const char *name)
{
	struct inode *dir, *i = old->dentry->inode;
	struct slot s;
	int err = slot_begin(&s, w, name, false);

	if (!err)
		err = may_link(&s, old);
	if (!err) {
		dir = s.dir->inode;
		err = dir->ops->link(dir, s.d->name, s.d->len, i);
	}
	if (!err) {
		i->may_link = false;
		dentry_set_inode(s.d, i);
	}
	slot_end(&s);
	return err;
}

static int
remove_locked(struct nd *nd, struct dentry *d, bool is_dir)
{
	struct inode *dir = nd->cur.dentry->inode, *i;
	int err;

	if (!d->inode)
		return -ENOENT;
	/* Linux: "file/" is no file. */
	if (!is_dir && nd->wants_dir)
		return LX_S_ISDIR(d->inode->mode) ? -EISDIR : -ENOTDIR;
	err = dir_may_remove(dir, d, nd->w->cred, is_dir);
	if (err)
		return err;
	if (!(is_dir ? dir->ops->rmdir : dir->ops->unlink))
		return -EPERM;
	if (d->mounts || d->is_mountpoint)
		return -EBUSY;
	if (d->nmountpoints)
		return -ENOTEMPTY;
	i = inode_get(d->inode);
	if (is_dir) {
		dentry_shrink_tree(d);
		err = dir->ops->rmdir(dir, d->name, d->len, i);
		i->is_dead = !err;
	} else {
		err = dir->ops->unlink(dir, d->name, d->len, i);
	}
	if (!err)
		dentry_gone(d);
	inode_put(i);
	return err;
}

static int
remove_name(const struct walk *w, const char *name, bool is_dir)
{
	struct dentry *dir, *d;
	struct nd nd;
	int err = nd_begin(&nd, w, name);

	if (!err)
		err = nd_parent(&nd, name);
	if (err)
		goto out;
	if (nd.last.is_root)
		err = is_dir ? -EBUSY : -EISDIR;
	else if (nd.last.is_dotdot)
		err = is_dir ? -ENOTEMPTY : -EISDIR;
	else if (nd.last.is_dot)
		err = is_dir ? -EINVAL : -EISDIR;
	else if (nd.last.len > LX_NAME_MAX)
		err = -ENAMETOOLONG;
	else
		err = path_may_write(&nd.cur);
	if (err)
		goto out;
	dir = nd.cur.dentry;
	mutex_lock(&dir->inode->lock);
	err = dentry_lookup_locked(dir, nd.last.name, nd.last.len, &d);
	if (!err) {
		err = remove_locked(&nd, d, is_dir);
		mutex_unlock(&dir->inode->lock);
		dentry_put(d);
	} else {
		mutex_unlock(&dir->inode->lock);
	}
out:
	nd_end(&nd);
	return err;
}

int
vfs_unlink(const struct walk *w, const char *name)
{
	return remove_name(w, name, false);
}

int
vfs_rmdir(const struct walk *w, const char *name)
{
	return remove_name(w, name, true);
}
