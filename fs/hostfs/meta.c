/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/meta.c - what the guest sees of owner, mode and device number.
 *
 * Without metadata: the host file's own, with the host user shown as root.
 * Where the guest's wishes differ from that, a record says so: in the xattr
 * "user.viv.meta" of the host file, or in the sidecar where the file can't
 * have one.  Only what differs is recorded, so that a change by the host
 * (chmod) is seen as long as the guest had no other idea.
 */
#include "base/log.h"
#include "base/str.h"
#include "fs/chrdev.h"
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"

#define META_XATTR "user.viv.meta"
#define META_SIDE  "meta"

static uint32_t
map_uid(const struct hostfs *fs, uint32_t uid)
{
	return uid == fs->euid ? 0 : uid;
}

static uint32_t
map_gid(const struct hostfs *fs, uint32_t gid)
{
	return gid == fs->egid ? 0 : gid;
}

static void
put_field(struct strbuf *sb, bool has, const char *fmt, uint32_t v)
{
	if (!has) {
		strbuf_put(sb, " -", 2);
		return;
	}
	strbuf_put(sb, " ", 1);
	if (*fmt == 'o')
		strbuf_add(sb, "%o", v);
	else
		strbuf_add(sb, "%u", v);
}

int
meta_format(const struct hmeta *m, char *buf, size_t n)
{
	struct strbuf sb;
	bool has_rdev = m->has & META_RDEV;

	strbuf_init(&sb, buf, n);
	strbuf_put(&sb, "1", 1);
	put_field(&sb, m->has & META_MODE, "o", m->mode);
	put_field(&sb, m->has & META_UID, "u", m->uid);
	put_field(&sb, m->has & META_GID, "u", m->gid);
	put_field(&sb, has_rdev, "u", dev_major(m->rdev));
	put_field(&sb, has_rdev, "u", dev_minor(m->rdev));
	return (int)sb.len;
}

/* The next word of *@at, which moves on.  Returns: 0 and *@has, or -EINVAL. */
static int
get_field(char **at, int base, bool *has, uint32_t *out)
{
	char *word = *at, *end;
	uint64_t v;

	if (!word)
		return -EINVAL;
	end = strchr(word, ' ');
	if (end)
		*end++ = '\0';
	*at = end;
	*has = strcmp(word, "-") != 0;
	if (!*has)
		return 0;
	if (str_to_u64(word, base, &v) || v > UINT32_MAX)
		return -EINVAL;
	*out = (uint32_t)v;
	return 0;
}

int
meta_parse(const char *buf, size_t n, struct hmeta *out)
{
	char text[META_LEN], *at = text;
	uint32_t version = 0, major = 0, minor = 0;
	struct hmeta m = {0};
	bool has[6];

	if (n >= sizeof(text))
		return -EINVAL;
	memcpy(text, buf, n);
	text[n] = '\0';
	if (get_field(&at, 10, &has[0], &version) || version != 1 ||
	    get_field(&at, 8, &has[1], &m.mode) ||
	    get_field(&at, 10, &has[2], &m.uid) ||
	    get_field(&at, 10, &has[3], &m.gid) ||
	    get_field(&at, 10, &has[4], &major) ||
	    get_field(&at, 10, &has[5], &minor))
		return -EINVAL;
	m.has = (has[1] ? META_MODE : 0) | (has[2] ? META_UID : 0) |
		(has[3] ? META_GID : 0) | (has[4] && has[5] ? META_RDEV : 0);
	m.rdev = dev_make(major, minor);
	*out = m;
	return 0;
}

/* A record may make a regular host file a special one; nothing else. */
static bool
type_fits(uint32_t host_mode, uint32_t mode)
{
	if (((host_mode ^ mode) & LX_S_IFMT) == 0)
		return true;
	return LX_S_ISREG(host_mode) &&
	       (LX_S_ISCHR(mode) || LX_S_ISBLK(mode) || LX_S_ISFIFO(mode) ||
		LX_S_ISSOCK(mode));
}

/* Can the host file have user xattrs at all? */
static bool
may_have_xattr(const struct hnode *n)
{
	return !n->fs->no_xattr &&
	       (LX_S_ISREG(n->seen.mode) || LX_S_ISDIR(n->seen.mode));
}

static int64_t
xattr_load(struct hnode *n, char *buf)
{
	const char *name;
	hosthandle_t dir;

	if (!may_have_xattr(n) || hnode_at(n, &dir, &name))
		return -ENODATA;
	return HYPER5(HOST_GETXATTR, dir.n, name, META_XATTR, buf, META_LEN);
}

