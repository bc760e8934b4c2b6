/* SPDX-License-Identifier: MIT */
/*
 * fs/overlay/readdir.c - a merged directory's names.
 *
 * They are gathered when a reader starts at position 0 (or has nothing yet)
 * and given out from there: positions are ordinal numbers.
 */
#include "base/hash.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/dir.h"
#include "fs/overlay/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

struct entry {
	struct hash_node node;
	uint64_t ino;
	uint8_t type;
	bool is_white, is_upper;
	uint8_t len;
	char name[];
};

struct names {
	struct hash seen;
	struct entry **e;
	uint32_t n, room;
};

/* What an open directory has. */
struct ovl_dir {
	struct names names;
	bool is_filled;
};

static struct entry *
names_find(const struct names *l, const char *name, size_t len)
{
	struct hash_node *at = hash_first(&l->seen, hash_bytes(name, len, 0));

	for (; at; at = hash_next(at)) {
		struct entry *e = CONTAINER_OF(at, struct entry, node);

		if (e->len == len && !memcmp(e->name, name, len))
			return e;
	}
	return NULL;
}

static int
names_grow(struct names *l)
{
	uint32_t room = l->room ? l->room * 2 : 64;
	struct entry **e;

	if (l->n < l->room)
		return 0;
	e = krealloc(l->e, room * sizeof(*e));
	if (!e)
		return -ENOMEM;
	l->e = e;
	l->room = room;
	return 0;
}

static void
names_clear(struct names *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		hash_del(&l->seen, &l->e[i]->node);
		kfree(l->e[i]);
	}
	l->n = 0;
}

static void
names_fini(struct names *l)
{
	names_clear(l);
	kfree(l->e);
	if (l->seen.bucket)
		hash_fini(&l->seen);
}

/* --- gathering --- */

struct gather {
	struct dir_sink sink;
	struct names *to;
	bool is_upper;
	int err;
};

static bool
is_dots(const char *name, size_t len)
{
	return name[0] == '.' && (len == 1 || (len == 2 && name[1] == '.'));
}

static int
gather_one(struct dir_sink *s, const char *name, size_t len, uint64_t ino,
	   uint8_t type, uint64_t next)
{
	struct gather *g = CONTAINER_OF(s, struct gather, sink);
	struct entry *e;

	(void)next;
	if (is_dots(name, len) || names_find(g->to, name, len))
		return 0;
	g->err = names_grow(g->to);
	if (g->err)
		return -ENOSPC;
	e = kzalloc(sizeof(*e) + len + 1);
	if (!e) {
		g->err = -ENOMEM;
		return -ENOSPC;
	}
	memcpy(e->name, name, len);
	e->len = (uint8_t)len;
	e->ino = ino;
	e->type = type;
	e->is_upper = g->is_upper;
	hash_add(&g->to->seen, &e->node, hash_bytes(name, len, 0));
	g->to->e[g->to->n++] = e;
	return 0;
}

static int
gather_layer(struct inode *dir, bool is_upper, struct names *to)
{
	struct gather g = {
		.sink = {.emit = gather_one},
		.to = to,
		.is_upper = is_upper,
	};
	struct file *f;
	int err;

	/* A file of the layer itself, that has no place in the tree: its dots
	 * are not asked for. */
	err = file_new(dir->fops, LX_O_RDONLY | LX_O_DIRECTORY, &f);
	if (err)
		return err;
	f->inode = inode_get(dir);
	f->pos = 2;
	if (dir->ops->open)
		err = dir->ops->open(dir, f);
	if (!err) {
		err = file_iterate(f, &g.sink);
		file_put(f);
		return err ? err : g.err;
	}
	inode_put(f->inode);
	f->inode = NULL;
	f->ops = &ovl_dir_fops;
	file_put(f);
	return err;
}

/* A character device in the upper layer may be a whiteout. */
static int
mark_whiteouts(struct inode *upper, struct names *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		struct entry *e = l->e[i];
		struct inode *real;
		int err;

		if (e->type != LX_DT_CHR)
			continue;
		err = layer_lookup(upper, e->name, e->len, &real);
		if (err)
			return err;
		e->is_white = is_whiteout(real);
		inode_put(real);
	}
	return 0;
}

static int
names_fill(struct onode *n, struct names *l)
{
	int err = 0;

	names_clear(l);
	if (!l->seen.bucket)
		err = hash_init(&l->seen);
	if (!err && n->upper)
		err = gather_layer(n->upper, true, l);
	if (!err && n->upper)
		err = mark_whiteouts(n->upper, l);
	if (!err && n->lower)
		err = gather_layer(n->lower, false, l);
	return err;
}

int
ovl_is_empty(struct onode *n)
{
	struct names l = {0};
	int err = names_fill(n, &l);

	for (uint32_t i = 0; !err && i < l.n; i++)
		if (!l.e[i]->is_white)
			err = -ENOTEMPTY;
	names_fini(&l);
	return err;
}

int
ovl_drop_whiteouts(struct inode *dir)
{
	struct names l = {0};
	int err = hash_init(&l.seen);

	if (!err)
		err = gather_layer(dir, true, &l);
	for (uint32_t i = 0; !err && i < l.n; i++) {
		struct entry *e = l.e[i];
		struct inode *white;

		err = layer_lookup(dir, e->name, e->len, &white);
		if (err)
			break;
		err = is_whiteout(white)
			      ? dir->ops->unlink(dir, e->name, e->len, white)
			      : -ENOTEMPTY;
		inode_put(white);
	}
	names_fini(&l);
	return err;
}

/* --- giving --- */

static int
ovl_iterate(struct file *f, struct dir_sink *sink)
{
	struct onode *n = onode_of(f->inode);
	struct ovl *o = ovl_of(f->inode->sb);
	struct ovl_dir *d = f->priv;

	if (f->pos == 0 || !d->is_filled) {
		int err = names_fill(n, &d->names);

		if (err)
			return err;
		d->is_filled = true;
	}
	if (!dir_emit_dots(f, sink))
		return 0;
	for (uint64_t i = f->pos - 2; i < d->names.n; i++) {
		struct entry *e = d->names.e[i];

		if (e->is_white) {
			f->pos = i + 3;
			continue;
		}
		if (!dir_emit(f, sink, e->name, e->len,
			      onode_ino(o, e->ino, e->is_upper), e->type,
			      i + 3))
			break;
	}
	return 0;
}

static void
ovl_dir_release(struct file *f)
{
	struct ovl_dir *d = f->priv;

	if (!d)
		return;
	names_fini(&d->names);
	kfree(d);
}

static int
ovl_dir_sync(struct file *f, bool data_only)
{
	(void)f;
	(void)data_only;
	return 0;
}

const struct file_ops ovl_dir_fops = {
	.kind = "overlay",
	.seek = file_seek_simple,
	.iterate = ovl_iterate,
	.sync = ovl_dir_sync,
	.release = ovl_dir_release,
};

int
ovl_open_dir(struct file *f)
{
	f->priv = KNEW(struct ovl_dir);
	return f->priv ? 0 : -ENOMEM;
}
