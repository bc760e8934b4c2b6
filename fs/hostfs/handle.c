/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/handle.c - the open host handles of nodes, fewer than there are
 * nodes.
 *
 * The least recently used are closed when there are too many, and opened
 * again by name, from the nearest ancestor that is open; each opening checks
 * that it found the same inode.  A handle stays while it is pinned (I/O under
 * way) and while it is the only way to its file.  When the host has no more
 * descriptors the bound comes down to what it could bear.  Nobody waits for a
 * close: many go to the host at once, but never so many that there would be
 * nothing left to make room with.
 */
#include "base/block.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

#define HANDLES_MAX 4096
#define HANDLES_MIN 8

#define CLOSING_MAX  256u
#define CLOSING_MANY 64u

static struct list lru = LIST_INIT(lru); /* least recently used first */
static uint32_t nopen, bound = HANDLES_MAX;

/* Handles that nobody uses any more, to be closed with others. */
static hosthandle_t closing[CLOSING_MAX];
static uint32_t nclosing;
static uint64_t closing_ns;				     /* since when */
static struct mutex closing_lock = MUTEX_INIT(closing_lock); /* on their way */

void
handles_init(uint32_t host_files)
{
	uint32_t n = MIN(host_files, (uint32_t)HANDLES_MAX) / 4 * 3;

	bound = MAX(n, (uint32_t)HANDLES_MIN);
}

uint32_t
handles_share(uint32_t most)
{
	return MIN(most, bound / 4);
}

static bool
is_open(const struct hnode *n)
{
	return n->h.n >= 0;
}

static bool
may_close(const struct hnode *n, bool unused_only)
{
	return !n->pins && !n->is_nameless && !(unused_only && n->opens);
}

static void
close_now(const hosthandle_t *h, uint32_t n, struct host_order *o,
	  bool may_sleep)
{
	for (uint32_t i = 0; i < n; i++)
		o[i] = (struct host_order){.nr = HC_HOST_CLOSE,
					   .a = {(uint64_t)h[i].n}};
	if (!may_sleep) {
		(void)HYPER2(HOST_BATCH, o, n);
		return;
	}
	mutex_lock(&closing_lock);
	(void)io_batch(o, n, true);
	mutex_unlock(&closing_lock);
}

bool
host_close_all(bool may_sleep)
{
	uint32_t n = nclosing;
	struct host_order *o;
	hosthandle_t *h;

	if (!n)
		return false;
	o = kmalloc(n * (sizeof(*o) + sizeof(*h)));
	nclosing = 0;
	if (!o) {
		for (uint32_t i = 0; i < n; i++)
			HYPER1(HOST_CLOSE, closing[i].n);
		return true;
	}
	h = (hosthandle_t *)(o + n);
	memcpy(h, closing, n * sizeof(*h));
	close_now(h, n, o, may_sleep);
	kfree(o);
	return true;
}

static void
close_later(hosthandle_t h)
{
	if (nclosing >= handles_share(CLOSING_MAX))
		(void)host_close_all(false);
	closing[nclosing++] = h;
	if (!hostfs_dirty_hook) {
		(void)host_close_all(false);
	} else if (nclosing == 1) {
		closing_ns = clock_monotonic_ns();
		hostfs_dirty_hook(closing_ns + BEHIND_NS);
	}
}

void
closing_hurry(bool by_writer)
{
	if (nclosing < CLOSING_MANY)
		return;
	if (by_writer) {
		closing_ns = 0;
		hostfs_dirty_hook(0);
	} else {
		(void)host_close_all(true);
	}
}

uint64_t
closing_due(uint64_t now)
{
	if (nclosing && closing_ns + BEHIND_NS > now)
		return closing_ns + BEHIND_NS - now;
	(void)host_close_all(true);
	return UINT64_MAX;
}

void
hnode_close(struct hnode *n)
{
	if (n->old_h.n >= 0)
		close_later(n->old_h);
	n->old_h = HANDLE_NONE;
	if (!is_open(n) || n->is_root)
		return;
	close_later(n->h);
	n->h = HANDLE_NONE;
	list_del(&n->lru);
	nopen--;
}

/* Close one, preferably of a file nobody has open.  Returns: false if all are
 * needed. */
static bool
close_one(void)
{
	for (int unused = 1; unused >= 0; unused--) {
		struct hnode *n, *next;

		LIST_EACH_SAFE(n, next, &lru, lru) {
			if (may_close(n, unused)) {
				hnode_close(n);
				return true;
			}
		}
	}
	return false;
}

bool
host_make_room(int64_t r)
{
	if (r != -EMFILE && r != -ENFILE)
		return false;
	if (host_close_all(false))
		return true;
	bound = MAX(nopen * 3 / 4, (uint32_t)HANDLES_MIN);
	if (!close_one())
		return false;
	(void)host_close_all(false);
	return true;
}

bool
host_make_space(int64_t r)
{
	bool waited;

	if (r != -ENOSPC && r != -EDQUOT)
		return false;
	waited = closing_lock.owner;
	mutex_lock(&closing_lock);
	mutex_unlock(&closing_lock);
	return host_close_all(true) || waited;
}

int64_t
host_open(hosthandle_t dir, const char *name, uint32_t flags, uint32_t mode,
	  struct host_stat *st)
{
	int64_t r;

	do
		r = HYPER5(HOST_OPEN, dir.n, name, flags, mode, st);
	while (host_make_room(r));
	/* Linux: EMFILE is a process's own limit. */
	return r == -EMFILE ? -ENFILE : r;
}

