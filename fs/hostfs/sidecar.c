/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/sidecar.c - metadata of files that can't have xattrs: symlinks,
 * files of other host users, whole file systems without them.
 *
 * One file, ROOT/.viv/meta, of records that are only ever appended: the
 * newest for an inode and name counts.  A record cut short by a crash fails
 * its checksum and is skipped.  An entry belongs to an inode number and birth
 * time, so that a number used again does not inherit.  Records that another
 * `viv` on the same root appends are read when they are noticed.  At mount, a
 * file that is mostly history is written anew and renamed into place.
 */
#include "base/block.h"
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

#define REC_MAGIC   0x31766976u /* "viv1" */
#define REC_MAX	    (XATTR_SIZE_MAX + 1024)
#define LOAD_CHUNK  65536u
#define PEEK_NS	    250000000ull
#define COMPACT_MIN 65536u

enum { REC_SET = 1, REC_DEL, REC_FORGET };

struct side_rec {
	uint32_t magic;
	uint32_t check; /* of all that follows */
	uint32_t len;	/* with this header, a multiple of 8 */
	uint16_t kind, namelen;
	uint64_t ino;
	int64_t btime_ns;
	uint32_t vallen, pad;
	char data[];	   /* name, value */
} __attribute__((packed)); /* after a cut record, anywhere */

struct side_entry {
	struct hash_node hash;
	uint64_t ino;
	int64_t btime_ns;
	struct xattr_store xs;
};

struct sidecar {
	struct mutex lock; /* appending, reading the tail */
	hosthandle_t dir, file;
	struct hash entries;
	uint64_t size; /* bytes read or written so far */
	uint64_t live; /* of those, in records that count */
	uint64_t peeked_ns;
	bool needs_sync;
};

/* FNV-1a: the format must not depend on a hash that may be improved. */
static uint32_t
checksum(const struct side_rec *r)
{
	const unsigned char *p = (const unsigned char *)&r->len;
	const unsigned char *end = (const unsigned char *)r + r->len;
	uint32_t h = 2166136261u;

	while (p < end)
		h = (h ^ *p++) * 16777619u;
	return h;
}

static struct side_entry *
entry_find(struct sidecar *s, uint64_t ino)
{
	struct hash_node *at = hash_first(&s->entries, hash_u64(ino));

	for (; at; at = hash_next(at)) {
		struct side_entry *e =
			CONTAINER_OF(at, struct side_entry, hash);

		if (e->ino == ino)
			return e;
	}
	return NULL;
}

static void
entry_free(struct sidecar *s, struct side_entry *e)
{
	hash_del(&s->entries, &e->hash);
	xattr_store_fini(&e->xs);
	kfree(e);
}

static int
entry_make(struct sidecar *s, uint64_t ino, int64_t btime_ns,
	   struct side_entry **out)
{
	struct side_entry *e = entry_find(s, ino);

	if (e && e->btime_ns != btime_ns) {
		entry_free(s, e);
		e = NULL;
	}
	if (!e) {
		e = KNEW(struct side_entry);
		if (!e)
			return -ENOMEM;
		e->ino = ino;
		e->btime_ns = btime_ns;
		xattr_store_init(&e->xs);
		hash_add(&s->entries, &e->hash, hash_u64(ino));
	}
	*out = e;
	return 0;
}

/* Let a checked record count. */
static int
apply(struct sidecar *s, const struct side_rec *r)
{
	char name[XATTR_NAME_MAX + 1];
	struct side_entry *e;
	int err;

	memcpy(name, r->data, r->namelen);
	name[r->namelen] = '\0';
	if (r->kind == REC_SET) {
		err = entry_make(s, r->ino, r->btime_ns, &e);
		if (!err)
			err = xattr_store_set(&e->xs, name,
					      r->data + r->namelen, r->vallen,
					      0);
		s->live += r->len;
		return err;
	}
	e = entry_find(s, r->ino);
	if (!e)
		return 0;
	if (r->kind == REC_DEL)
		(void)!xattr_store_remove(&e->xs, name);
	if (r->kind == REC_FORGET || list_empty(&e->xs.entries))
		entry_free(s, e);
	return 0;
}

