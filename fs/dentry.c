/* SPDX-License-Identifier: MIT */
/*
 * fs/dentry.c - the name cache.
 *
 * One hash table over (parent, name).  A dentry counts its parent, so what is
 * cached always hangs together up to a root.  Unused dentries stay hashed on
 * an LRU list of bounded length; the list is lazy: a dentry taken into use
 * stays on it and is passed over when its turn comes, so that a cached walk
 * moves no list.
 *
 * Invariant: hashed <=> its parent's file system was last seen to have (or,
 * negative, not to have) that name.
 */
#include "fs/dentry.h"

#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"

#define UNUSED_MAX   32768
#define SHRINK_BATCH 32

static struct hash table;
static struct list lru = LIST_INIT(lru);
static uint32_t nlru;
static uint64_t nrenames;

static uint64_t
name_hash(const struct dentry *parent, const char *name, size_t len)
{
	return hash_bytes(name, len, (uint64_t)(uintptr_t)parent);
}

static void
dentry_hash(struct dentry *d)
{
	hash_add(&table, &d->hash, name_hash(d->parent, d->name, d->len));
	d->is_hashed = true;
}

static void
dentry_unhash(struct dentry *d)
{
	if (!d->is_hashed)
		return;
	hash_del(&table, &d->hash);
	d->is_hashed = false;
}

static void
lru_del(struct dentry *d)
{
	if (list_empty(&d->lru))
		return;
	list_del(&d->lru);
	nlru--;
}

static int
dentry_new(const char *name, size_t len, struct inode *i, struct dentry **out)
{
	struct dentry *d = KNEW(struct dentry);

	if (!d)
		return -ENOMEM;
	d->name = d->short_name;
	if (len >= sizeof(d->short_name)) {
		d->name = kmalloc(len + 1);
		if (!d->name) {
			kfree(d);
			return -ENOMEM;
		}
	}
	memcpy(d->name, name, len);
	d->name[len] = '\0';
	d->len = (uint16_t)len;
	d->refs = 1;
	d->inode = i ? inode_get(i) : NULL;
	list_init(&d->children);
	list_init(&d->sibling);
	list_init(&d->lru);
	*out = d;
	return 0;
}

/* Free an unused dentry.  Returns: its parent, whose reference is now the
 * caller's to put; NULL for a root. */
static struct dentry *
dentry_kill(struct dentry *d)
{
	struct dentry *parent = d->parent == d ? NULL : d->parent;
	struct inode *i = d->inode;

	kassert(d->refs == 0 && list_empty(&d->children));
	dentry_unhash(d);
	lru_del(d);
	list_del(&d->sibling);
	if (d->name != d->short_name)
		kfree(d->name);
	kfree(d);
	inode_put(i);
	return parent;
}

void
dentry_put(struct dentry *d)
{
	while (d) {
		kassert(d->refs > 0);
		if (--d->refs)
			return;
		if (!d->is_hashed || (d->sb->flags & SUPER_NO_DCACHE)) {
			d = dentry_kill(d);
			continue;
		}
		if (!list_empty(&d->lru)) {
			d->is_recent = true;
			return;
		}
		list_append(&lru, &d->lru);
		if (++nlru > UNUSED_MAX)
			dentry_shrink(SHRINK_BATCH);
		return;
	}
}

uint32_t
dentry_shrink(uint32_t n)
{
	uint32_t freed = 0, tries = n * 4;

	while (freed < n && tries-- && !list_empty(&lru)) {
		struct dentry *d = LIST_FIRST(&lru, struct dentry, lru);

		lru_del(d);
		if (d->refs)
			continue;
		if (d->is_recent) {
			d->is_recent = false;
			list_append(&lru, &d->lru);
			nlru++;
			continue;
		}
		freed++;
		dentry_put(dentry_kill(d));
	}
	return freed;
}

/* The first unused leaf below @top, or NULL. */
static struct dentry *
unused_leaf(struct dentry *top)
{
	struct dentry *d = top;
	struct list *next = d->children.next;

	for (;;) {
		if (next != &d->children) {
			d = LIST_ENTRY(next, struct dentry, sibling);
			next = d->children.next;
			continue;
		}
		if (d == top)
			return NULL;
		if (!d->refs)
			return d;
		next = d->sibling.next;
		d = d->parent;
	}
}

void
dentry_shrink_tree(struct dentry *top)
{
	struct dentry *d;

	while ((d = unused_leaf(top)))
		dentry_put(dentry_kill(d));
}

int
dentry_root(struct inode *i, struct dentry **out)
{
	int err = dentry_new("/", 1, i, out);

	if (err)
		return err;
	(*out)->parent = *out;
	(*out)->sb = i->sb;
	return 0;
}

struct dentry *
dentry_find(struct dentry *parent, const char *name, size_t len)
{
	struct hash_node *n = hash_first(&table, name_hash(parent, name, len));

	for (; n; n = hash_next(n)) {
		struct dentry *d = CONTAINER_OF(n, struct dentry, hash);

		if (d->parent == parent && d->len == len &&
		    !memcmp(d->name, name, len))
			return d;
	}
	return NULL;
}

int
dentry_add(struct dentry *parent, const char *name, size_t len, struct inode *i,
	   struct dentry **out)
{
	struct dentry *d;
	int err = dentry_new(name, len, i, &d);

