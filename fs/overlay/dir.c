/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/dir.c - names in two layers: looking up, making, removing,
 * renaming.
 *
 * The VFS holds the merged directory's lock, which serves for both layers:
 * nobody else changes the upper one, and the lower one does not change.
 */
#include "base/str.h"
#include "fs/overlay/internal.h"
#include "include/abi/stat.h"

struct cname {
	char s[OVL_NAME_MAX + 1];
	size_t len;
};

static int
cname_set(struct cname *to, const char *name, size_t len)
{
	if (len > OVL_NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(to->s, name, len);
	to->s[len] = '\0';
	to->len = len;
	return 0;
}

/* The lower directory whose names show through @d's upper one. */
static struct inode *
lower_dir(const struct onode *d)
{
	return d->lower && LX_S_ISDIR(d->lower->mode) ? d->lower : NULL;
}

static int
upper_found(struct onode *d, const struct cname *c, struct inode *upper,
	    struct inode **out)
{
	struct inode *lower = NULL;
	int err;

	if (is_whiteout(upper)) {
		inode_put(upper);
		return -ENOENT;
	}
	if (LX_S_ISDIR(upper->mode) && lower_dir(d) && !is_opaque(upper)) {
		err = layer_lookup(lower_dir(d), c->s, c->len, &lower);
		if (err && err != -ENOENT) {
			inode_put(upper);
			return err;
		}
		if (lower && !LX_S_ISDIR(lower->mode)) {
			inode_put(lower);
			lower = NULL;
		}
	}
	return onode_get(ovl_of(d->i->sb), d, c->s, lower, upper, out);
}

int
ovl_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
	struct onode *d = onode_of(dir);
	struct inode *i;
	struct cname c;
	int err = cname_set(&c, name, len);

	if (!err)
		err = layer_lookup(d->upper, c.s, c.len, &i);
	if (!err)
		return upper_found(d, &c, i, out);
	if (err == -ENOENT)
		err = layer_lookup(lower_dir(d), c.s, c.len, &i);
	return err ? err : onode_get(ovl_of(dir->sb), d, c.s, i, NULL, out);
}

static bool
shows_through(struct onode *d, const struct cname *c)
{
	struct inode *lower;

	if (layer_lookup(lower_dir(d), c->s, c->len, &lower))
		return false;
	inode_put(lower);
	return true;
}

/* Room for @c in the upper directory: a whiteout there goes. */
static int
make_room(struct onode *d, const struct cname *c)
{
	struct inode *i;
	int err = copy_up(d, false);

	if (err)
		return err;
	err = layer_lookup(d->upper, c->s, c->len, &i);
	if (err)
		return err == -ENOENT ? 0 : err;
	if (is_whiteout(i))
		err = d->upper->ops->unlink(d->upper, c->s, c->len, i);
	else
		err = -EEXIST;
	inode_put(i);
	return err;
}

/* The lower layer's @c must not show. */
static int
whiteout(struct onode *d, const struct cname *c)
{
	const struct inode_new as = {.mode = LX_S_IFCHR};
	struct inode *i;
	int err;

	if (!shows_through(d, c))
		return 0;
	err = d->upper->ops->create(d->upper, c->s, c->len, &as, &i);
	if (!err)
		inode_put(i);
	return err;
}

static int
set_opaque(struct inode *upper)
{
	return upper->ops->setxattr(upper, OVL_OPAQUE, "y", 1, 0);
}

static void
dir_changed(struct onode *d)
{
	onode_show(d);
}

/* @upper was made as @c in @d. */
static int
made(struct onode *d, const struct cname *c, struct inode *upper,
     struct inode **out)
{
	int err = 0;

	/* Nothing of a lower directory of that name belongs to it. */
	if (LX_S_ISDIR(upper->mode) && shows_through(d, c))
		err = set_opaque(upper);
	dir_changed(d);
	if (err) {
		inode_put(upper);
		return err;
	}
	return onode_get(ovl_of(d->i->sb), d, c->s, NULL, upper, out);
}

