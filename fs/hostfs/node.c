/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/node.c - nodes by host inode, and what we believe of them.
 *
 * A node is found by (device, inode number); the birth time tells an inode
 * number used again from the file it was.  Invariant: a node is in the table
 * from its creation until its eviction has written back what was dirty, so
 * that nobody reads a file from the host that is newer with us.
 */
#include "base/log.h"
#include "base/panic.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/chrdev.h"
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"

static uint64_t
node_hash(uint64_t dev, uint64_t ino)
{
	return hash_u64(ino ^ hash_u64(dev));
}

/* Directories of other host file systems may lie below the root: their
 * numbers must not collide with the root's. */
static uint64_t
guest_ino(const struct hostfs *fs, const struct host_stat *st)
{
	if (st->dev == fs->dev)
		return st->ino;
	return st->ino ^ (hash_u64(st->dev) & 0x7fff000000000000ull);
}

static struct hnode *
node_find(struct hostfs *fs, uint64_t dev, uint64_t ino)
{
	struct hash_node *at = hash_first(&fs->nodes, node_hash(dev, ino));

	for (; at; at = hash_next(at)) {
		struct hnode *n = CONTAINER_OF(at, struct hnode, hash);

		if (n->dev == dev && n->ino == ino)
			return n;
	}
	return NULL;
}

void
hnode_known(struct hnode *n)
{
	struct inode *i = n->i;

	if (!LX_S_ISREG(i->mode))
		i->pages.size = LX_S_ISREG(n->seen.mode) ? 0 : n->seen.size;
	n->is_known = true;
	i->fops = NULL;
	switch (i->mode & LX_S_IFMT) {
	case LX_S_IFREG:
		i->ops = &hostfs_file_ops;
		i->fops = &hostfs_file_fops;
		break;
	case LX_S_IFDIR:
		i->ops = &hostfs_dir_ops;
		i->fops = &hostfs_dir_fops;
		break;
	case LX_S_IFLNK:
		i->ops = &hostfs_link_ops;
		break;
	default:
		i->ops = &hostfs_node_ops;
	}
}

static void
node_free(struct hnode *n)
{
	listing_drop(n);
	hnode_close(n);
	kassert(list_empty(&n->lru));
	kfree(n->name);
	kfree(n);
}

/* A node in the table, not yet placed; @st is believed. */
static int
node_new(struct hostfs *fs, const struct host_stat *st, struct hnode **out)
{
	struct hnode *n = KNEW(struct hnode);
	int err;

	if (!n)
		return -ENOMEM;
	err = inode_new(fs->sb, guest_ino(fs, st), st->mode, &n->i);
	if (err) {
		kfree(n);
		return err;
	}
	n->fs = fs;
	n->dev = st->dev;
	n->ino = st->ino;
	n->btime_ns = st->btime_ns;
	n->h = n->old_h = HANDLE_NONE;
	list_init(&n->lru);
	list_init(&n->dirty);
	list_init(&n->behind);
	list_init(&n->kids);
	list_init(&n->kid);
	n->seen = *st;
	n->checked_ns = n->names_ns = clock_monotonic_ns();
	n->names_mtime_ns = st->mtime_ns;
	n->names_ctime_ns = st->ctime_ns;
	n->i->priv = n;
	pagecache_init(&n->i->pages, &hostfs_pages_ops, n->i, st->size);
	hash_add(&fs->nodes, &n->hash, node_hash(n->dev, n->ino));
	*out = n;
	return 0;
}

/* What a fresh node is for the guest. */
static void
node_learn(struct hnode *n)
{
	meta_show(n);
	hnode_known(n);
}

int
hnode_place(struct hnode *n, struct hnode *dir, const char *name)
{
	struct hnode *old = n->dir;
	char *copy;

	n->named_ns = clock_monotonic_ns();
	if (n->dev != UINT64_MAX)
		n->is_nameless = false;
	if (old == dir && n->name && !strcmp(n->name, name))
		return 0;
	copy = kstrdup(name);
	if (!copy)
		return -ENOMEM;
	kfree(n->name);
	n->name = copy;
	if (old) /* that name may be a link that is still there */
		old->is_whole = false;
	if (old != dir) {
		list_del(&n->kid);
		list_append(&dir->kids, &n->kid);
	}
	n->dir = dir;
	inode_get(dir->i);
	if (old)
		inode_put(old->i);
	return 0;
}

