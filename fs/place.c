/* SPDX-License-Identifier: MIT */
/*
 * fs/place.c - places in the tree: counting them, naming them, and what a
 * task's root and working directory are.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/path.h"

static struct list contexts = LIST_INIT(contexts);

struct path *
path_get(struct path *p)
{
	if (p->mnt)
		mount_get(p->mnt);
	if (p->dentry)
		dentry_get(p->dentry);
	return p;
}

void
path_put(struct path *p)
{
	struct path gone = *p;

	*p = (struct path){0};
	dentry_put(gone.dentry);
	mount_put(gone.mnt);
}

/*
 * Write the path from @root to @p at the end of @buf.
 * Returns: where it starts, or NULL if it doesn't fit; *@reached tells if
 * @root was met on the way up.
 */
static char *
build(const struct path *p, const struct path *root, char *buf, size_t n,
      bool *reached)
{
	const struct dentry *d = p->dentry;
	const struct mount *m = p->mnt;
	char *at = buf + n;

	*reached = true;
	if (!n)
		return NULL;
	*--at = '\0';
	for (;;) {
		if (d == root->dentry && m == root->mnt)
			break;
		if (d == m->root && m->parent) {
			d = m->at;
			m = m->parent;
			continue;
		}
		if (d == m->root || d->parent == d) {
			*reached = false;
			break;
		}
		if ((size_t)(at - buf) < d->len + 1u)
			return NULL;
		at -= d->len;
		memcpy(at, d->name, d->len);
		*--at = '/';
		d = d->parent;
	}
	if (!*at) {
		if (at == buf)
			return NULL;
		*--at = '/';
	}
	return at;
}

int64_t
path_string(const struct path *p, const struct path *root, char *buf, size_t n)
{
	static const char far[] = "(unreachable)";
	bool reached;
	char *at = build(p, root, buf, n, &reached);
	size_t len;

	if (at && !reached) {
		if ((size_t)(at - buf) < sizeof(far) - 1)
			return -ERANGE;
		at -= sizeof(far) - 1;
		memcpy(at, far, sizeof(far) - 1);
	}
	if (!at)
		return -ERANGE;
	len = (size_t)(buf + n - at) - 1;
	memmove(buf, at, len + 1);
	return (int64_t)len;
}

int64_t
file_path(struct file *f, const struct path *root, char *buf, size_t n)
{
	static const char gone[] = " (deleted)";
	size_t tail = 0, len;
	bool reached;
	char *at;

	if (!f->path.dentry) {
		len = strlen(f->label);
		if (len >= n)
			return -ENAMETOOLONG;
		memcpy(buf, f->label, len + 1);
		return (int64_t)len;
	}
	if (dentry_is_deleted(f->path.dentry))
		tail = sizeof(gone) - 1;
	if (n <= tail)
		return -ENAMETOOLONG;
	at = build(&f->path, root, buf, n - tail, &reached);
	if (!at)
		return -ENAMETOOLONG;
	len = (size_t)(buf + n - tail - at) - 1;
	memmove(buf, at, len + 1);
	if (tail)
		memcpy(buf + len, gone, sizeof(gone));
	return (int64_t)(len + tail);
}

int
fs_ctx_new(struct fs_ctx **out)
{
	struct fs_ctx *fs = KNEW(struct fs_ctx);

	if (!fs)
		return -ENOMEM;
	fs->refs = 1;
	fs->umask = 022;
	list_append(&contexts, &fs->all);
	*out = fs;
	return 0;
}

int
fs_ctx_copy(const struct fs_ctx *src, struct fs_ctx **out)
{
	int err = fs_ctx_new(out);

	if (err)
		return err;
	(*out)->umask = src->umask;
	(*out)->root = src->root;
	(*out)->cwd = src->cwd;
	path_get(&(*out)->root);
	path_get(&(*out)->cwd);
	return 0;
}

void
fs_ctx_put(struct fs_ctx *fs)
{
	if (!fs || --fs->refs)
		return;
	list_del(&fs->all);
	path_put(&fs->root);
	path_put(&fs->cwd);
	kfree(fs);
}

static void
set_place(struct path *at, const struct path *p)
{
	struct path old = *at;

	*at = *p;
	path_get(at);
	path_put(&old);
}

void
fs_set_cwd(struct fs_ctx *fs, const struct path *p)
{
	set_place(&fs->cwd, p);
}

void
fs_set_root(struct fs_ctx *fs, const struct path *p)
{
	set_place(&fs->root, p);
}

static bool
is_same(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

void
fs_ctx_replace(const struct path *from, const struct path *to)
{
	struct fs_ctx *fs;

	LIST_EACH(fs, &contexts, all) {
		if (is_same(&fs->root, from))
			fs_set_root(fs, to);
		if (is_same(&fs->cwd, from))
			fs_set_cwd(fs, to);
	}
}