static bool
rec_is_good(const struct side_rec *r, uint64_t avail)
{
	return r->magic == REC_MAGIC && r->len >= sizeof(*r) &&
	       r->len <= avail && r->len % 8 == 0 &&
	       r->namelen <= XATTR_NAME_MAX && r->vallen <= XATTR_SIZE_MAX &&
	       sizeof(*r) + r->namelen + r->vallen <= r->len &&
	       r->check == checksum(r);
}

/* Apply what is whole in @buf. Returns: bytes done with. */
static uint64_t
parse(struct sidecar *s, const char *buf, uint64_t len, bool is_last)
{
	uint64_t at = 0;

	while (at + sizeof(struct side_rec) <= len) {
		const struct side_rec *r = (const void *)(buf + at);

		if (rec_is_good(r, len - at)) {
			if (apply(s, r))
				log_once("hostfs: no memory for metadata");
			at += r->len;
			continue;
		}
		/* Perhaps cut by the end of the buffer only. */
		if (!is_last && r->magic == REC_MAGIC && r->len <= REC_MAX &&
		    r->len > len - at)
			break;
		at++;
	}
	return is_last ? len : at;
}

/* Read the file from s->size to its end. */
static int
read_tail(struct sidecar *s)
{
	uint64_t size = REC_MAX + LOAD_CHUNK, have = 0;
	char *buf = kmalloc(size);
	int64_t n;

	if (!buf)
		return -ENOMEM;
	do {
		uint64_t done;

		n = io_run(IO_READ, s->file, buf + have,
			   MIN(size - have, (uint64_t)LOAD_CHUNK),
			   s->size + have);
		if (n < 0)
			break;
		have += (uint64_t)n;
		done = parse(s, buf, have, n == 0);
		have -= done;
		s->size += done;
		memmove(buf, buf + done, have);
	} while (n > 0);
	kfree(buf);
	return n < 0 ? (int)n : 0;
}

static void
peek(struct sidecar *s)
{
	struct host_stat st;
	uint64_t now = clock_monotonic_ns();

	if (now - s->peeked_ns < PEEK_NS)
		return;
	s->peeked_ns = now;
	if (HYPER3(HOST_STAT, s->file.n, "", &st) || st.size <= s->size)
		return;
	mutex_lock(&s->lock);
	(void)!read_tail(s);
	mutex_unlock(&s->lock);
}

/* --- writing --- */

struct rec_key {
	uint16_t kind;
	uint64_t ino;
	int64_t btime_ns;
};

static int
rec_new(const struct rec_key *k, const char *name, const void *value,
	size_t vallen, struct side_rec **out)
{
	size_t namelen = strlen(name);
	size_t len = (sizeof(struct side_rec) + namelen + vallen + 7) & ~7ull;
	struct side_rec *r;

	if (namelen > XATTR_NAME_MAX || vallen > XATTR_SIZE_MAX)
		return -ERANGE;
	r = kzalloc(len);
	if (!r)
		return -ENOMEM;
	r->magic = REC_MAGIC;
	r->len = (uint32_t)len;
	r->kind = k->kind;
	r->namelen = (uint16_t)namelen;
	r->ino = k->ino;
	r->btime_ns = k->btime_ns;
	r->vallen = (uint32_t)vallen;
	if (namelen)
		memcpy(r->data, name, namelen);
	if (vallen)
		memcpy(r->data + namelen, value, vallen);
	r->check = checksum(r);
	*out = r;
	return 0;
}

/* The file is O_APPEND: where it ends is the host's business. */
static int
append(struct sidecar *s, const struct side_rec *r)
{
	int64_t n = io_run(IO_WRITE, s->file, (void *)(uintptr_t)r, r->len,
			   s->size);

	if (n < 0)
		return (int)n;
	if (n != r->len)
		return -EIO; /* what is there fails its checksum */
	s->needs_sync = true;
	return 0;
}

