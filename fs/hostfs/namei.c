/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/namei.c - making, linking, removing and renaming.
 *
 * The host does the work on one component in an open directory.  What the
 * guest may is checked above; here only what the host user may matters, and
 * where he owns the directory he can give himself what he lacks
 * (hnode_widen()).
 */
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

/* A name in @dir that is about to change; @dir's handle stays meanwhile. */
struct place {
	struct hnode *dir;
	hosthandle_t h;
	struct hname name;
	bool made_space;
};

static int
place_init(struct place *p, struct inode *dir, const char *name, size_t len)
{
	p->dir = hnode_of(dir);
	p->made_space = false;
	if (p->dir->fs->read_only)
		return -EROFS;
	if (hname_set(&p->name, name, len))
		return -ENAMETOOLONG;
	if (hidden_name(p->dir, p->name.s))
		return -EPERM;
	return hnode_pin(p->dir, false, &p->h);
}

static void
place_end(struct place *p)
{
	hnode_unpin(p->dir);
}

/* The host said @r to something in there: is it worth another try? */
static bool
place_helped(struct place *p, int64_t r)
{
	if (r == -EACCES)
		return hnode_widen(p->dir) == 0;
	if (p->made_space || !host_make_space(r))
		return false;
	p->made_space = true;
	return true;
}

/* The directory has changed by our doing. */
static void
place_touched(struct place *p)
{
	inode_touch(p->dir->i, ATTR_MTIME | ATTR_CTIME);
	hnode_did(p->dir);
	p->dir->checked_ns = 0;
	listing_drop(p->dir);
	hostfs_hurry(p->dir->fs);
}

/* Undo a creation whose metadata could not be kept. */
static void
uncreate(struct place *p, bool is_dir)
{
	(void)HYPER3(HOST_UNLINK, p->h.n, p->name.s, is_dir);
}

/* The node of what was just made, and opened or not, as the guest wants it. */
static int
made(struct place *p, const struct inode_new *as, hosthandle_t opened,
     const struct host_stat *st, struct inode **out)
{
	struct hnode *n;
	bool has_handle = opened.n >= 0;
	int err = hnode_get_new(p->dir->fs, p->dir, p->name.s, st, out);

	if (err) {
		if (has_handle)
			HYPER1(HOST_CLOSE, opened.n);
		uncreate(p, LX_S_ISDIR(as->mode));
		return err;
	}
	n = hnode_of(*out);
	if (has_handle)
		hnode_adopt(n, opened, true);
	n->is_known = false; /* the type comes with the metadata */
	n->i->is_nosec = true;
	err = meta_save(n, as->mode, as->uid, as->gid, as->rdev);
	if (!err && n->meta_due)
		hnode_behind(n);
	if (err) {
		uncreate(p, LX_S_ISDIR(as->mode));
		inode_put(*out);
		return err;
	}
	hnode_known(n);
	n->is_whole = LX_S_ISDIR(as->mode);
	return 0;
}

static int
make_file(struct place *p, const struct inode_new *as, struct inode **out)
{
	struct host_stat st;
	int64_t h;

	do
		h = host_open(p->h, p->name.s,
			      LX_O_RDWR | LX_O_CREAT | LX_O_EXCL |
				      LX_O_NOFOLLOW,
			      meta_host_mode(as->mode), &st);
	while (place_helped(p, h));
	if (h < 0)
		return (int)h;
	return made(p, as, (hosthandle_t){(int32_t)h}, &st, out);
}

/* Who makes a directory wants to make something in it: it comes open. */
static int
make_dir(struct place *p, const struct inode_new *as, struct inode **out)
{
	struct host_stat st, opened;
	struct host_order o[2];
	int64_t r;

	do {
		o[0] = (struct host_order){
			.nr = HC_HOST_MKDIR,
			.a = {(uint64_t)p->h.n, HC_W(p->name.s),
			      meta_host_mode(as->mode), HC_W(&st)},
		};
		o[1] = (struct host_order){
			.nr = HC_HOST_OPEN | ORDER_IF,
			.a = {(uint64_t)p->h.n, HC_W(p->name.s),
			      LX_O_DIRECTORY | LX_O_NOFOLLOW | LX_O_CLOEXEC, 0,
			      HC_W(&opened)},
		};
		r = HYPER2(HOST_BATCH, o, 2);
		r = r ? r : o[0].result;
	} while (place_helped(p, r));
	if (r)
		return (int)r;
	if (o[1].result >= 0 && opened.ino == st.ino)
		return made(p, as, (hosthandle_t){(int32_t)o[1].result}, &st,
			    out);
	if (o[1].result >= 0)
		HYPER1(HOST_CLOSE, o[1].result);
	return made(p, as, HANDLE_NONE, &st, out);
}

static int
hostfs_create(struct inode *dir, const char *name, size_t len,
	      const struct inode_new *as, struct inode **out)
{
	struct place p;
	int err = place_init(&p, dir, name, len);

	if (err)
		return err;
	err = LX_S_ISDIR(as->mode) ? make_dir(&p, as, out)
				   : make_file(&p, as, out);
	place_end(&p);
	if (err)
		return err;
	if (LX_S_ISDIR(as->mode))
		dir->nlink++;
	place_touched(&p);
	return 0;
}