static int
node_found(struct hnode *n, struct hnode *dir, const char *name,
	   const struct host_stat *st)
{
	int err = hnode_place(n, dir, name);

	return err ? err : hnode_take(n, st);
}

/* The inode number is another file's now: whoever still has the old one keeps
 * it, by its handle if there is one. */
static void
node_supplant(struct hnode *n)
{
	hash_del(&n->fs->nodes, &n->hash);
	hash_add(&n->fs->nodes, &n->hash, ~node_hash(n->dev, n->ino));
	n->is_nameless = true;
	n->dev = UINT64_MAX;
}

/* Wait for an eviction under way, if @n's is. */
static bool
wait_dying(struct hnode *n)
{
	struct hostfs *fs = n->fs;

	if (!n->is_dying)
		return false;
	mutex_lock(&fs->dying);
	mutex_unlock(&fs->dying);
	return true;
}

static int
node_get(struct hostfs *fs, struct hnode *dir, const char *name,
	 const struct host_stat *st, const struct host_found *found,
	 struct inode **out)
{
	struct hnode *n;
	int err;

	while ((n = node_find(fs, st->dev, st->ino)) && wait_dying(n))
		;
	if (n && (n->btime_ns != st->btime_ns ||
		  (n->seen.mode ^ st->mode) & LX_S_IFMT)) {
		node_supplant(n);
		n = NULL;
	}
	if (n) {
		inode_get(n->i);
		err = node_found(n, dir, name, st);
	} else {
		err = node_new(fs, st, &n);
		if (err)
			return err;
		err = hnode_place(n, dir, name);
		if (!err && found)
			meta_take(n, found->record, found->len);
		if (!err)
			node_learn(n);
	}
	if (err)
		inode_put(n->i);
	else
		*out = n->i;
	return err;
}

int
hnode_get(struct hostfs *fs, struct hnode *dir, const char *name,
	  const struct host_found *found, struct inode **out)
{
	return node_get(fs, dir, name, &found->st, found, out);
}

int
hnode_get_new(struct hostfs *fs, struct hnode *dir, const char *name,
	      const struct host_stat *st, struct inode **out)
{
	return node_get(fs, dir, name, st, NULL, out);
}

int
hnode_new_nameless(struct hostfs *fs, hosthandle_t h,
		   const struct host_stat *st, struct inode **out)
{
	struct hnode *n;
	int err = node_new(fs, st, &n);

	if (err)
		return err;
	n->is_nameless = true;
	hnode_adopt(n, h, true);
	node_learn(n);
	*out = n->i;
	return 0;
}

int
hnode_root(struct hostfs *fs, struct inode **out)
{
	struct host_stat st;
	struct hnode *n;
	int err = (int)HYPER3(HOST_STAT, fs->root.n, "", &st);

	if (err)
		return err;
	fs->dev = st.dev;
	err = node_new(fs, &st, &n);
	if (err)
		return err;
	n->h = fs->root;
	n->is_root = true;
	meta_load(n);
	node_learn(n);
	*out = n->i;
	return 0;
}

int
hnode_stat(struct hnode *n, struct host_stat *out)
{
	const char *name;
	hosthandle_t dir;
	int err = hnode_at(n, &dir, &name);

	return err ? err : (int)HYPER3(HOST_STAT, dir.n, name, out);
}

bool
hnode_is_settled(const struct hnode *n)
{
	int64_t now = HYPER1(CLOCK, HCLOCK_REALTIME);

	return now - n->seen.ctime_ns > COARSE_NS;
}

/* The host changed a file's bytes: what we have of them is wrong, unless we
 * have newer ones; then ours win (they will be written over the host's). */
