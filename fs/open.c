/* SPDX-License-Identifier: MIT */
/*
 * fs/open.c - open(2): from a name, flags and a mode to an open file.
 *
 * The order of the checks is Linux's, so that the same errors come first.
 */
#include "base/cred.h"
#include "base/str.h"
#include "fs/bdev.h"
#include "fs/chrdev.h"
#include "fs/internal.h"
#include "fs/pipe.h"
#include "include/abi/capability.h"

/* What O_PATH leaves of the flags. */
#define PATH_FLAGS (LX_O_DIRECTORY | LX_O_NOFOLLOW | LX_O_PATH | LX_O_CLOEXEC)
/* Flags that are about opening, not about the open file: a device's open()
 * sees them, then they go. */
#define OPENING_FLAGS                                                          \
	(LX_O_CREAT | LX_O_EXCL | LX_O_NOCTTY | LX_O_TRUNC | LX_O_CLOEXEC |    \
	 VFS_OPEN_EXEC)

static const struct file_ops path_fops = {.kind = "path"};
static const struct file_ops none_fops = {.kind = "none"};

static int
acc_mask(uint32_t flags)
{
	static const uint8_t mask[4] = {
		MAY_READ, MAY_WRITE, MAY_READ | MAY_WRITE,
		/* Linux: 3 asks for both and gives neither (ioctl only). */
		MAY_READ | MAY_WRITE};
	int m = mask[flags & LX_O_ACCMODE];

	if (flags & VFS_OPEN_EXEC)
		return MAY_EXEC;
	return flags & LX_O_TRUNC ? m | MAY_WRITE : m;
}

static bool
has_contents(const struct inode *i)
{
	return LX_S_ISREG(i->mode) || LX_S_ISDIR(i->mode) ||
	       LX_S_ISLNK(i->mode);
}

/* May the place be opened so?  Linux: may_open(). */
static int
may_open(const struct path *p, const struct cred *c, uint32_t flags,
	 bool is_new)
{
	struct inode *i = p->dentry->inode;
	int mask = acc_mask(flags), err = 0;

	if (LX_S_ISLNK(i->mode))
		return -ELOOP;
	if (LX_S_ISDIR(i->mode) && (mask & MAY_WRITE))
		return -EISDIR;
	if ((mask & MAY_EXEC) &&
	    (!LX_S_ISREG(i->mode) || (p->mnt->flags & LX_MS_NOEXEC)))
		return -EACCES;
	if ((LX_S_ISCHR(i->mode) || LX_S_ISBLK(i->mode)) &&
	    (p->mnt->flags & LX_MS_NODEV))
		return -EACCES;
	if ((mask & MAY_WRITE) && has_contents(i) && mount_readonly(p->mnt))
		return -EROFS;
	if (!is_new)
		err = inode_permission(i, c, mask);
	if (err)
		return err;
	if (i->is_append_only &&
	    ((flags & LX_O_TRUNC) ||
	     ((mask & MAY_WRITE) && !(flags & LX_O_APPEND))))
		return -EPERM;
	if ((flags & LX_O_NOATIME) && !inode_owned(i, c))
		return -EPERM;
	return 0;
}

/* Make @f what its inode is: dispatch by type. */
static int
open_inode(struct inode *i, struct file *f)
{
	struct chrdev *c;

	switch (i->mode & LX_S_IFMT) {
	case LX_S_IFCHR:
		c = chrdev_find(i->rdev);
		if (!c)
			return -ENXIO;
		f->ops = c->fops;
		return c->open ? c->open(i, f) : 0;
	case LX_S_IFBLK:
		return bdev_open(i, f);
	case LX_S_IFIFO:
		return fifo_open(i, f);
	case LX_S_IFSOCK:
		return -ENXIO;
	}
	if (!i->fops && !i->ops->open)
		return -ENXIO; /* anonymous inodes are not opened again */
	return i->ops->open ? i->ops->open(i, f) : 0;
}

/* Written or executed, not both, for as long as @f is open. */
static int
count_user(struct file *f, uint32_t flags)
{
	int err;

	if (flags & VFS_OPEN_EXEC) {
		err = inode_exec_get(f->inode);
		f->is_program = !err;
		return err;
	}
	if (!file_may_write(f) || !has_contents(f->inode))
		return 0;
	err = inode_write_get(f->inode);
	if (err)
		return err;
	f->path.mnt->writers++;
	f->is_writer = true;
	return 0;
}