static int
ovl_create(struct inode *dir, const char *name, size_t len,
	   const struct inode_new *as, struct inode **out)
{
	struct onode *d = onode_of(dir);
	struct inode *upper;
	struct cname c;
	int err = cname_set(&c, name, len);

	/* It would be taken for a whiteout. */
	if (!err && LX_S_ISCHR(as->mode) && !as->rdev)
		err = -EPERM;
	if (!err)
		err = make_room(d, &c);
	if (!err)
		err = d->upper->ops->create(d->upper, c.s, c.len, as, &upper);
	return err ? err : made(d, &c, upper, out);
}

static int
ovl_symlink(struct inode *dir, const char *name, size_t len, const char *target,
	    const struct inode_new *as, struct inode **out)
{
	struct onode *d = onode_of(dir);
	struct inode *upper;
	struct cname c;
	int err = cname_set(&c, name, len);

	if (!err)
		err = make_room(d, &c);
	if (!err)
		err = d->upper->ops->symlink(d->upper, c.s, c.len, target, as,
					     &upper);
	return err ? err : made(d, &c, upper, out);
}

static int
ovl_tmpfile(struct inode *dir, const struct inode_new *as, struct inode **out)
{
	struct onode *d = onode_of(dir);
	struct inode *upper;
	int err = copy_up(d, false);

	if (!err)
		err = d->upper->ops->tmpfile(d->upper, as, &upper);
	if (err)
		return err;
	upper->nlink = 0;
	err = onode_get(ovl_of(dir->sb), d, "", NULL, upper, out);
	if (!err)
		(*out)->nlink = 0;
	return err;
}

static int
ovl_link(struct inode *dir, const char *name, size_t len, struct inode *target)
{
	struct onode *d = onode_of(dir), *t = onode_of(target);
	struct cname c;
	int err = cname_set(&c, name, len);

	if (!err)
		err = copy_up(t, true);
	if (!err)
		err = make_room(d, &c);
	if (!err)
		err = d->upper->ops->link(d->upper, c.s, c.len, t->upper);
	if (err)
		return err;
	target->nlink++;
	onode_links(t);
	onode_show(t);
	dir_changed(d);
	return 0;
}

/* Take @c out of the upper directory, if it is there. */
static int
remove_upper(struct onode *d, const struct cname *c, bool is_dir)
{
	struct inode *i;
	int err = layer_lookup(d->upper, c->s, c->len, &i);

	if (err)
		return err == -ENOENT ? 0 : err;
	if (is_dir) {
		err = ovl_drop_whiteouts(i);
		if (!err)
			err = d->upper->ops->rmdir(d->upper, c->s, c->len, i);
	} else {
		err = d->upper->ops->unlink(d->upper, c->s, c->len, i);
	}
	inode_put(i);
	return err;
}

/* @victim has a name less. */
static void
lost_name(struct onode *n)
{
	struct inode *i = n->i;

	if (LX_S_ISDIR(i->mode) || i->nlink <= 1)
		i->nlink = 0;
	else
		i->nlink--;
	inode_touch(onode_real(n), ATTR_CTIME);
	onode_links(n);
}

static int
remove_name(struct inode *dir, const char *name, size_t len,
	    struct inode *victim, bool is_dir)
{
	struct onode *d = onode_of(dir);
	struct cname c;
	int err = cname_set(&c, name, len);

	if (!err && is_dir)
		err = ovl_is_empty(onode_of(victim));
	if (!err)
		err = copy_up(d, false);
	if (!err)
		err = remove_upper(d, &c, is_dir);
	if (!err)
		err = whiteout(d, &c);
	if (err)
		return err;
	lost_name(onode_of(victim));
	inode_touch(d->upper, ATTR_MTIME | ATTR_CTIME);
	dir_changed(d);
	return 0;
}

static int
ovl_unlink(struct inode *dir, const char *name, size_t len,
	   struct inode *victim)
{
	return remove_name(dir, name, len, victim, false);
}

static int
ovl_rmdir(struct inode *dir, const char *name, size_t len, struct inode *victim)
{
	return remove_name(dir, name, len, victim, true);
}

/* --- rename --- */

/* One side of a rename.  A directory with a lower part can't move: its names
 * would have to be copied (Linux: EXDEV without redirect_dir). */