static int
write_rec(struct sidecar *s, uint16_t kind, const struct hnode *n,
	  const char *name, const void *value, size_t len)
{
	const struct rec_key key = {kind, n->i->ino, n->btime_ns};
	struct host_stat st;
	struct side_rec *r;
	int err = rec_new(&key, name, value, len, &r);

	if (err)
		return err;
	mutex_lock(&s->lock);
	err = append(s, r);
	if (!err && !HYPER3(HOST_STAT, s->file.n, "", &st) &&
	    st.size == s->size + r->len) {
		s->size = st.size;
		err = apply(s, r);
	} else if (!err) {
		/* Others' records are in between. */
		err = read_tail(s);
	}
	mutex_unlock(&s->lock);
	kfree(r);
	return err;
}

struct rewrite {
	struct sidecar *to;
	char *buf; /* XATTR_SIZE_MAX */
	int err;
};

static int
rewrite_one(struct rewrite *rw, struct side_entry *e, const char *name)
{
	const struct rec_key key = {REC_SET, e->ino, e->btime_ns};
	int64_t n = xattr_store_get(&e->xs, name, rw->buf, XATTR_SIZE_MAX);
	struct side_rec *r;
	int err = n < 0 ? (int)n : rec_new(&key, name, rw->buf, (size_t)n, &r);

	if (err)
		return err;
	err = append(rw->to, r);
	rw->to->size += r->len;
	kfree(r);
	return err;
}

static void
rewrite_entry(struct hash_node *at, void *arg)
{
	struct side_entry *e = CONTAINER_OF(at, struct side_entry, hash);
	struct rewrite *rw = arg;
	char names[1024], *name = names;
	int64_t len = xattr_store_list(&e->xs, names, sizeof(names));

	if (len < 0)
		rw->err = (int)len;
	for (; !rw->err && name < names + len; name += strlen(name) + 1)
		rw->err = rewrite_one(rw, e, name);
}

/* Only the records that count, in a new file in the old one's place.  Any
 * failure leaves the old one. */
static void
compact(struct sidecar *s)
{
	struct sidecar fresh = *s;
	struct rewrite rw = {.to = &fresh};
	int64_t h;

	if (s->size < COMPACT_MIN || s->live > s->size / 2)
		return;
	h = host_open(s->dir, "meta.new",
		      LX_O_RDWR | LX_O_APPEND | LX_O_CREAT | LX_O_TRUNC |
			      LX_O_NOFOLLOW,
		      0600, NULL);
	if (h < 0)
		return;
	fresh.file.n = (int32_t)h;
	fresh.size = 0;
	rw.buf = kmalloc(XATTR_SIZE_MAX);
	rw.err = rw.buf ? 0 : -ENOMEM;
	if (!rw.err)
		hash_each(&s->entries, rewrite_entry, &rw);
	kfree(rw.buf);
	if (!rw.err)
		rw.err = (int)io_run(IO_FDATASYNC, fresh.file, NULL, 0, 0);
	if (!rw.err)
		rw.err = (int)HYPER5(HOST_RENAME, s->dir.n, "meta.new",
				     s->dir.n, "meta", 0);
	if (rw.err) {
		HYPER1(HOST_CLOSE, h);
		return;
	}
	HYPER1(HOST_CLOSE, s->file.n);
	s->file = fresh.file;
	s->size = s->live = fresh.size;
}

/* --- opening --- */

static int
open_files(struct hostfs *fs, bool create, struct sidecar *s)
{
	uint32_t flags =
		LX_O_NOFOLLOW |
		(fs->read_only ? LX_O_RDONLY : LX_O_RDWR | LX_O_APPEND);
	int64_t h = host_open(fs->root, HOSTFS_HIDDEN,
			      LX_O_RDONLY | LX_O_DIRECTORY | LX_O_NOFOLLOW, 0,
			      NULL);

	if (h == -ENOENT && create) {
		h = HYPER3(HOST_MKDIR, fs->root.n, HOSTFS_HIDDEN, 0700);
		if (h == 0 || h == -EEXIST)
			h = host_open(fs->root, HOSTFS_HIDDEN,
				      LX_O_RDONLY | LX_O_DIRECTORY |
					      LX_O_NOFOLLOW,
				      0, NULL);
	}
	if (h < 0)
		return (int)h;
	s->dir.n = (int32_t)h;
	h = host_open(s->dir, "meta", flags | (create ? LX_O_CREAT : 0), 0600,
		      NULL);
	if (h < 0) {
		HYPER1(HOST_CLOSE, s->dir.n);
		return (int)h;
	}
	s->file.n = (int32_t)h;
	return 0;
}

