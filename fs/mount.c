/* SPDX-License-Identifier: MIT */
/*
 * fs/mount.c - the tree of mounts, of which there is one.
 *
 * A mount in the tree is counted by the tree, by its child mounts and by every
 * place (open file, root, working directory) on it: so "busy" is a count.
 * mount(2)'s variants are in mount_ops.c.
 */
#include "fs/mount.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/internal_mount.h"
#include "fs/path.h"
#include "include/abi/mount.h"
#include "include/abi/statfs.h"

static struct hash by_place;
static struct list all = LIST_INIT(all);
static struct list hidden = LIST_INIT(hidden);
static struct waitq changes = WAITQ_INIT(changes);
static uint64_t nchanges;
static uint32_t last_id;
static struct mount *top;  /* the root of the tree */
static struct mount *anon; /* what nameless places are on */

static uint64_t
place_hash(const struct mount *m, const struct dentry *d)
{
	return hash_u64((uint64_t)(uintptr_t)m ^
			hash_u64((uint64_t)(uintptr_t)d));
}

struct mount *
mount_get(struct mount *m)
{
	m->refs++;
	return m;
}

void
mount_put(struct mount *m)
{
	if (!m)
		return;
	kassert(m->refs > 0);
	if (--m->refs)
		return;
	kassert(!m->parent && list_empty(&m->children));
	dentry_put(m->root);
	super_put(m->sb);
	kfree(m);
}

struct mount *
mount_find(const struct mount *m, const struct dentry *d)
{
	struct hash_node *n = hash_first(&by_place, place_hash(m, d));

	for (; n; n = hash_next(n)) {
		struct mount *on = CONTAINER_OF(n, struct mount, node);

		if (on->parent == m && on->at == d)
			return on;
	}
	return NULL;
}

int
mount_new(struct super *sb, struct dentry *root, uint32_t flags,
	  struct mount **out)
{
	struct mount *m;

	m = KNEW(struct mount);
	if (!m)
		return -ENOMEM;
	m->refs = 1;
	m->id = ++last_id;
	m->sb = super_get(sb);
	m->root = dentry_get(root);
	m->flags = flags;
	list_init(&m->children);
	list_init(&m->sibling);
	list_init(&m->all);
	str_copy(m->source, sb->source, sizeof(m->source));
	*out = m;
	return 0;
}

int
super_mount(struct super *sb, uint32_t flags, struct mount **out)
{
	int err;

	if (!sb->root_dentry) {
		err = dentry_root(sb->root, &sb->root_dentry);
		if (err)
			return err;
	}
	return mount_new(sb, sb->root_dentry, flags, out);
}

void
mount_changed(void)
{
	nchanges++;
	waitq_wake(&changes, WAIT_PRI | WAIT_ERR);
}

void
mount_attach(struct mount *m, struct mount *parent, struct dentry *at)
{
	m->parent = mount_get(parent);
	m->at = dentry_get(at);
	at->mounts++;
	hash_add(&by_place, &m->node, place_hash(parent, at));
	list_append(&parent->children, &m->sibling);
	if (list_empty(&m->all))
		list_append(&all, &m->all);
	mount_get(m);
	mount_changed();
}

void
mount_detach(struct mount *m)
{
	struct mount *parent = m->parent;
	struct dentry *at = m->at;

	hash_del(&by_place, &m->node);
	list_del(&m->sibling);
	list_del(&m->all);
	m->parent = NULL;
	m->at = NULL;
	at->mounts--;
	dentry_put(at);
	mount_put(parent);
	mount_put(m);
	mount_changed();
}

void
mount_set_top(struct mount *m)
{
	if (m)
		mount_get(m);
	if (m && list_empty(&m->all))
		list_push(&all, &m->all);
	if (top) {
		struct mount *old = top;

		if (!old->parent)
			list_del(&old->all);
		top = NULL;
		mount_put(old);
	}
	top = m;
	mount_changed();
}

struct mount *
mount_top(void)
{
	return top;
}

bool
mount_in_tree(const struct mount *m)
{
	while (m->parent)
		m = m->parent;
	return m == top;
}

struct mount *
mount_below_next(struct mount *m, struct mount *subtree)
{
	if (!list_empty(&m->children))
		return LIST_FIRST(&m->children, struct mount, sibling);
	while (m != subtree) {
		struct mount *up = m->parent;

		if (m->sibling.next != &up->children)
			return LIST_ENTRY(m->sibling.next, struct mount,
					  sibling);
		m = up;
	}
	return NULL;
}

int
mount_root(struct super *sb, uint32_t flags, struct mount **out)
{
	struct mount *m;
	int err = super_mount(sb, flags, &m);

	if (err)
		return err;
	mount_set_top(m);
	*out = m;
	return 0;
}

int
mount_at(struct super *sb, const struct path *at, uint32_t flags)
{
	struct mount *m;
	int err = super_mount(sb, flags, &m);

	if (err)
		return err;
	mount_attach(m, at->mnt, at->dentry);
	mount_put(m);
	return 0;
}

void
mount_each(void (*fn)(struct mount *m, void *arg), void *arg)
{
	struct mount *m, *next;

	LIST_EACH_SAFE(m, next, &all, all)
		fn(m, arg);
}

struct waitq *
mount_waitq(void)
{
	return &changes;
}

uint64_t
mount_changes(void)
{
	return nchanges;
}

void
mount_detach_tree(struct mount *m)
{
	while (!list_empty(&m->children))
		mount_detach_tree(
			LIST_FIRST(&m->children, struct mount, sibling));
	if (m->parent)
		mount_detach(m);
}

void
mount_hide(struct mount *m)
{
	list_append(&hidden, &m->all);
}

void
mount_sync_all(void)
{
	super_sync_all(false);
	mountpoint_drop_all();
	if (top) {
		mount_detach_tree(top);
		mount_set_top(NULL);
	}
	anon = NULL;
	while (!list_empty(&hidden)) {
		struct mount *m = LIST_FIRST(&hidden, struct mount, all);

		list_del(&m->all);
		mount_put(m);
	}
}

static int
anon_statfs(struct super *sb, struct kstatfs *out)
{
	(void)sb;
	out->type = LX_ANON_INODE_FS_MAGIC;
	out->bsize = out->frsize = PAGE_SIZE;
	out->namelen = 255;
	return 0;
}

static const struct super_ops anon_ops = {
	.statfs = anon_statfs,
};
static const struct fs_type anon_type = {.name = "anon"};

/* Made on first use: a super and a directory that nothing is in. */
struct mount *
mount_anon(void)
{
	struct super *sb;

	if (anon)
		return anon;
	if (super_new(&anon_type, &anon_ops, "anon", &sb))
		return NULL;
	if (inode_new(sb, 1, 0040555, &sb->root) || super_mount(sb, 0, &anon))
		anon = NULL;
	super_put(sb);
	return anon;
}

void
mount_init(void)
{
	if (hash_init(&by_place))
		panic("no memory for the mount table");
}