static int
hostfs_symlink(struct inode *dir, const char *name, size_t len,
	       const char *target, const struct inode_new *as,
	       struct inode **out)
{
	struct host_stat st;
	struct place p;
	int err = place_init(&p, dir, name, len);

	if (err)
		return err;
	do
		err = (int)HYPER4(HOST_SYMLINK, target, p.h.n, p.name.s, &st);
	while (place_helped(&p, err));
	if (!err)
		err = made(&p, as, HANDLE_NONE, &st, out);
	place_end(&p);
	if (!err)
		place_touched(&p);
	return err;
}

static int
hostfs_tmpfile(struct inode *dir, const struct inode_new *as,
	       struct inode **out)
{
	struct hnode *d = hnode_of(dir);
	struct host_stat st;
	hosthandle_t dh;
	int64_t h;
	int err;

	if (d->fs->read_only)
		return -EROFS;
	err = hnode_pin(d, false, &dh);
	if (err)
		return err;
	do
		h = host_open(dh, "", LX_O_TMPFILE | LX_O_RDWR,
			      meta_host_mode(as->mode), &st);
	while (h == -EACCES && hnode_widen(d) == 0);
	hnode_unpin(d);
	if (h < 0)
		return h == -EISDIR ? -EOPNOTSUPP : (int)h;
	err = hnode_new_nameless(d->fs, (hosthandle_t){(int32_t)h}, &st, out);
	if (err) {
		HYPER1(HOST_CLOSE, h);
		return err;
	}
	(*out)->nlink = 0;
	err = meta_save(hnode_of(*out), as->mode, as->uid, as->gid, 0);
	if (err)
		inode_put(*out);
	return err;
}

/* A name that appears, appears with its file's bytes. */
static void
publish(struct hnode *n)
{
	if (hnode_owes(n))
		hnode_writeback_later(n);
}

static int
hostfs_link(struct inode *dir, const char *name, size_t len,
	    struct inode *target)
{
	struct hnode *n = hnode_of(target);
	struct place p;
	hosthandle_t h;
	int err;

	publish(n);
	err = hnode_pin(n, false, &h);
	if (err)
		return err;
	err = place_init(&p, dir, name, len);
	if (!err) {
		do
			err = (int)HYPER4(HOST_LINK, h.n, "", p.h.n, p.name.s);
		while (place_helped(&p, err));
		place_end(&p);
	}
	hnode_unpin(n);
	if (err)
		return err;
	/* O_TMPFILE's file has a name now. */
	if (!n->is_nameless || hnode_place(n, p.dir, p.name.s))
		p.dir->is_whole = false;
	target->nlink++;
	inode_touch(target, ATTR_CTIME);
	n->seen.nlink = target->nlink;
	hnode_did(n);
	place_touched(&p);
	return 0;
}

/* One name of @victim is gone from the host. */
static void
lost_name(struct hnode *n, const struct place *p)
{
	struct inode *i = n->i;

	if (LX_S_ISDIR(i->mode) || i->nlink <= 1)
		i->nlink = 0;
	else
		i->nlink--;
	inode_touch(i, ATTR_CTIME);
	n->seen.nlink = i->nlink;
	hnode_did(n);
	if (i->nlink) {
		/* Reached by the name that is gone?  Then by handle only,
		 * until a lookup finds another. */
		if (n->h.n >= 0 && n->dir == p->dir &&
		    !strcmp(n->name, p->name.s))
			n->is_nameless = true;
		return;
	}
	n->is_nameless = true;
	sidecar_forget(n);
	if (!n->opens && !n->pins)
		hnode_close(n);
}

/* @n is about to lose a name.  The last one: its handle will be all that leads
 * to what somebody has open.  Another: the rest may be unknown to us. */
static int
keep_handle(struct hnode *n)
{
	hosthandle_t h;
	int err;

	if (LX_S_ISDIR(n->i->mode) || n->h.n >= 0 ||
	    (n->i->nlink <= 1 && !n->opens))
		return 0;
	err = hnode_handle(n, false, &h);
	return n->opens && err == -ENFILE ? err : 0;
}

static int
remove_name(struct inode *dir, const char *name, size_t len,
	    struct inode *victim, bool is_dir)
{
	struct hnode *n = hnode_of(victim);
	struct place p;
	int err = place_init(&p, dir, name, len);

	if (err)
		return err;
	err = keep_handle(n);
	if (!err) {
		do
			err = (int)HYPER3(HOST_UNLINK, p.h.n, p.name.s, is_dir);
		while (place_helped(&p, err));
	}
	place_end(&p);
	if (err)
		return err;
	lost_name(n, &p);
	if (is_dir && dir->nlink > 2)
		dir->nlink--;
	place_touched(&p);
	return 0;
}

