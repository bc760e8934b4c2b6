/* SPDX-License-Identifier: MIT */
/* fs/hostfs/attr.c - chmod, chown, truncate, utimes as the guest sees them;
 * the host file follows as far as it serves the host user. */
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"

/* Who has it open may do more. */
static void
hnode_owed(struct hnode *n)
{
	if (n->opens)
		hnode_mark_dirty(n);
	else
		hnode_behind(n);
}

static int
set_size(struct hnode *n, uint64_t size)
{
	hosthandle_t h;
	int err;

	if (size == n->i->pages.size && size == n->seen.size &&
	    !n->i->pages.ndirty && hnode_may_owe(n, n->i->mode)) {
		n->wrote = true; /* its times only */
		return 0;
	}
	err = hnode_pin(n, true, &h);
	if (err)
		return err;
	/* Pages that go must not be written back after the host has cut. */
	if (size < n->i->pages.size)
		pagecache_resize(&n->i->pages, size);
	err = (int)HYPER2(HOST_TRUNCATE, h.n, size);
	if (!err && size > n->i->pages.size)
		pagecache_resize(&n->i->pages, size);
	hnode_unpin(n);
	if (err)
		return err;
	/* Its times go with those of what is written next, or soon. */
	n->was_cut |= size < n->seen.size;
	n->seen.size = size;
	n->needs_sync = n->wrote = true;
	hnode_did(n);
	n->checked_ns = 0;
	return 0;
}

/* The host file's mode, where it is ours to set. */
static int
set_host_mode(struct hnode *n, uint32_t mode)
{
	uint32_t want = meta_host_mode(mode);
	const char *name;
	hosthandle_t dir;
	int err;

	if (!LX_S_ISREG(mode) && !LX_S_ISDIR(mode))
		return 0;
	if ((n->seen.mode & LX_S_IALLUGO) == want ||
	    (n->seen.uid != n->fs->euid && n->fs->euid))
		return 0;
	if (hnode_may_owe(n, mode)) {
		n->mode_due = true;
		n->seen.mode = (n->seen.mode & LX_S_IFMT) | want;
		return 0;
	}
	err = hnode_at(n, &dir, &name);
	if (err)
		return err;
	/* What the host refuses, the metadata says. */
	if (!HYPER3(HOST_CHMOD, dir.n, name, want)) {
		n->seen.mode = (n->seen.mode & LX_S_IFMT) | want;
		hnode_did(n);
	}
	return 0;
}

static int
set_owner_mode(struct hnode *n, const struct iattr *a)
{
	struct inode *i = n->i;
	uint32_t mode = i->mode, uid = i->uid, gid = i->gid;
	int err;

	if (a->valid & ATTR_MODE)
		mode = (mode & LX_S_IFMT) | (a->mode & LX_S_IALLUGO);
	if (a->valid & ATTR_UID)
		uid = a->uid;
	if (a->valid & ATTR_GID)
		gid = a->gid;
	err = set_host_mode(n, mode);
	return err ? err : meta_save(n, mode, uid, gid, i->rdev);
}

static int
host_times(struct hnode *n, const struct iattr *a)
{
	int64_t at = a->valid & ATTR_ATIME ? a->atime_ns : INT64_MIN;
	int64_t mt = a->valid & ATTR_MTIME ? a->mtime_ns : INT64_MIN;
	const char *name;
	hosthandle_t dir;
	int err = hnode_at(n, &dir, &name);

	if (!err)
		err = (int)HYPER4(HOST_UTIMENS, dir.n, name, at, mt);
	if (err)
		return err;
	if (a->valid & ATTR_MTIME)
		n->seen.mtime_ns = mt;
	hnode_did(n);
	return 0;
}

/* Times of a regular file go to the host with what else it is owed, unless it
 * might refuse. */
static int
set_times(struct hnode *n, const struct iattr *a)
{
	int err = 0;

	if (hnode_may_owe(n, n->i->mode)) {
		n->wrote = true;
		n->atime_due |= (a->valid & ATTR_ATIME) != 0;
	} else {
		err = host_times(n, a);
	}
	if (!err && a->valid & ATTR_ATIME)
		n->i->atime_ns = a->atime_ns;
	if (!err && a->valid & ATTR_MTIME)
		n->i->mtime_ns = a->mtime_ns;
	return err;
}

int
hostfs_setattr(struct inode *i, const struct iattr *a)
{
	struct hnode *n = hnode_of(i);
	int err = 0;

	if (n->fs->read_only)
		return -EROFS;
	if (a->valid & ATTR_SIZE)
		err = set_size(n, a->size);
	if (!err && a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		err = set_owner_mode(n, a);
	if (!err && a->valid & (ATTR_ATIME | ATTR_MTIME))
		err = set_times(n, a);
	if (hnode_owes(n))
		hnode_owed(n);
	if (!err && a->valid & ATTR_CTIME && i->ctime_ns < a->ctime_ns)
		i->ctime_ns = a->ctime_ns;
	return err;
}
