/* SPDX-License-Identifier: MIT */
/*
 * fs/path.c - walking a path, as path_resolution(7) has it.
 *
 * One loop, no recursion: a symlink in the middle puts what follows it on a
 * small stack and the walk goes on in the link's text.  All of it lies in the
 * caller's struct nd, so that a walk over cached names allocates nothing.
 *
 * The walk holds a reference on every place it stands, since a lookup may
 * sleep and anything may be renamed or unmounted meanwhile.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/internal.h"

int
nd_begin(struct nd *nd, const struct walk *w, const char *name)
{
	bool has_start = w->start.dentry != NULL;

	nd->w = w;
	nd->cur = nd->root = (struct path){0};
	nd->renames = dentry_renames();
	nd->nlinks = nd->depth = 0;
	nd->wants_dir = nd->is_last = false;
	nd->text = nd->next = NULL;

	if (!*name && !(w->flags & WALK_EMPTY))
		return -ENOENT;
	nd->cur = has_start ? w->start : w->fs->cwd;
	nd->root = w->fs->root;
	if (w->resolve & (LX_RESOLVE_BENEATH | LX_RESOLVE_IN_ROOT))
		nd->root = nd->cur;
	else if (*name == '/')
		nd->cur = w->fs->root;
	path_get(&nd->cur);
	path_get(&nd->root);
	if (*name == '/' && (w->resolve & LX_RESOLVE_BENEATH))
		return -EXDEV;
	return 0;
}

void
nd_end(struct nd *nd)
{
	while (nd->depth)
		inode_put(nd->rest[--nd->depth].link);
	inode_put(nd->text);
	inode_put(nd->next);
	path_put(&nd->cur);
	path_put(&nd->root);
}

/* Stand on @to instead; @to's references are taken over. */
static void
nd_set(struct nd *nd, struct path to)
{
	path_put(&nd->cur);
	nd->cur = to;
}

static int
nd_jump_root(struct nd *nd)
{
	struct path root = nd->root;

	if (nd->w->resolve & LX_RESOLVE_BENEATH)
		return -EXDEV;
	if ((nd->w->resolve & LX_RESOLVE_NO_XDEV) && root.mnt != nd->cur.mnt)
		return -EXDEV;
	nd_set(nd, *path_get(&root));
	return 0;
}

/* May the walk search the directory it stands in? */
static inline int
nd_may_search(struct nd *nd)
{
	struct inode *i = nd->cur.dentry->inode;

	if (!i || !LX_S_ISDIR(i->mode))
		return -ENOTDIR;
	return inode_permission(i, nd->w->cred, MAY_EXEC);
}

/* Onto what is mounted here, and on that. */
static int
nd_cover(struct nd *nd)
{
	while (nd->cur.dentry->mounts) {
		struct mount *m = mount_find(nd->cur.mnt, nd->cur.dentry);
		struct path top;

		if (!m)
			return 0;
		if (nd->w->resolve & LX_RESOLVE_NO_XDEV)
			return -EXDEV;
		top = (struct path){m, m->root};
		nd_set(nd, *path_get(&top));
	}
	return 0;
}

static int
nd_dotdot(struct nd *nd)
{
	struct path up = nd->cur;
	bool is_scoped =
		nd->w->resolve & (LX_RESOLVE_BENEATH | LX_RESOLVE_IN_ROOT);

	for (;;) {
		if (up.dentry == nd->root.dentry && up.mnt == nd->root.mnt)
			return nd->w->resolve & LX_RESOLVE_BENEATH
				       ? -EXDEV
				       : nd_cover(nd);
		if (up.dentry != up.mnt->root)
			break;
		if (!up.mnt->parent)
			return 0;
		if (nd->w->resolve & LX_RESOLVE_NO_XDEV)
			return -EXDEV;
		up = (struct path){up.mnt->parent, up.mnt->at};
	}
	/* Moved out from under our feet, ".." could lead outside. */
	if (is_scoped && nd->renames != dentry_renames())
		return -EAGAIN;
	up.dentry = up.dentry->parent;
	nd_set(nd, *path_get(&up));
	return nd_cover(nd);
}

/* The text of symlink @i; it stays while @i is counted. */
static int
link_text(struct inode *i, const char **out)
{
	char *buf;
	int64_t n;

	if (i->link) {
		*out = i->link;
		return 0;
	}
	if (!i->ops->readlink)
		return -EINVAL;
	buf = kmalloc(LX_PATH_MAX);
	if (!buf)
		return -ENOMEM;
	n = i->ops->readlink(i, buf, LX_PATH_MAX);
	if (n >= LX_PATH_MAX)
		n = -ENAMETOOLONG;
	if (n < 0) {
		kfree(buf);
		return (int)n;
	}
	buf[n] = '\0';
	kfree(i->link);
	i->link = kstrdup(buf);
	kfree(buf);
	if (!i->link)
		return -ENOMEM;
	*out = i->link;
	return 0;
}

/* /proc/PID/fd/N and kin: no text is walked. */
static int
nd_jump(struct nd *nd, struct inode *i)
{
	uint32_t resolve = nd->w->resolve;
	struct path to = {0};
	int err;

	if (resolve & LX_RESOLVE_NO_MAGICLINKS)
		return -ELOOP;
	err = i->ops->jump(i, &to);
	if (err)
		return err;
	if ((resolve & (LX_RESOLVE_BENEATH | LX_RESOLVE_IN_ROOT)) ||
	    ((resolve & LX_RESOLVE_NO_XDEV) && to.mnt != nd->cur.mnt)) {
		path_put(&to);
		return -EXDEV;
	}
	nd_set(nd, to);
	return 0;
}

