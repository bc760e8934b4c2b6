/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/node.c - nodes by the inodes they stand for, so that hard links
 * of one file are one node, before and after it is copied up.
 *
 * A file that was copied up leaves an origin behind: when its node is gone and
 * made again, it has the same number and the same other names.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/overlay/internal.h"
#include "include/abi/stat.h"

#define UPPER_INO (1ull << 62)

static struct hash_node *
node_find(struct ovl *o, const struct inode *real, bool is_upper)
{
	uint64_t h = hash_u64(real->ino ^ (is_upper ? UPPER_INO : 0));
	struct hash_node *at = hash_first(&o->nodes, h);

	for (; at; at = hash_next(at)) {
		struct onode *n =
			is_upper ? CONTAINER_OF(at, struct onode, by_upper)
				 : CONTAINER_OF(at, struct onode, by_lower);

		if ((is_upper ? n->upper : n->lower) == real)
			return at;
	}
	return NULL;
}

static struct onode *
node_known(struct ovl *o, const struct inode *lower, const struct inode *upper)
{
	struct hash_node *at = NULL;

	if (upper)
		at = node_find(o, upper, true);
	if (at)
		return CONTAINER_OF(at, struct onode, by_upper);
	/* A directory that was removed and made again is another one. */
	if (!upper && lower)
		at = node_find(o, lower, false);
	return at ? CONTAINER_OF(at, struct onode, by_lower) : NULL;
}

uint64_t
onode_ino(struct ovl *o, uint64_t ino, bool is_upper)
{
	struct hash_node *at;
	uint64_t known;

	if (!is_upper)
		return ino;
	at = hash_first(&o->nodes, hash_u64(ino ^ UPPER_INO));
	for (; at; at = hash_next(at)) {
		struct onode *n = CONTAINER_OF(at, struct onode, by_upper);

		if (n->in_upper && n->upper->ino == ino)
			return n->i->ino;
	}
	known = origin_ino(o, ino);
	return known ? known : ino | UPPER_INO;
}

static void
node_hash_lower(struct onode *n)
{
	n->in_lower = true;
	hash_add(&ovl_of(n->i->sb)->nodes, &n->by_lower,
		 hash_u64(n->lower->ino));
}

static void
node_hash_upper(struct onode *n, struct inode *upper)
{
	n->upper = upper;
	n->in_upper = true;
	hash_add(&ovl_of(n->i->sb)->nodes, &n->by_upper,
		 hash_u64(upper->ino ^ UPPER_INO));
}

int
onode_set_upper(struct onode *n, struct inode *upper)
{
	int err = 0;

	if (!LX_S_ISDIR(n->i->mode) && n->i->nlink)
		err = origin_add(ovl_of(n->i->sb), n->lower, upper,
				 n->i->nlink);
	if (!err)
		node_hash_upper(n, upper);
	return err;
}

void
onode_links(struct onode *n)
{
	struct ovl *o = ovl_of(n->i->sb);
	struct origin * or = n->upper ? origin_find(o, n->upper, true) : NULL;

	if (! or)
		return;
	or->nlink = n->i->nlink;
	if (! or->nlink)
		origin_drop(o, or);
}

void
onode_show(struct onode *n)
{
	struct inode *i = n->i, *real = onode_real(n);

	i->mode = real->mode;
	i->uid = real->uid;
	i->gid = real->gid;
	i->rdev = real->rdev;
	i->atime_ns = real->atime_ns;
	i->mtime_ns = real->mtime_ns;
	i->ctime_ns = real->ctime_ns;
	i->btime_ns = real->btime_ns;
	i->blocks = real->blocks;
	i->pages.size = real->pages.size;
	i->seals = real->seals;
	/* Linux: a merged directory doesn't know its number of links. */
	if (LX_S_ISDIR(i->mode))
		i->nlink = n->lower && n->upper ? 1 : real->nlink;
}

static void
node_set_ops(struct inode *i)
{
	switch (i->mode & LX_S_IFMT) {
	case LX_S_IFREG:
		i->ops = &ovl_file_ops;
		i->fops = &ovl_file_fops;
		break;
	case LX_S_IFDIR:
		i->ops = &ovl_dir_ops;
		i->fops = &ovl_dir_fops;
		break;
	case LX_S_IFLNK:
		i->ops = &ovl_link_ops;
		break;
	default:
		i->ops = &ovl_node_ops;
	}
}

int
onode_place(struct onode *n, struct onode *dir, const char *name)
{
	struct onode *old = n->dir;
	char *copy;

	if (!dir || (old == dir && !strcmp(n->name, name)))
		return 0;
	copy = kstrdup(name);
	if (!copy)
		return -ENOMEM;
	kfree(n->name);
	n->name = copy;
	n->dir = dir;
	inode_get(dir->i);
	if (old)
		inode_put(old->i);
	return 0;
}