/* Open the checked place.  -EAGAIN with *@out set: see vfs_open(). */
static int
open_place(const struct path *p, uint32_t flags, struct file **out)
{
	struct inode *i = p->dentry->inode;
	struct file *f;
	int err;

	err = file_new(i->fops ? i->fops : &none_fops, flags, &f);
	if (err)
		return err;
	f->path = *p;
	path_get(&f->path);
	f->inode = inode_get(i);
	if (flags & LX_O_PATH) {
		f->ops = &path_fops;
		f->flags &= ~(uint32_t)OPENING_FLAGS;
		*out = f;
		return 0;
	}
	p->mnt->is_expiring = false;
	if (i->ops->revalidate)
		err = i->ops->revalidate(i);
	if (!err)
		err = count_user(f, flags);
	if (!err)
		err = open_inode(i, f);
	if (err && !(err == -EAGAIN && LX_S_ISFIFO(i->mode))) {
		/* What failed to open must not be released. */
		f->ops = &none_fops;
		file_put(f);
		return err;
	}
	f->flags &= ~(uint32_t)OPENING_FLAGS;
	*out = f;
	return err;
}

static int
finish(const struct path *p, const struct cred *c, uint32_t flags, bool is_new,
       struct file **out)
{
	struct inode *i = p->dentry->inode;
	struct file *f = NULL;
	int err;

	if ((flags & LX_O_DIRECTORY) && !LX_S_ISDIR(i->mode))
		return -ENOTDIR;
	if (flags & LX_O_PATH)
		return open_place(p, flags, out);
	if (is_new)
		flags &= ~(uint32_t)LX_O_TRUNC;
	err = may_open(p, c, flags, is_new);
	if (err)
		return err;
	if (!LX_S_ISREG(i->mode))
		flags &= ~(uint32_t)LX_O_TRUNC;
	err = open_place(p, flags, &f);
	if (!err && (flags & LX_O_TRUNC)) {
		err = vfs_truncate_file(f, c, 0);
		if (err) {
			file_put(f);
			f = NULL;
		}
	}
	*out = f;
	return err;
}

/* Make what nobody has looked for yet. */
static int
create_unseen(struct nd *nd, uint32_t mode, struct dentry **out)
{
	struct inode *dir = nd->cur.dentry->inode;
	int err;

	if (!dir->ops->may_create_unseen)
		return -EEXIST;
	mutex_lock(&dir->lock);
	err = vfs_create_unseen(nd, mode | LX_S_IFREG, out);
	mutex_unlock(&dir->lock);
	return err;
}

/* O_CREAT: look at the last component, make it if it is not there.
 * Returns: 0, and nd->cur is it; 1 and *@link; -errno. */
static int
find_or_create(struct nd *nd, uint32_t flags, uint32_t mode, bool *is_new,
	       const char **link)
{
	struct dentry *dir = nd->cur.dentry, *d;
	int err;

	if (nd->last.is_dot || nd->last.is_dotdot || nd->last.is_root)
		return flags & LX_O_EXCL ? -EEXIST : -EISDIR;
	if (nd->wants_dir)
		return -EISDIR;
	*is_new = !create_unseen(nd, mode, &d);
	err = *is_new ? 0 : nd_lookup(nd, &d);
	if (err)
		return err;
	if (!*is_new && !d->inode) {
		dentry_put(d);
		mutex_lock(&dir->inode->lock);
		err = dentry_lookup_locked(dir, nd->last.name, nd->last.len,
					   &d);
		if (!err && !d->inode) {
			*is_new = true;
			err = path_may_write(&nd->cur);
			if (!err)
				err = vfs_create_at(dir, d, nd->w->cred,
						    mode | LX_S_IFREG, 0);
			if (err)
				dentry_put(d);
		}
		mutex_unlock(&dir->inode->lock);
		if (err)
			return err;
	}
	if (!*is_new && (flags & LX_O_EXCL)) {
		dentry_put(d);
		return -EEXIST;
	}
	if (!*is_new) {
		err = perm_reuse(dir->inode, d->inode, nd->w->cred);
		if (err) {
			dentry_put(d);
			return err;
		}
	}
	err = nd_into(nd, d, !(flags & LX_O_NOFOLLOW), link);
	if (err == 1) {
		err = nd_enter(nd, link, "");
		return err ? err : 1;
	}
	return err;
}