static int
prepare(struct onode *d, struct onode *n)
{
	int err;

	if (LX_S_ISDIR(n->i->mode) && n->lower)
		return -EXDEV;
	err = copy_up(n, true);
	return err ? err : copy_up(d, false);
}

static int
ovl_exchange(struct onode *d, const struct cname *c, struct onode *n,
	     struct onode *d2, const struct cname *c2, struct onode *n2)
{
	int err = prepare(d2, n2);

	if (!err)
		err = d->upper->ops->rename(d->upper, c->s, c->len, n->upper,
					    d2->upper, c2->s, c2->len,
					    n2->upper, true);
	if (!err && LX_S_ISDIR(n->i->mode))
		err = set_opaque(n->upper);
	if (!err && LX_S_ISDIR(n2->i->mode))
		err = set_opaque(n2->upper);
	return err ? err : onode_place(n2, d, c->s);
}

/* What is at the new name goes, in whichever layer; then the upper layer
 * renames. */
static int
ovl_move(struct onode *d, const struct cname *c, struct onode *n,
	 struct onode *d2, const struct cname *c2, struct onode *t)
{
	bool is_dir = t && LX_S_ISDIR(t->i->mode);
	int err = 0;

	if (is_dir)
		err = ovl_is_empty(t);
	if (!err)
		err = copy_up(d2, false);
	if (!err)
		err = remove_upper(d2, c2, is_dir);
	if (!err)
		err = d->upper->ops->rename(d->upper, c->s, c->len, n->upper,
					    d2->upper, c2->s, c2->len, NULL,
					    false);
	if (!err && LX_S_ISDIR(n->i->mode) && shows_through(d2, c2))
		err = set_opaque(n->upper);
	if (!err)
		err = whiteout(d, c);
	if (!err && t)
		lost_name(t);
	return err;
}

static int
ovl_rename(struct inode *dir, const char *name, size_t len, struct inode *moved,
	   struct inode *dir2, const char *name2, size_t len2,
	   struct inode *target, bool exchange)
{
	struct onode *d = onode_of(dir), *d2 = onode_of(dir2);
	struct onode *n = onode_of(moved);
	struct onode *t = target ? onode_of(target) : NULL;
	struct cname c, c2;
	int err = cname_set(&c, name, len);

	if (!err)
		err = cname_set(&c2, name2, len2);
	if (!err)
		err = prepare(d, n);
	if (!err)
		err = exchange ? ovl_exchange(d, &c, n, d2, &c2, t)
			       : ovl_move(d, &c, n, d2, &c2, t);
	if (err)
		return err;
	err = onode_place(n, d2, c2.s);
	onode_show(n);
	dir_changed(d);
	dir_changed(d2);
	return err;
}

static int64_t
ovl_readlink(struct inode *i, char *buf, size_t n)
{
	struct inode *real = onode_real(onode_of(i));
	size_t len;

	if (real->ops->readlink)
		return real->ops->readlink(real, buf, n);
	if (!real->link)
		return -EINVAL;
	len = strlen(real->link);
	memcpy(buf, real->link, MIN(len + 1, n));
	return (int64_t)MIN(len, n);
}

#define COMMON_OPS                                                             \
	.revalidate = ovl_revalidate, .getattr = ovl_getattr,                  \
	.setattr = ovl_setattr, .getxattr = ovl_getxattr,                      \
	.setxattr = ovl_setxattr, .listxattr = ovl_listxattr,                  \
	.removexattr = ovl_removexattr

const struct inode_ops ovl_dir_ops = {
	COMMON_OPS,
	.lookup = ovl_lookup,
	.create = ovl_create,
	.symlink = ovl_symlink,
	.link = ovl_link,
	.unlink = ovl_unlink,
	.rmdir = ovl_rmdir,
	.rename = ovl_rename,
	.tmpfile = ovl_tmpfile,
	.open = ovl_open,
};

const struct inode_ops ovl_file_ops = {
	COMMON_OPS,
	.open = ovl_open,
};

const struct inode_ops ovl_link_ops = {
	COMMON_OPS,
	.readlink = ovl_readlink,
};

const struct inode_ops ovl_node_ops = {
	COMMON_OPS,
};