void
hnode_adopt(struct hnode *n, hosthandle_t h, bool is_rw)
{
	if (is_open(n)) {
		if (n->pins && n->old_h.n < 0)
			n->old_h = n->h;
		else
			close_later(n->h);
	}
	if (!list_empty(&n->lru)) {
		list_del(&n->lru);
		nopen--;
	}
	n->h = h;
	n->is_rw = is_rw;
	if (n->is_root) {
		n->fs->root = h;
		return;
	}
	list_append(&lru, &n->lru);
	if (++nopen > bound) {
		n->pins++;
		close_one();
		n->pins--;
	}
}

static uint32_t
open_flags(const struct hnode *n, bool rw)
{
	uint32_t flags = LX_O_NOFOLLOW | LX_O_CLOEXEC;

	if (LX_S_ISDIR(n->seen.mode))
		return flags | LX_O_DIRECTORY | LX_O_RDONLY;
	if (!LX_S_ISREG(n->seen.mode))
		return flags | LX_O_PATH;
	return flags | (rw ? LX_O_RDWR : LX_O_RDONLY);
}

static bool
is_same(const struct hnode *n, const struct host_stat *st)
{
	return st->dev == n->dev && st->ino == n->ino &&
	       st->btime_ns == n->btime_ns;
}

/* Open @n where (@dir, @name) leads and make sure it is still itself. */
static int
open_at(struct hnode *n, hosthandle_t dir, const char *name, bool rw)
{
	struct host_stat st;
	int64_t h;

	do
		h = host_open(dir, name, open_flags(n, rw), 0, &st);
	while (h == -EACCES && hnode_widen(n) == 0);
	if (h < 0)
		return (int)h;
	if (!is_same(n, &st)) {
		HYPER1(HOST_CLOSE, h);
		return -ESTALE;
	}
	hnode_adopt(n, (hosthandle_t){(int32_t)h}, rw);
	return 0;
}

/* The parent's handle, opening ancestors from the top as needed. */
static int
parent_handle(struct hnode *n, hosthandle_t *out)
{
	while (!is_open(n->dir)) {
		struct hnode *a = n->dir;
		int err;

		if (a->is_root || a->is_nameless)
			return -ESTALE;
		while (!is_open(a->dir))
			a = a->dir;
		/* The one we stand on must not be closed to make room. */
		a->dir->pins++;
		err = open_at(a, a->dir->h, a->name, false);
		a->dir->pins--;
		if (err)
			return err == -ENOENT ? -ESTALE : err;
	}
	if (!n->dir->is_root) {
		list_del(&n->dir->lru);
		list_append(&lru, &n->dir->lru);
	}
	*out = n->dir->h;
	return 0;
}

static int
open_node(struct hnode *n, bool rw)
{
	hosthandle_t dir;
	int err;

	/* More rights on what only a handle leads to. */
	if (!n->dir || n->is_nameless)
		return is_open(n) ? open_at(n, n->h, "", rw) : -ESTALE;
	err = parent_handle(n, &dir);
	if (err)
		return err;
	n->dir->pins++;
	err = open_at(n, dir, n->name, rw);
	n->dir->pins--;
	return err;
}

int
hnode_handle(struct hnode *n, bool rw, hosthandle_t *out)
{
	int err;

	if (rw && n->fs->read_only)
		return -EROFS;
	if (!is_open(n) || (rw && !n->is_rw && LX_S_ISREG(n->seen.mode))) {
		err = open_node(n, rw);
		if (err)
			return err;
	} else if (!n->is_root) {
		list_del(&n->lru);
		list_append(&lru, &n->lru);
	}
	*out = n->h;
	return 0;
}

int
hnode_pin(struct hnode *n, bool rw, hosthandle_t *out)
{
	int err = hnode_handle(n, rw, out);

	if (!err)
		n->pins++;
	return err;
}

void
hnode_unpin(struct hnode *n)
{
	kassert(n->pins);
	if (--n->pins || n->old_h.n < 0)
		return;
	close_later(n->old_h);
	n->old_h = HANDLE_NONE;
}

int
hnode_at(struct hnode *n, hosthandle_t *dir, const char **name)
{
	if (is_open(n)) {
		*dir = n->h;
		*name = "";
		return 0;
	}
	if (!n->dir || n->is_nameless)
		return -ESTALE;
	*name = n->name;
	return parent_handle(n, dir);
}

int
hnode_widen(struct hnode *n)
{
	uint32_t need = LX_S_ISDIR(n->seen.mode) ? 0700 : 0600;
	uint32_t mode = n->i->mode;
	const char *name;
	hosthandle_t dir;
	int err;

	/* What is due may be what lacks. */
	if (n->mode_due)
		return meta_writeback(n) ? -EACCES : 0;
	if (n->fs->read_only || n->seen.uid != n->fs->euid ||
	    (n->seen.mode & need) == need)
		return -EACCES;
	if (!LX_S_ISREG(n->seen.mode) && !LX_S_ISDIR(n->seen.mode))
		return -EACCES;
	if (hnode_at(n, &dir, &name))
		return -EACCES;
	err = (int)HYPER3(HOST_CHMOD, dir.n, name,
			  (n->seen.mode & 0777) | need);
	if (err)
		return -EACCES;
	hnode_saw(n);
	if (!meta_save(n, mode, n->i->uid, n->i->gid, n->i->rdev))
		return 0;
	if (!hnode_at(n, &dir, &name))
		(void)HYPER3(HOST_CHMOD, dir.n, name, mode & 0777);
	hnode_saw(n);
	return -EACCES;
}
