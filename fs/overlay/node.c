/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/node.c - nodes by the inodes they stand for, so that hard links
 * of one file are one node, before and after it is copied up.
 *
 * A node that was copied up is kept while it has a name: it knows the inode
 * number the guest has seen, and which lower names are the same file.
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

	if (!is_upper)
		return ino;
	at = hash_first(&o->nodes, hash_u64(ino ^ UPPER_INO));
	for (; at; at = hash_next(at)) {
		struct onode *n = CONTAINER_OF(at, struct onode, by_upper);

		if (n->in_upper && n->upper->ino == ino)
			return n->i->ino;
	}
	return ino | UPPER_INO;
}

static void
node_hash_lower(struct onode *n)
{
	n->in_lower = true;
	hash_add(&ovl_of(n->i->sb)->nodes, &n->by_lower,
		 hash_u64(n->lower->ino));
}

void
onode_set_upper(struct onode *n, struct inode *upper)
{
	struct ovl *o = ovl_of(n->i->sb);

	n->upper = upper;
	n->in_upper = true;
	hash_add(&o->nodes, &n->by_upper, hash_u64(upper->ino ^ UPPER_INO));
	if (n->lower && list_empty(&n->pin)) {
		inode_get(n->i);
		list_append(&o->pinned, &n->pin);
	}
}

void
onode_unpin(struct onode *n)
{
	if (list_empty(&n->pin))
		return;
	list_del(&n->pin);
	inode_put(n->i);
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
	list_init(&n->pin);
	n->lower = lower;
	if (lower)
		node_hash_lower(n);
	if (upper)
		onode_set_upper(n, upper);
	n->i->nlink = real->nlink;
	onode_show(n);
	node_set_ops(n->i);
	*out = n;
	return 0;
}

int
onode_get(struct ovl *o, struct onode *dir, const char *name,
	  struct inode *lower, struct inode *upper, struct inode **out)
{
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
parent_put(struct inode *dir)
{
	static struct list queue = LIST_INIT(queue);
	static bool is_running;

	list_append(&queue, &onode_of(dir)->pin);
	if (is_running)
		return;
	is_running = true;
	while (!list_empty(&queue)) {
		struct onode *n = LIST_FIRST(&queue, struct onode, pin);

		list_del(&n->pin);
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
	/* A parent that is pinned besides has more references than ours. */
	if (dir && !list_empty(&dir->pin))
		inode_put(dir->i);
	else if (dir)
		parent_put(dir->i);
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
