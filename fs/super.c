/* SPDX-License-Identifier: MIT */
/*
 * fs/super.c - file systems: the kinds there are, and the ones there are of
 * each.  A super lives as long as a mount (or a pseudo file system's global)
 * counts it; its inodes do not.
 */
#include "base/ref.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/chrdev.h"
#include "fs/dentry.h"
#include "fs/inode.h"

static struct ref_kind super_kind = {.name = "super"};
static struct fs_type *types;
static uint32_t last_anon_minor;

static struct list supers = LIST_INIT(supers);

void
fs_register(struct fs_type *type)
{
	struct fs_type **at = &types;

	while (*at && *at != type)
		at = &(*at)->next;
	*at = type;
}

struct fs_type *
fs_find(const char *name)
{
	struct fs_type *t = types;

	while (t && strcmp(t->name, name))
		t = t->next;
	return t;
}

struct fs_type *
fs_first(void)
{
	return types;
}

int
super_new(const struct fs_type *type, const struct super_ops *ops,
	  const char *source, struct super **out)
{
	struct super *sb = KNEW(struct super);

	if (!sb)
		return -ENOMEM;
	ref_init(&sb->ref, &super_kind);
	sb->ops = ops;
	sb->type = type;
	sb->dev = dev_make(0, ++last_anon_minor);
	str_copy(sb->source, source ? source : "none", sizeof(sb->source));
	list_append(&supers, &sb->all);
	*out = sb;
	return 0;
}

struct super *
super_get(struct super *sb)
{
	ref_get(&sb->ref);
	return sb;
}

void
super_inode_gone(struct super *sb)
{
	if (--sb->ninodes || !sb->is_gone)
		return;
	if (sb->ops->shutdown)
		sb->ops->shutdown(sb);
	kfree(sb);
}

void
super_put(struct super *sb)
{
	struct dentry *root;

	if (!sb || !ref_put(&sb->ref, &super_kind))
		return;
	list_del(&sb->all);
	root = sb->root_dentry;
	if (root) {
		sb->root_dentry = NULL;
		dentry_shrink_tree(root);
		dentry_put(root);
	}
	sb->is_gone = true;
	sb->ninodes++; /* not before we are through */
	inode_put(sb->root);
	super_inode_gone(sb);
}

static struct super *
super_after(struct list *at)
{
	if (at->next == &supers)
		return NULL;
	return super_get(LIST_ENTRY(at->next, struct super, all));
}

void
super_sync_all(bool to_disk)
{
	struct super *sb = super_after(&supers), *next;

	/* A sync sleeps: the one we stand on is kept. */
	while (sb) {
		if (sb->ops->sync)
			(void)sb->ops->sync(sb, to_disk);
		next = super_after(&sb->all);
		super_put(sb);
		sb = next;
	}
}

struct super *
super_find(uint64_t dev)
{
	struct super *sb;

	LIST_EACH(sb, &supers, all)
		if (sb->dev == dev)
			return super_get(sb);
	return NULL;
}