static int
node_new(struct ovl *o, struct inode *lower, struct inode *upper,
	 struct onode **out)
{
	struct inode *real = upper ? upper : lower;
	struct onode *n = KNEW(struct onode);
	int err;

	if (!n)
		return -ENOMEM;
	err = inode_new(o->sb, lower ? lower->ino : upper->ino | UPPER_INO,
			real->mode, &n->i);
	if (err) {
		kfree(n);
		return err;
	}
	n->i->priv = n;
	mutex_init(&n->lock);
	list_init(&n->link);
	n->lower = lower;
	if (lower)
		node_hash_lower(n);
	if (upper)
		node_hash_upper(n, upper);
	n->i->nlink = real->nlink;
	onode_show(n);
	node_set_ops(n->i);
	*out = n;
	return 0;
}

/* A file of one layer that was copied up is that of the other, too. */
static struct origin *
origin_of(struct ovl *o, struct inode **lower, struct inode **upper)
{
	struct origin * or = NULL;

	if (*upper && !*lower) {
		or = origin_find(o, *upper, true);
		if (or)
			*lower = inode_get(or->lower);
	} else if (*lower && !*upper) {
		or = origin_find(o, *lower, false);
		if (or)
			*upper = inode_get(or->upper);
	}
	return or ;
}

int
onode_get(struct ovl *o, struct onode *dir, const char *name,
	  struct inode *lower, struct inode *upper, struct inode **out)
{
	struct origin * or = origin_of(o, &lower, &upper);
	struct onode *n = node_known(o, lower, upper);
	int err;

	if (n) {
		inode_get(n->i);
		inode_put(lower);
		inode_put(upper);
	} else {
		err = node_new(o, lower, upper, &n);
		if (err) {
			inode_put(lower);
			inode_put(upper);
			return err;
		}
		if (or)
			n->i->nlink = or->nlink;
	}
	err = onode_place(n, dir, name);
	if (err)
		inode_put(n->i);
	else
		*out = n->i;
	return err;
}

/* As hostfs: a chain of parents is longer than the stack is deep. */
static void
parent_put(struct onode *dir)
{
	static struct list queue = LIST_INIT(queue);
	static bool is_running;

	/* In the queue already: this is not the last reference. */
	if (!list_empty(&dir->link)) {
		inode_put(dir->i);
		return;
	}
	list_append(&queue, &dir->link);
	if (is_running)
		return;
	is_running = true;
	while (!list_empty(&queue)) {
		struct onode *n = LIST_FIRST(&queue, struct onode, link);

		list_del(&n->link);
		inode_put(n->i);
	}
	is_running = false;
}

void
onode_evict(struct inode *i)
{
	struct onode *n = onode_of(i);
	struct ovl *o = ovl_of(i->sb);
	struct onode *dir = n->dir;

	if (n->in_lower)
		hash_del(&o->nodes, &n->by_lower);
	if (n->in_upper)
		hash_del(&o->nodes, &n->by_upper);
	inode_put(n->lower);
	inode_put(n->upper);
	kfree(n->name);
	kfree(n);
	i->priv = NULL;
	if (dir)
		parent_put(dir);
}

int
ovl_revalidate(struct inode *i)
{
	struct onode *n = onode_of(i);
	struct inode *real = onode_real(n);
	int err = 0;

	if (real->ops->revalidate)
		err = real->ops->revalidate(real);
	onode_show(n);
	return err;
}

int
ovl_getattr(struct inode *i, struct kstat *out)
{
	struct inode *real = onode_real(onode_of(i));
	struct kstat st;
	int err = inode_stat(real, &st);

	if (err)
		return err;
	out->blocks = st.blocks;
	out->size = st.size;
	return 0;
}

bool
is_whiteout(const struct inode *i)
{
	return LX_S_ISCHR(i->mode) && !i->rdev;
}

bool
is_opaque(struct inode *upper)
{
	char c;

	return upper->ops->getxattr &&
	       upper->ops->getxattr(upper, OVL_OPAQUE, &c, 1) == 1 && c == 'y';
}

int
layer_lookup(struct inode *dir, const char *name, size_t len,
	     struct inode **out)
{
	int err;

	if (!dir || !dir->ops->lookup)
		return -ENOENT;
	mutex_lock(&dir->lock);
	err = dir->ops->lookup(dir, name, len, out);
	mutex_unlock(&dir->lock);
	return err;
}