int
meta_find(struct hostfs *fs, hosthandle_t dir, const char *name,
	  struct host_found *out)
{
	struct host_order o[2] = {
		{.nr = HC_HOST_STAT,
		 .a = {(uint64_t)dir.n, HC_W(name), HC_W(&out->st)}},
		{.nr = HC_HOST_GETXATTR | ORDER_IF,
		 .a = {(uint64_t)dir.n, HC_W(name), HC_W(META_XATTR),
		       HC_W(out->record), META_LEN}},
	};
	int64_t r;

	if (fs->no_xattr) {
		out->len = -ENODATA;
		return (int)HYPER3(HOST_STAT, dir.n, name, &out->st);
	}
	r = HYPER2(HOST_BATCH, o, 2);
	out->len = o[1].result;
	return (int)(r ? r : o[0].result);
}

void
meta_load(struct hnode *n)
{
	char buf[META_LEN];

	meta_take(n, buf, xattr_load(n, buf));
}

void
meta_take(struct hnode *n, const char *buf, int64_t len)
{
	char side_buf[META_LEN];
	struct xattr_store *side;

	n->meta.has = 0;
	if (!may_have_xattr(n))
		len = -ENODATA;
	if (len == -EOPNOTSUPP && n->dev == n->fs->dev)
		n->fs->no_xattr = true;
	if (len < 0) {
		buf = side_buf;
		side = sidecar_xattrs(n);
		len = side ? xattr_store_get(side, META_SIDE, side_buf,
					     META_LEN)
			   : -ENODATA;
	}
	if (len < 0)
		return;
	if (!meta_parse(buf, (size_t)len, &n->meta) &&
	    (!(n->meta.has & META_MODE) ||
	     type_fits(n->seen.mode, n->meta.mode)))
		return;
	n->meta.has = 0;
	log_once("hostfs: metadata of %s is not understood, ignored",
		 n->name ? n->name : "/");
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
meta_show(struct hnode *n)
{
	const struct host_stat *st = &n->seen;
	const struct hmeta *m = &n->meta;
	struct inode *i = n->i;
	uint32_t mode = m->has & META_MODE ? m->mode : st->mode;

	if (n->is_known)
		mode = (i->mode & LX_S_IFMT) | (mode & LX_S_IALLUGO);
	i->mode = mode;
	i->uid = m->has & META_UID ? m->uid : map_uid(n->fs, st->uid);
	i->gid = m->has & META_GID ? m->gid : map_gid(n->fs, st->gid);
	i->rdev = m->has & META_RDEV ? m->rdev : dev_decode(st->rdev);
	i->nlink = (uint32_t)st->nlink;
	i->blocks = st->blocks + i->pages.ndirty * (PAGE_SIZE / 512);
	i->btime_ns = st->btime_ns;
	if (!LX_S_ISREG(st->mode))
		i->pages.size = st->size;
	if (!n->is_known)
		i->atime_ns = st->atime_ns;
	else if (!n->atime_due)
		i->atime_ns = later(i->atime_ns, st->atime_ns);
	if (n->is_known && (i->pages.ndirty || n->wrote))
		return;
	i->mtime_ns = st->mtime_ns;
	if (!n->is_known || LX_S_ISDIR(st->mode) ||
	    st->ctime_ns > n->own_ctime_ns)
		i->ctime_ns = st->ctime_ns;
}

uint32_t
meta_host_mode(uint32_t mode)
{
	/* Never a set-id bit: that would be the host user's identity. */
	if (LX_S_ISDIR(mode))
		return (mode & 0777) | 0700;
	return LX_S_ISREG(mode) ? (mode & 0777) | 0600 : 0600;
}

/* Put the record where it can be.  The sidecar serves where the host file
 * can't have an xattr, or this user may not set one. */
static int
record_store(struct hnode *n, const char *text, size_t len, bool is_special)
{
	const char *name;
	hosthandle_t dir;
	int64_t r = -EOPNOTSUPP;
	int err;

	if (may_have_xattr(n)) {
		err = hnode_at(n, &dir, &name);
		if (err)
			return err;
		r = HYPER6(HOST_SETXATTR, dir.n, name, META_XATTR, text, len,
			   0);
	}
	/* The sidecar tells getdents(2) the types the host doesn't know. */
	if (r == 0 && is_special) {
		(void)!sidecar_set(n, META_SIDE, text, len);
		return 0;
	}
	if (r == 0)
		return sidecar_xattrs(n) ? sidecar_set(n, META_SIDE, NULL, 0)
					 : 0;
	if (r == -EOPNOTSUPP || r == -EPERM || r == -EACCES || r == -ENOSPC ||
	    r == -E2BIG)
		return sidecar_set(n, META_SIDE, text, len);
	return (int)r;
}

static int
record_drop(struct hnode *n)
{
	const char *name;
	hosthandle_t dir;
	int64_t r;
	int err;

	if (may_have_xattr(n)) {
		err = hnode_at(n, &dir, &name);
		if (err)
			return err;
		r = HYPER3(HOST_REMOVEXATTR, dir.n, name, META_XATTR);
		if (r && r != -ENODATA && r != -EOPNOTSUPP)
			return (int)r;
	}
	return sidecar_xattrs(n) ? sidecar_set(n, META_SIDE, NULL, 0) : 0;
}

/* What of this the host file does not say. */
static struct hmeta
meta_of(const struct hnode *n, uint32_t mode, uint32_t uid, uint32_t gid,
	uint64_t rdev)
{
	struct hmeta m = {.mode = mode, .uid = uid, .gid = gid, .rdev = rdev};

	/* A symlink's mode says nothing and can't be set. */
	if (mode != n->seen.mode && !LX_S_ISLNK(mode))
		m.has |= META_MODE;
	if (uid != map_uid(n->fs, n->seen.uid))
		m.has |= META_UID;
	if (gid != map_gid(n->fs, n->seen.gid))
		m.has |= META_GID;
	if ((LX_S_ISCHR(mode) || LX_S_ISBLK(mode)) &&
	    rdev != dev_decode(n->seen.rdev))
		m.has |= META_RDEV;
	return m;
}

static int
record_put(struct hnode *n, const struct hmeta *m, bool had_one)
{
	char text[META_LEN];

	if (m->has)
		return record_store(n, text,
				    (size_t)meta_format(m, text, sizeof(text)),
				    (m->mode ^ n->seen.mode) & LX_S_IFMT);
	return had_one ? record_drop(n) : 0;
}

int
meta_save(struct hnode *n, uint32_t mode, uint32_t uid, uint32_t gid,
	  uint64_t rdev)
{
	struct hmeta m = meta_of(n, mode, uid, gid, rdev);
	bool has_changed = m.has || n->meta.has;
	int err;

	if (has_changed && hnode_may_owe(n, mode)) {
		if (!n->meta_due)
			n->had_record = n->meta.has != 0;
		n->meta_due = true;
	} else if (has_changed) {
		err = record_put(n, &m, n->meta.has);
		if (err)
			return err;
		hnode_did(n);
	}
	n->meta = m;
	meta_show(n);
	return 0;
}

bool
meta_order(struct hnode *n, hosthandle_t h, const char *name, char *buf,
	   struct host_order *o)
{
	int len = meta_format(&n->meta, buf, META_LEN);

	if (!may_have_xattr(n) || sidecar_xattrs(n))
		return false;
	if (n->meta.has)
		*o = (struct host_order){
			.nr = HC_HOST_SETXATTR,
			.a = {(uint64_t)h.n, HC_W(name), HC_W(META_XATTR),
			      HC_W(buf), (uint64_t)len},
		};
	else
		*o = (struct host_order){
			.nr = n->had_record ? HC_HOST_REMOVEXATTR : 0,
			.a = {(uint64_t)h.n, HC_W(name), HC_W(META_XATTR)},
		};
	return true;
}

bool
meta_ordered(const struct hnode *n, const char *buf)
{
	char now[META_LEN];
	int len = meta_format(&n->meta, now, sizeof(now));

	return !memcmp(buf, now, (size_t)len + 1);
}

/* The host has refused: what it says counts, the record says the rest. */
static void
mode_refused(struct hnode *n)
{
	struct inode *i = n->i;
	uint32_t mode = i->mode;

	hnode_saw(n);
	i->mode = mode;
	if (!n->meta_due)
		n->had_record = n->meta.has != 0;
	n->meta = meta_of(n, mode, i->uid, i->gid, i->rdev);
	n->meta_due = true;
}

int
meta_writeback(struct hnode *n)
{
	const char *name;
	hosthandle_t dir;
	int err = 0;

	hnode_settle(n);
	if (n->mode_due) {
		n->mode_due = false;
		err = hnode_at(n, &dir, &name);
		if (err)
			return err;
		if (HYPER3(HOST_CHMOD, dir.n, name,
			   n->seen.mode & LX_S_IALLUGO))
			mode_refused(n);
	}
	if (n->meta_due) {
		n->meta_due = false;
		err = record_put(n, &n->meta, n->had_record);
	}
	n->needs_sync = true;
	hnode_did(n);
	return err;
}