static int
hostfs_unlink(struct inode *dir, const char *name, size_t len,
	      struct inode *victim)
{
	return remove_name(dir, name, len, victim, false);
}

static int
hostfs_rmdir(struct inode *dir, const char *name, size_t len,
	     struct inode *victim)
{
	return remove_name(dir, name, len, victim, true);
}

static int
host_rename(struct place *a, struct place *b, uint32_t flags)
{
	int err;

	do
		err = (int)HYPER5(HOST_RENAME, a->h.n, a->name.s, b->h.n,
				  b->name.s, flags);
	while (err == -EACCES &&
	       (hnode_widen(a->dir) == 0 || hnode_widen(b->dir) == 0));
	return err;
}

static int
rename_places(struct place *a, struct place *b, bool has_target, bool exchange)
{
	int err;

	if (exchange)
		return host_rename(a, b, LX_RENAME_EXCHANGE);
	if (has_target)
		return host_rename(a, b, 0);
	/* A name the host made meanwhile is not ours to destroy, except that
	 * rename(2) would have. */
	err = host_rename(a, b, LX_RENAME_NOREPLACE);
	if (err == -EINVAL || err == -EEXIST)
		err = host_rename(a, b, 0);
	return err;
}

/* Without memory for its new name it is found again by lookup. */
static void
moved_to(struct hnode *n, struct place *from, struct place *to)
{
	struct hnode *old = n->dir;
	bool was_whole = old == from->dir && old->is_whole &&
			 !strcmp(n->name, from->name.s);

	if (hnode_place(n, to->dir, to->name.s))
		to->dir->is_whole = false;
	else if (was_whole)
		old->is_whole = true;
}

static int
hostfs_rename(struct inode *dir, const char *name, size_t len,
	      struct inode *moved, struct inode *dir2, const char *name2,
	      size_t len2, struct inode *target, bool exchange)
{
	bool is_dir = LX_S_ISDIR(moved->mode);
	struct place a, b;
	int err;

	publish(hnode_of(moved));
	err = place_init(&a, dir, name, len);
	if (err)
		return err;
	err = place_init(&b, dir2, name2, len2);
	if (!err) {
		if (target && !exchange)
			err = keep_handle(hnode_of(target));
		if (!err)
			err = rename_places(&a, &b, target != NULL, exchange);
		place_end(&b);
	}
	place_end(&a);
	if (err)
		return err;
	if (target && exchange)
		(void)!hnode_place(hnode_of(target), a.dir, a.name.s);
	else if (target)
		lost_name(hnode_of(target), &b);
	moved_to(hnode_of(moved), &a, &b);
	if (is_dir)
		hnode_of(moved)->checked_ns = 0;
	else
		hnode_did(hnode_of(moved));
	inode_touch(moved, ATTR_CTIME);
	if (is_dir && !exchange && dir != dir2 && dir->nlink > 2) {
		dir->nlink--;
		dir2->nlink++;
	}
	place_touched(&a);
	place_touched(&b);
	return 0;
}

/* A target never changes: another one is another symlink. */
static int
load_link(struct hnode *n)
{
	char *buf = kmalloc(PAGE_SIZE);
	const char *name;
	hosthandle_t dir;
	int64_t r;

	if (!buf)
		return -ENOMEM;
	r = hnode_at(n, &dir, &name);
	if (!r)
		r = HYPER4(HOST_READLINK, dir.n, name, buf, PAGE_SIZE - 1);
	if (r >= 0) {
		buf[r] = '\0';
		n->i->link = kstrdup(buf);
		r = n->i->link ? 0 : -ENOMEM;
	}
	kfree(buf);
	return (int)r;
}

static int64_t
hostfs_readlink(struct inode *i, char *buf, size_t n)
{
	int err = i->link ? 0 : load_link(hnode_of(i));
	size_t len;

	if (err)
		return err;
	len = strlen(i->link);
	memcpy(buf, i->link, MIN(len + 1, n));
	return (int64_t)MIN(len, n);
}

#define COMMON_OPS                                                             \
	.revalidate = hostfs_revalidate, .setattr = hostfs_setattr,            \
	.getxattr = hostfs_getxattr, .setxattr = hostfs_setxattr,              \
	.listxattr = hostfs_listxattr, .removexattr = hostfs_removexattr

const struct inode_ops hostfs_dir_ops = {
	COMMON_OPS,
	.lookup = hostfs_lookup,
	.may_create_unseen = true,
	.create = hostfs_create,
	.symlink = hostfs_symlink,
	.link = hostfs_link,
	.unlink = hostfs_unlink,
	.rmdir = hostfs_rmdir,
	.rename = hostfs_rename,
	.tmpfile = hostfs_tmpfile,
	.open = hostfs_open,
};

const struct inode_ops hostfs_file_ops = {
	COMMON_OPS,
	.open = hostfs_open,
};

const struct inode_ops hostfs_link_ops = {
	COMMON_OPS,
	.readlink = hostfs_readlink,
};

const struct inode_ops hostfs_node_ops = {
	COMMON_OPS,
};