/* Follow the symlink @d in nd->cur. */
static int
nd_follow(struct nd *nd, struct dentry *d, const char **link)
{
	struct inode *i = d->inode;
	int err;

	if (++nd->nlinks > LINKS_MAX)
		return -ELOOP;
	if (nd->is_last) {
		err = perm_follow(nd->cur.dentry->inode, i, nd->w->cred);
		if (err)
			return err;
	}
	if ((nd->w->resolve & LX_RESOLVE_NO_SYMLINKS) ||
	    (nd->cur.mnt->flags & LX_MS_NOSYMFOLLOW))
		return -ELOOP;
	if (i->ops->jump)
		return nd_jump(nd, i);
	err = link_text(i, link);
	if (err)
		return err;
	if (!**link)
		return -ENOENT;
	return 1;
}

int
nd_into(struct nd *nd, struct dentry *d, bool follow, const char **link)
{
	struct inode *i = d->inode;
	int err;

	if (!i) {
		dentry_put(d);
		return -ENOENT;
	}
	if (LX_S_ISLNK(i->mode) && follow) {
		inode_get(i);
		err = nd_follow(nd, d, link);
		dentry_put(d);
		if (err == 1)
			nd->next = i; /* its text outlives the dentry */
		else
			inode_put(i);
		return err;
	}
	nd_set(nd, (struct path){mount_get(nd->cur.mnt), d});
	return d->mounts ? nd_cover(nd) : 0;
}

int
nd_lookup(struct nd *nd, struct dentry **out)
{
	struct dentry *dir = nd->cur.dentry;

	if (nd->last.len > LX_NAME_MAX)
		return -ENAMETOOLONG;
	if ((nd->w->resolve & LX_RESOLVE_CACHED) &&
	    !dentry_find(dir, nd->last.name, nd->last.len))
		return -EAGAIN;
	return dentry_lookup(dir, nd->last.name, nd->last.len, out);
}

static void
take_component(struct nd *nd, const char *name)
{
	struct last_comp *l = &nd->last;
	const char *end = name;

	while (*end && *end != '/')
		end++;
	*l = (struct last_comp){
		.name = name,
		.len = (size_t)(end - name),
		.has_slash = *end == '/',
		.is_root = end == name,
	};
	l->is_dot = l->len == 1 && name[0] == '.';
	l->is_dotdot = l->len == 2 && name[0] == '.' && name[1] == '.';
}

/* Walk nd->last, whatever it is. */
static int
nd_step(struct nd *nd, bool follow, const char **link)
{
	struct dentry *d;
	int err;

	if (nd->last.is_dot || nd->last.is_root)
		return 0;
	if (nd->last.is_dotdot)
		return nd_dotdot(nd);
	err = nd_lookup(nd, &d);
	return err ? err : nd_into(nd, d, follow, link);
}

static const char *
skip_slashes(const char *s)
{
	while (*s == '/')
		s++;
	return s;
}

int
nd_enter(struct nd *nd, const char **text, const char *rest)
{
	if (*rest) {
		nd->rest[nd->depth].name = rest;
		nd->rest[nd->depth++].link = nd->text;
	} else {
		inode_put(nd->text);
	}
	nd->text = nd->next;
	nd->next = NULL;
	if (**text != '/')
		return 0;
	*text = skip_slashes(*text);
	return nd_jump_root(nd);
}

/* This text is done: back to what follows the link it came from. */
static const char *
nd_leave(struct nd *nd)
{
	inode_put(nd->text);
	nd->text = nd->rest[--nd->depth].link;
	return nd->rest[nd->depth].name;
}

int
nd_parent(struct nd *nd, const char *name)
{
	const char *next, *link;
	int err;

	nd->is_last = false;
	name = skip_slashes(name);
	for (;;) {
		err = nd_may_search(nd);
		if (err && *name)
			return err;
		take_component(nd, name);
		next = skip_slashes(name + nd->last.len);
		if (!*next && !nd->depth) {
			nd->wants_dir |= nd->last.has_slash;
			nd->is_last = true;
			return 0;
		}
		err = nd_step(nd, true, &link);
		if (err == 1) {
			err = nd_enter(nd, &link, next);
			next = link;
		}
		if (err)
			return err;
		while (!*next && nd->depth)
			next = nd_leave(nd);
		name = next;
	}
}

int
nd_last(struct nd *nd, bool follow, const char **link)
{
	int err = nd_step(nd, follow || nd->wants_dir, link);

	if (err == 1) {
		err = nd_enter(nd, link, "");
		return err ? err : 1;
	}
	if (!err && nd->wants_dir && !LX_S_ISDIR(nd->cur.dentry->inode->mode))
		return -ENOTDIR;
	return err;
}

int
path_lookup(const struct walk *w, const char *name, struct path *out)
{
	struct nd nd;
	int err = nd_begin(&nd, w, name);

	if (w->flags & WALK_DIR)
		nd.wants_dir = true;
	while (!err) {
		err = nd_parent(&nd, name);
		if (!err)
			err = nd_last(&nd, w->flags & WALK_FOLLOW, &name);
		if (err != 1)
			break;
		err = 0;
	}
	if (!err) {
		*out = nd.cur;
		nd.cur = (struct path){0};
	}
	nd_end(&nd);
	return err;
}

int
path_parent(const struct walk *w, const char *name, struct path *dir,
	    struct last_comp *last)
{
	struct nd nd;
	int err = nd_begin(&nd, w, name);

	if (!err)
		err = nd_parent(&nd, name);
	if (!err) {
		*dir = nd.cur;
		*last = nd.last;
		nd.cur = (struct path){0};
	}
	nd_end(&nd);
	return err;
}
