/* SPDX-License-Identifier: MIT */
/*
 * fs/tmpfs/dir.c - directories of tmpfs.
 *
 * A name counts its inode.  Cookies only grow, so that a reader's position
 * stays right whatever comes and goes.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/dir.h"
#include "fs/tmpfs/internal.h"
#include "include/abi/stat.h"

#define NAME_SIZE                                                              \
	20 /* Linux: BOGO_DIRENT_SIZE, what a name adds to st_size             \
	    */

static struct list doomed = LIST_INIT(doomed);
static bool is_draining;

static struct tmpfs_name *
name_find(struct inode *dir, const char *name, size_t len)
{
	struct hash_node *n =
		hash_first(&tmpfs_i(dir)->names, hash_bytes(name, len, 0));

	for (; n; n = hash_next(n)) {
		struct tmpfs_name *tn =
			CONTAINER_OF(n, struct tmpfs_name, node);

		if (tn->len == len && !memcmp(tn->name, name, len))
			return tn;
	}
	return NULL;
}

/* Refs: takes its own on @i. */
static int
name_add(struct inode *dir, const char *name, size_t len, struct inode *i)
{
	struct tmpfs_inode *ti = tmpfs_i(dir);
	struct tmpfs_name *tn = kzalloc(sizeof(*tn) + len);

	if (!tn)
		return -ENOMEM;
	memcpy(tn->name, name, len);
	tn->len = (uint16_t)len;
	tn->inode = inode_get(i);
	tn->order.start = ti->next_cookie++;
	tn->order.end = tn->order.start + 1;
	hash_add(&ti->names, &tn->node, hash_bytes(name, len, 0));
	imap_insert(&ti->order, &tn->order);
	dir->pages.size += NAME_SIZE;
	if (LX_S_ISDIR(i->mode))
		dir->nlink++;
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
	return 0;
}

static void
name_del(struct inode *dir, struct tmpfs_name *tn)
{
	struct tmpfs_inode *ti = tmpfs_i(dir);
	struct inode *i = tn->inode;

	hash_del(&ti->names, &tn->node);
	imap_remove(&ti->order, &tn->order);
	dir->pages.size -= NAME_SIZE;
	if (LX_S_ISDIR(i->mode))
		dir->nlink--;
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
	kfree(tn);
	inode_put(i);
}

static void
doom(struct hash_node *n, void *arg)
{
	struct tmpfs_inode *ti = arg;
	struct tmpfs_name *tn = CONTAINER_OF(n, struct tmpfs_name, node);

	hash_del(&ti->names, n);
	list_append(&doomed, &tn->doomed);
}

/* A whole tree goes with its root: its inodes' evictions come back here, and
 * only add to the list that the first of them works through. */
void
tmpfs_names_free(struct tmpfs_inode *ti)
{
	hash_each(&ti->names, doom, ti);
	hash_fini(&ti->names);
	if (is_draining)
		return;
	is_draining = true;
	while (!list_empty(&doomed)) {
		struct tmpfs_name *tn =
			LIST_FIRST(&doomed, struct tmpfs_name, doomed);
		struct inode *i = tn->inode;

		list_del(&tn->doomed);
		kfree(tn);
		inode_put(i);
	}
	is_draining = false;
}

static int
tmpfs_lookup(struct inode *dir, const char *name, size_t len,
	     struct inode **out)
{
	struct tmpfs_name *tn = name_find(dir, name, len);

	if (!tn)
		return -ENOENT;
	*out = inode_get(tn->inode);
	return 0;
}

static int
tmpfs_create(struct inode *dir, const char *name, size_t len,
	     const struct inode_new *as, struct inode **out)
{
	struct inode *i;
	int err = tmpfs_inode_new(dir->sb, as, &i);

	if (err)
		return err;
	err = name_add(dir, name, len, i);
	if (err) {
		inode_put(i);
		return err;
	}
	*out = i;
	return 0;
}

static int
tmpfs_symlink(struct inode *dir, const char *name, size_t len,
	      const char *target, const struct inode_new *as,
	      struct inode **out)
{
	struct inode *i;
	int err = tmpfs_inode_new(dir->sb, as, &i);

	if (err)
		return err;
	i->link = kstrdup(target);
	i->pages.size = strlen(target);
	err = i->link ? name_add(dir, name, len, i) : -ENOMEM;
	if (err) {
		inode_put(i);
		return err;
	}
	*out = i;
	return 0;
}

static int
tmpfs_link(struct inode *dir, const char *name, size_t len,
	   struct inode *target)
{
	int err = name_add(dir, name, len, target);

	if (err)
		return err;
	target->nlink++;
	inode_touch(target, ATTR_CTIME);
	return 0;
}

