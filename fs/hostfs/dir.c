/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/dir.c - names: finding them, listing them, changing them.
 *
 * The host may change names too.  A directory's times are compared with the
 * host's at most once in NAME_VALID_NS; when they have moved, each cached
 * name in it is asked for again before it is believed.
 */
#include "fs/dir.h"

#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/dirent.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

#define READDIR_BUF 32768u
#define KIDS_MAX    64u /* compared to save asking */

int
hname_set(struct hname *to, const char *name, size_t len)
{
	if (len > HOSTFS_NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(to->s, name, len);
	to->s[len] = '\0';
	return 0;
}

bool
hidden_name(const struct hnode *dir, const char *name)
{
	return !dir->dir && !strcmp(name, HOSTFS_HIDDEN);
}

/* Ask the host for (@dir, @name). */
static int
stat_name(struct hnode *dir, const char *name, struct host_stat *st)
{
	hosthandle_t h;
	int err = hnode_handle(dir, false, &h);

	if (err)
		return err;
	do
		err = (int)HYPER3(HOST_STAT, h.n, name, st);
	while (err == -EACCES && hnode_widen(dir) == 0);
	return err;
}

/* Have the names of @d been the same since we last looked? */
static void
check_names(struct hnode *d)
{
	uint64_t now = clock_monotonic_ns();
	struct host_stat st;

	if (now - d->names_ns < NAME_VALID_NS)
		return;
	d->names_ns = now;
	if (hnode_stat(d, &st) || st.ino != d->ino)
		st.mtime_ns = d->names_mtime_ns + 1;
	if (st.mtime_ns == d->names_mtime_ns &&
	    st.ctime_ns == d->names_ctime_ns)
		return;
	d->names_mtime_ns = st.mtime_ns;
	d->names_ctime_ns = st.ctime_ns;
	d->changed_ns = now;
	d->has_changed = true;
}

/* A directory that the guest made lately has nothing but what it made there. */
static bool
is_absent(struct hnode *d, const char *name)
{
	struct hnode *k;
	uint32_t n = 0;

	if (!d->is_whole)
		return false;
	check_names(d);
	if (d->has_changed)
		return false;
	LIST_EACH(k, &d->kids, kid)
		if (n++ == KIDS_MAX || !strcmp(k->name, name))
			return false;
	return true;
}

int
hostfs_lookup(struct inode *dir, const char *name, size_t len,
	      struct inode **out)
{
	struct hnode *d = hnode_of(dir);
	struct host_found found;
	struct hname s;
	hosthandle_t h;
	int err = hname_set(&s, name, len);

	if (!err && (hidden_name(d, s.s) || is_absent(d, s.s)))
		err = -ENOENT;
	if (!err)
		err = hnode_handle(d, false, &h);
	if (err)
		return err;
	do
		err = meta_find(d->fs, h, s.s, &found);
	while (err == -EACCES && hnode_widen(d) == 0);
	return err ? err : hnode_get(d->fs, d, s.s, &found, out);
}

static bool
is_placed(const struct hnode *n, const struct hnode *dir, const char *name)
{
	return n->dir == dir && n->name && !strcmp(n->name, name);
}

bool
hostfs_dentry_valid(struct inode *dir, const char *name, size_t len,
		    struct inode *known, uint64_t *stamp)
{
	struct hnode *d = hnode_of(dir), *n = known ? hnode_of(known) : NULL;
	struct host_stat st;
	struct hname s;
	int err;

	check_names(d);
	if (!d->has_changed || hname_set(&s, name, len) || hidden_name(d, s.s))
		return true;
	if (n && n->named_ns > d->changed_ns && is_placed(n, d, s.s))
		return true;
	if (!n && *stamp > d->changed_ns)
		return true;
	if (n && is_placed(n, d, s.s) && !hnode_refresh_named(n))
		return true;
	err = stat_name(d, s.s, &st);
	if (!n && err == -ENOENT)
		*stamp = clock_monotonic_ns();
	if (!n)
		return err == -ENOENT;
	if (err || hnode_take(n, &st) || hnode_place(n, d, s.s))
		return false;
	return true;
}

/* --- listing --- */

/*
 * Positions are the host's cookies; 0 and 1 are "." and "..", and 2, where
 * the entries proper start, is the host's 0.  A host cookie of 1 or 2 after a
 * real entry (a directory by ordinal numbers) gets a bit set.
 */
#define POS_SMALL (1ull << 61)

static uint64_t
pos_of(uint64_t cookie)
{
	return cookie <= 2 ? cookie | POS_SMALL : cookie;
}

static uint64_t
cookie_of(uint64_t pos)
{
	if (pos == 2)
		return 0;
	return (pos & ~3ull) == POS_SMALL ? pos & 3 : pos;
}

static bool
is_dots(const char *name)
{
	return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

/* Feed @len bytes of host entries.  Returns: false when the sink is full. */
static bool
emit_all(struct file *f, struct dir_sink *sink, const char *buf, int64_t len)
{
	struct hnode *d = hnode_of(f->inode);
	const char *at = buf;

	while (at < buf + len) {
		const struct host_dirent *e = (const void *)at;
		uint64_t next = pos_of(e->cookie);
		uint8_t type = sidecar_type(d->fs, e->ino);

		at += e->reclen;
		if (is_dots(e->name) || hidden_name(d, e->name)) {
			f->pos = next;
			continue;
		}
		if (!dir_emit(f, sink, e->name, strlen(e->name), e->ino,
			      type ? type : e->type, next))
			return false;
	}
	return true;
}

int
hostfs_iterate(struct file *f, struct dir_sink *sink)
{
	struct hnode *d = hnode_of(f->inode);
	struct listing *l;
	const char *at;
	hosthandle_t h;
	uint32_t len;
	char *buf;
	int64_t n;
	int err;

	if (!dir_emit_dots(f, sink))
		return 0;
	l = listing_after(d, cookie_of(f->pos), &at, &len);
	if (l) {
		(void)emit_all(f, sink, at, len);
		listing_put(l);
		return 0;
	}
	buf = kmalloc(READDIR_BUF);
	if (!buf)
		return -ENOMEM;
	err = hnode_pin(d, false, &h);
	if (err) {
		kfree(buf);
		return err;
	}
	do
		n = HYPER4(HOST_READDIR, h.n, cookie_of(f->pos), buf,
			   READDIR_BUF);
	while (host_make_room(n) || (n > 0 && emit_all(f, sink, buf, n) &&
				     READDIR_BUF - n < READDIR_ROOM));
	hnode_unpin(d);
	kfree(buf);
	if (n == -EMFILE)
		n = -ENFILE;
	return n < 0 ? (int)n : 0;
}

static int
dir_sync(struct file *f, bool data_only)
{
	struct hnode *d = hnode_of(f->inode);
	hosthandle_t h;
	int err = hnode_pin(d, false, &h);

	if (err)
		return err;
	err = (int)io_run(data_only ? IO_FDATASYNC : IO_FSYNC, h, NULL, 0, 0);
	hnode_unpin(d);
	return err ? err : sidecar_sync(d->fs);
}

static void
dir_release(struct file *f)
{
	hnode_of(f->inode)->opens--;
}

const struct file_ops hostfs_dir_fops = {
	.kind = "hostfs",
	.seek = file_seek_simple,
	.iterate = hostfs_iterate,
	.sync = dir_sync,
	.release = dir_release,
};