static int
sidecar_open(struct hostfs *fs, bool create)
{
	struct sidecar *s;
	int err;

	if (fs->is_file || (create && fs->read_only))
		return fs->is_file ? -EOPNOTSUPP : -EROFS;
	s = KNEW(struct sidecar);
	if (!s)
		return -ENOMEM;
	mutex_init(&s->lock);
	err = hash_init(&s->entries);
	if (!err) {
		err = open_files(fs, create, s);
		if (err)
			hash_fini(&s->entries);
	}
	if (err) {
		kfree(s);
		return err;
	}
	fs->side = s;
	mutex_lock(&s->lock);
	err = read_tail(s);
	if (err)
		log_warn("%s: metadata is unreadable: %s", fs->sb->source,
			 str_errno(-err));
	if (!fs->read_only)
		compact(s);
	mutex_unlock(&s->lock);
	return 0;
}

static struct sidecar *
sidecar_of(struct hostfs *fs)
{
	if (!fs->side && !fs->side_missing && sidecar_open(fs, false))
		fs->side_missing = true;
	if (fs->side)
		peek(fs->side);
	return fs->side;
}

struct xattr_store *
sidecar_xattrs(struct hnode *n)
{
	struct sidecar *s = sidecar_of(n->fs);
	struct side_entry *e = s ? entry_find(s, n->i->ino) : NULL;

	return e && e->btime_ns == n->btime_ns ? &e->xs : NULL;
}

int
sidecar_set(struct hnode *n, const char *name, const void *value, size_t len)
{
	struct hostfs *fs = n->fs;
	int err;

	if (!fs->side) {
		err = sidecar_open(fs, true);
		if (err)
			return err;
		fs->side_missing = false;
	}
	if (!value && !sidecar_xattrs(n))
		return 0;
	return write_rec(fs->side, value ? REC_SET : REC_DEL, n, name, value,
			 len);
}

void
sidecar_forget(struct hnode *n)
{
	if (n->fs->side && sidecar_xattrs(n))
		(void)!write_rec(n->fs->side, REC_FORGET, n, "", NULL, 0);
}

uint8_t
sidecar_type(struct hostfs *fs, uint64_t ino)
{
	struct side_entry *e = fs->side ? entry_find(fs->side, ino) : NULL;
	char buf[96];
	struct hmeta m;
	int64_t len;

	if (!e)
		return 0;
	len = xattr_store_get(&e->xs, "meta", buf, sizeof(buf));
	if (len < 0 || meta_parse(buf, (size_t)len, &m) || !(m.has & META_MODE))
		return 0;
	return (uint8_t)LX_IFTODT(m.mode);
}

int
sidecar_sync(struct hostfs *fs)
{
	struct sidecar *s = fs->side;
	int err;

	if (!s || !s->needs_sync)
		return 0;
	err = (int)io_run(IO_FDATASYNC, s->file, NULL, 0, 0);
	if (!err)
		s->needs_sync = false;
	return err;
}

static void
free_entry(struct hash_node *at, void *arg)
{
	entry_free(arg, CONTAINER_OF(at, struct side_entry, hash));
}

void
sidecar_close(struct hostfs *fs)
{
	struct sidecar *s = fs->side;

	if (!s)
		return;
	HYPER1(HOST_CLOSE, s->file.n);
	HYPER1(HOST_CLOSE, s->dir.n);
	hash_each(&s->entries, free_entry, s);
	hash_fini(&s->entries);
	kfree(s);
	fs->side = NULL;
}