static void
data_changed(struct hnode *n, const struct host_stat *st)
{
	struct pagecache *pc = &n->i->pages;

	if (!LX_S_ISREG(n->i->mode) || pc->ndirty || n->wrote)
		return;
	if (st->mtime_ns == n->seen.mtime_ns && st->size == n->seen.size)
		return;
	pagecache_forget(pc, 0, UINT64_MAX);
	if (pc->size != st->size)
		pagecache_resize(pc, st->size);
}

/* A mode that is due is seen as if it were the host's. */
static void
see(struct hnode *n, const struct host_stat *st)
{
	uint32_t mode = n->seen.mode;

	if (st->ctime_ns != n->seen.ctime_ns)
		n->xattrs = XATTRS_UNKNOWN;
	n->seen = *st;
	if (n->mode_due)
		n->seen.mode = mode;
	n->checked_ns = clock_monotonic_ns();
}

int
hnode_take(struct hnode *n, const struct host_stat *st)
{
	bool changed = st->ctime_ns != n->seen.ctime_ns &&
		       st->ctime_ns > n->own_ctime_ns;

	if (n->dev != UINT64_MAX && (st->ino != n->ino || st->dev != n->dev ||
				     st->btime_ns != n->btime_ns))
		return -ESTALE;
	data_changed(n, st);
	see(n, st);
	if (changed && !n->mode_due && !n->meta_due) {
		n->i->is_nosec = false;
		meta_load(n);
	}
	meta_show(n);
	return 0;
}

int
hnode_refresh(struct hnode *n)
{
	struct host_stat st;
	int err = hnode_stat(n, &st);

	return err ? err : hnode_take(n, &st);
}

void
hnode_saw(struct hnode *n)
{
	struct host_stat st;

	if (hnode_stat(n, &st))
		return;
	see(n, &st);
	meta_show(n);
}

void
hnode_did(struct hnode *n)
{
	n->own_ctime_ns = HYPER1(CLOCK, HCLOCK_REALTIME);
}

/*
 * For stat(2) and open(2).  That the name is gone on the host does not make an
 * inode in use invalid: it keeps what was known of it.
 */
int
hostfs_revalidate(struct inode *i)
{
	struct hnode *n = hnode_of(i);

	hnode_wanted(n);
	if (clock_monotonic_ns() - n->checked_ns > ATTR_VALID_NS &&
	    hnode_refresh_named(n))
		(void)!hnode_refresh(n);
	return 0;
}

/* The parent's reference goes after the child's.  A chain of directories may
 * be longer than the stack is deep, so the parents queue up. */
static void
parent_put(struct hnode *dir)
{
	static struct inode *queue[64];
	static uint32_t queued;
	static bool is_running;

	if (is_running && queued < ARRAY_LEN(queue)) {
		queue[queued++] = dir->i;
		return;
	}
	if (is_running) {
		inode_put(dir->i);
		return;
	}
	is_running = true;
	inode_put(dir->i);
	while (queued)
		inode_put(queue[--queued]);
	is_running = false;
}

/*
 * The last reference to @i is gone.  Dirty pages of a file that still has a
 * name go to the host first; that sleeps, and who looks the file up meanwhile
 * waits (hnode_get()).
 */
void
hnode_evict(struct inode *i)
{
	struct hnode *n = hnode_of(i);
	struct hostfs *fs = n->fs;

	n->is_dying = true;
	mutex_lock(&fs->dying);
	if (i->nlink && LX_S_ISREG(i->mode) && hnode_owes(n)) {
		int err = hnode_writeback(n);

		if (err)
			log_warn("%s: lost data of inode %llu: %s",
				 fs->sb->source, (unsigned long long)i->ino,
				 str_errno(-err));
	}
	list_del(&n->dirty);
	hnode_caught_up(n);
	hash_del(&fs->nodes, &n->hash);
	mutex_unlock(&fs->dying);
	hnode_close(n); /* while it can be told from the root */
	list_del(&n->kid);
	if (n->dir && i->nlink)
		n->dir->is_whole = false;
	if (n->dir)
		parent_put(n->dir);
	n->dir = NULL;
	i->priv = NULL;
	node_free(n);
}