static int
open_walk(struct nd *nd, const char *name, uint32_t flags, uint32_t mode,
	  struct file **out)
{
	bool is_new = false;
	int err;

	do {
		err = nd_parent(nd, name);
		if (err)
			return err;
		if (flags & LX_O_CREAT)
			err = find_or_create(nd, flags, mode, &is_new, &name);
		else
			err = nd_last(nd, !(flags & LX_O_NOFOLLOW), &name);
	} while (err == 1);
	if (err)
		return err;
	if ((flags & LX_O_CREAT) && !is_new &&
	    LX_S_ISDIR(nd->cur.dentry->inode->mode))
		return -EISDIR;
	return finish(&nd->cur, nd->w->cred, flags, is_new, out);
}

/* O_TMPFILE: an unnamed file in the directory @name. */
static int
open_tmpfile(const struct walk *w, const char *name, uint32_t flags,
	     uint32_t mode, struct file **out)
{
	AUTO_PATH dir = {0};
	AUTO_PATH at = {0};
	struct inode_new as;
	struct inode *i, *d;
	struct walk from = *w;
	char label[24];
	int err;

	from.flags = WALK_DIR | (w->flags & WALK_EMPTY);
	if (!(flags & LX_O_NOFOLLOW))
		from.flags |= WALK_FOLLOW;
	err = path_lookup(&from, name, &dir);
	if (err)
		return err;
	d = dir.dentry->inode;
	err = path_may_write(&dir);
	if (!err)
		err = inode_permission(d, w->cred, MAY_WRITE | MAY_EXEC);
	if (err)
		return err;
	if (!d->ops->tmpfile)
		return -EOPNOTSUPP;
	inode_new_owner(d, w->cred, mode | LX_S_IFREG, 0, &as);
	mutex_lock(&d->lock);
	err = d->is_dead ? -ENOENT : d->ops->tmpfile(d, &as, &i);
	mutex_unlock(&d->lock);
	if (err)
		return err;
	i->nlink = 0;
	i->may_link = !(flags & LX_O_EXCL);
	str_format(label, sizeof(label), "#%llu", (unsigned long long)i->ino);
	err = dentry_nameless(dir.dentry, label, i, &at.dentry);
	inode_put(i);
	if (err)
		return err;
	at.mnt = mount_get(dir.mnt);
	flags &= ~(uint32_t)(LX_O_TMPFILE | LX_O_EXCL);
	return finish(&at, w->cred, flags, true, out);
}

int
vfs_open(const struct walk *w, const char *name, uint32_t flags, uint32_t mode,
	 struct file **out)
{
	struct nd nd;
	int err;

	*out = NULL;
	if (flags & LX_O_PATH)
		flags &= PATH_FLAGS;
	mode &= LX_S_IALLUGO & ~w->fs->umask;
	if (flags & LX___O_TMPFILE) {
		if (!(flags & LX_O_DIRECTORY) ||
		    (flags & (LX_O_CREAT | LX_O_PATH)) ||
		    !(acc_mask(flags) & MAY_WRITE))
			return -EINVAL;
		return open_tmpfile(w, name, flags, mode, out);
	}
	if ((flags & LX_O_CREAT) && (flags & LX_O_DIRECTORY))
		return -EINVAL;
	if ((flags & LX_O_CREAT) && (flags & LX_O_EXCL))
		flags |= LX_O_NOFOLLOW;
	err = nd_begin(&nd, w, name);
	if (!err)
		err = open_walk(&nd, name, flags, mode, out);
	nd_end(&nd);
	return err;
}

int
vfs_open_path(const struct walk *w, const struct path *p, uint32_t flags,
	      struct file **out)
{
	*out = NULL;
	if (flags & LX_O_PATH)
		flags &= PATH_FLAGS;
	return finish(p, w->cred, flags, false, out);
}