static int
tmpfs_unlink(struct inode *dir, const char *name, size_t len,
	     struct inode *victim)
{
	struct tmpfs_name *tn = name_find(dir, name, len);

	if (!tn || tn->inode != victim)
		return -ENOENT;
	victim->nlink--;
	inode_touch(victim, ATTR_CTIME);
	name_del(dir, tn);
	return 0;
}

static int
tmpfs_rmdir(struct inode *dir, const char *name, size_t len,
	    struct inode *victim)
{
	struct tmpfs_name *tn = name_find(dir, name, len);

	if (!tn || tn->inode != victim)
		return -ENOENT;
	if (tmpfs_i(victim)->order.count)
		return -ENOTEMPTY;
	victim->nlink = 0;
	name_del(dir, tn);
	return 0;
}

/* @a and @b change inodes. */
static void
exchange_names(struct inode *dir, struct tmpfs_name *a, struct inode *dir2,
	       struct tmpfs_name *b)
{
	struct inode *i = a->inode;
	int32_t da = LX_S_ISDIR(a->inode->mode);
	int32_t db = LX_S_ISDIR(b->inode->mode);

	a->inode = b->inode;
	b->inode = i;
	dir->nlink += (uint32_t)(db - da);
	dir2->nlink += (uint32_t)(da - db);
	inode_touch(a->inode, ATTR_CTIME);
	inode_touch(b->inode, ATTR_CTIME);
	inode_touch(dir, ATTR_MTIME | ATTR_CTIME);
	inode_touch(dir2, ATTR_MTIME | ATTR_CTIME);
}

static int
tmpfs_rename(struct inode *dir, const char *name, size_t len,
	     struct inode *moved, struct inode *dir2, const char *name2,
	     size_t len2, struct inode *target, bool exchange)
{
	struct tmpfs_name *tn = name_find(dir, name, len);
	struct tmpfs_name *tn2 = name_find(dir2, name2, len2);
	int err;

	if (!tn || tn->inode != moved || (target && !tn2))
		return -ENOENT;
	if (exchange) {
		exchange_names(dir, tn, dir2, tn2);
		return 0;
	}
	if (target && LX_S_ISDIR(target->mode)) {
		if (tmpfs_i(target)->order.count)
			return -ENOTEMPTY;
	}
	err = name_add(dir2, name2, len2, moved);
	if (err)
		return err;
	if (target) {
		target->nlink =
			LX_S_ISDIR(target->mode) ? 0 : target->nlink - 1;
		inode_touch(target, ATTR_CTIME);
		name_del(dir2, tn2);
	}
	name_del(dir, tn);
	inode_touch(moved, ATTR_CTIME);
	return 0;
}

static int
tmpfs_tmpfile(struct inode *dir, const struct inode_new *as, struct inode **out)
{
	return tmpfs_inode_new(dir->sb, as, out);
}

const struct inode_ops tmpfs_dir_inode_ops = {
	.lookup = tmpfs_lookup,
	.create = tmpfs_create,
	.symlink = tmpfs_symlink,
	.link = tmpfs_link,
	.unlink = tmpfs_unlink,
	.rmdir = tmpfs_rmdir,
	.rename = tmpfs_rename,
	.tmpfile = tmpfs_tmpfile,
	TMPFS_ATTR_OPS,
};

static int
tmpfs_iterate(struct file *f, struct dir_sink *sink)
{
	struct tmpfs_inode *ti = tmpfs_i(f->inode);
	struct imap_node *n;

	if (!dir_emit_dots(f, sink))
		return 0;
	for (n = imap_first_from(&ti->order, f->pos); n; n = imap_next(n)) {
		struct tmpfs_name *tn =
			CONTAINER_OF(n, struct tmpfs_name, order);

		if (!dir_emit(f, sink, tn->name, tn->len, tn->inode->ino,
			      LX_IFTODT(tn->inode->mode), n->end))
			break;
	}
	return 0;
}

const struct file_ops tmpfs_dir_fops = {
	.kind = "tmpfs",
	.iterate = tmpfs_iterate,
	.seek = file_seek_simple,
};

int
tmpfs_node(struct inode *dir, const char *name, const struct inode_new *as,
	   const char *target, struct inode **out)
{
	size_t len = strlen(name);
	struct inode *i;
	int err;

	if (name_find(dir, name, len))
		return -EEXIST;
	if (LX_S_ISLNK(as->mode))
		err = tmpfs_symlink(dir, name, len, target, as, &i);
	else
		err = tmpfs_create(dir, name, len, as, &i);
	if (err)
		return err;
	if (out)
		*out = i;
	else
		inode_put(i);
	return 0;
}