	if (err)
		return err;
	d->parent = dentry_get(parent);
	d->sb = parent->inode->sb; /* a mount point has one of its own */
	list_push(&parent->children, &d->sibling);
	dentry_hash(d);
	*out = d;
	return 0;
}

int
dentry_nameless(struct dentry *dir, const char *name, struct inode *i,
		struct dentry **out)
{
	int err = dentry_new(name, strlen(name), i, out);

	if (err)
		return err;
	(*out)->parent = dentry_get(dir);
	(*out)->sb = dir->sb;
	list_push(&dir->children, &(*out)->sibling);
	return 0;
}

/* Does the file system still say of @d what the cache does? */
static bool
dentry_is_valid(struct dentry *d)
{
	const struct super_ops *ops = d->sb->ops;

	return d->mounts || d->is_mountpoint || !ops->dentry_valid ||
	       ops->dentry_valid(d->parent->inode, d->name, d->len, d->inode,
				 &d->stamp);
}

int
dentry_lookup_locked(struct dentry *parent, const char *name, size_t len,
		     struct dentry **out)
{
	struct inode *dir = parent->inode, *i = NULL;
	struct dentry *d = dentry_find(parent, name, len);
	int err;

	if (d) {
		dentry_get(d);
		if (dentry_is_valid(d)) {
			*out = d;
			return 0;
		}
	}
	if (dir->is_dead)
		err = -ENOENT;
	else if (!dir->ops->lookup)
		err = -ENOTDIR;
	else
		err = dir->ops->lookup(dir, name, len, &i);
	if (err == -ENOENT)
		err = 0;
	if (d && !err && d->is_hashed && d->inode == i) {
		inode_put(i);
		*out = d;
		return 0;
	}
	if (d) {
		dentry_drop(d);
		dentry_put(d);
	}
	if (!err)
		err = dentry_add(parent, name, len, i, out);
	inode_put(i);
	return err;
}

int
dentry_lookup(struct dentry *parent, const char *name, size_t len,
	      struct dentry **out)
{
	struct dentry *d = dentry_find(parent, name, len);
	int err;

	if (d) {
		dentry_get(d);
		if (dentry_is_valid(d)) {
			*out = d;
			return 0;
		}
		dentry_put(d);
	}
	mutex_lock(&parent->inode->lock);
	err = dentry_lookup_locked(parent, name, len, out);
	mutex_unlock(&parent->inode->lock);
	return err;
}

void
dentry_set_inode(struct dentry *d, struct inode *i)
{
	kassert(!d->inode);
	d->inode = inode_get(i);
	d->stamp = 0;
}

void
dentry_gone(struct dentry *d)
{
	struct inode *i = d->inode;

	if (d->refs > 1 || (d->sb->flags & SUPER_NO_DCACHE) ||
	    !list_empty(&d->children)) {
		dentry_unhash(d);
		return;
	}
	d->inode = NULL;
	d->stamp = 0;
	inode_put(i);
}

void
dentry_drop(struct dentry *d)
{
	dentry_unhash(d);
}

static void
set_name(struct dentry *d, char *name, uint16_t len)
{
	if (d->name != d->short_name)
		kfree(d->name);
	d->len = len;
	d->name = name;
	if (len < sizeof(d->short_name)) {
		memcpy(d->short_name, name, len + 1u);
		kfree(name);
		d->name = d->short_name;
	}
}

/* Let @d hang below @parent; the caller drops the reference returned. */
static struct dentry *
set_parent(struct dentry *d, struct dentry *parent)
{
	struct dentry *old = d->parent;

	list_del(&d->sibling);
	list_push(&parent->children, &d->sibling);
	d->parent = dentry_get(parent);
	return old;
}

void
dentry_move(struct dentry *d, struct dentry *to)
{
	char *name = kmalloc(to->len + 1u);
	struct dentry *old;

	dentry_unhash(d);
	dentry_unhash(to);
	nrenames++;
	if (!name)
		return;
	memcpy(name, to->name, to->len + 1u);
	set_name(d, name, to->len);
	old = set_parent(d, to->parent);
	dentry_hash(d);
	dentry_put(old);
}

void
dentry_swap(struct dentry *a, struct dentry *b)
{
	char *na = kmalloc(a->len + 1u), *nb = kmalloc(b->len + 1u);
	uint16_t la = a->len, lb = b->len;
	struct dentry *pa = a->parent, *pb = b->parent;

	dentry_unhash(a);
	dentry_unhash(b);
	nrenames++;
	if (!na || !nb) {
		kfree(na);
		kfree(nb);
		return;
	}
	memcpy(na, a->name, la + 1u);
	memcpy(nb, b->name, lb + 1u);
	set_name(a, nb, lb);
	set_name(b, na, la);
	set_parent(a, pb);
	set_parent(b, pa);
	dentry_hash(a);
	dentry_hash(b);
	dentry_put(pa);
	dentry_put(pb);
}

bool
dentry_is_below(const struct dentry *d, const struct dentry *top)
{
	for (;; d = d->parent) {
		if (d == top)
			return true;
		if (d->parent == d)
			return false;
	}
}

uint64_t
dentry_renames(void)
{
	return nrenames;
}

void
dentry_init(void)
{
	if (hash_init(&table))
		panic("no memory for the name cache");
}
