/* SPDX-License-Identifier: MIT */
/*
 * fs/hostfs/internal.h - nodes, their host handles, their metadata.
 *
 * A node (struct hnode) stands for one host inode and is the priv of one VFS
 * inode.  It is reached on the host by a handle, or by its name in its parent
 * node's directory: one component, never followed; so that nothing outside
 * the root is ever named.
 */
#ifndef FS_HOSTFS_INTERNAL_H
#define FS_HOSTFS_INTERNAL_H

#include "arch/um/hypercall.h"
#include "base/hash.h"
#include "base/list.h"
#include "fs/hostfs/hostfs.h"
#include "fs/inode.h"
#include "fs/xattr.h"

#define HOSTFS_NAME_MAX 255
#define HOSTFS_HIDDEN	".viv" /* in the root: the sidecar's directory */

/* How long what the host said of names and of attributes is believed. */
#define NAME_VALID_NS 1000000000ull
#define ATTR_VALID_NS 20000000ull
/* Times may be so coarse: what changed since may change again and show it not.
 */
#define COARSE_NS 100000000ll
/* How long data may stay dirty. */
#define DIRTY_MAX_NS 5000000000ull
/* How far the host may be behind with a file that nobody writes any more, in
 * time and in files. */
#define BEHIND_NS  10000000ull
#define BEHIND_MAX 256u
#define BATCH_MAX  48u /* files in one hypercall */
#define META_LEN   96  /* a record's text */

/* What the guest sees where it differs from what the host file has. */
struct hmeta {
	uint8_t has; /* META_* */
	uint32_t mode, uid, gid;
	uint64_t rdev;
};

/* What the host calls by a name. */
struct host_found {
	struct host_stat st;
	int64_t len; /* of the record, or -errno */
	char record[META_LEN];
};

enum { META_MODE = 1, META_UID = 2, META_GID = 4, META_RDEV = 8 };

/* Of the host's xattrs, how many are the guest's to see. */
enum { XATTRS_UNKNOWN, XATTRS_NONE, XATTRS_SOME };

struct sidecar;

struct hostfs {
	struct super *sb;
	struct list all;
	hosthandle_t root;
	bool is_file, read_only;
	bool no_xattr;	     /* the host fs has no user xattrs */
	uint32_t euid, egid; /* host ids shown as 0 */
	uint64_t dev;	     /* the root's, on the host */
	struct hash nodes;   /* by (dev, ino) */
	struct list dirty;   /* hnode.dirty: oldest first */
	struct list behind;  /* hnode.behind; fs/hostfs/behind.c */
	uint32_t nbehind;
	uint64_t behind_ns;    /* since when there are any */
	struct mutex flushing; /* held while they go to the host */
	struct mutex dying;    /* held while a node is evicted */
	struct sidecar *side;  /* NULL: none yet */
	bool side_missing;     /* looked for, not there */
	uint64_t space_checked_ns, space_left;

	/* The last question about attributes; fs/hostfs/ahead.c. */
	uint64_t asked_dir, asked_ns;
	uint32_t worth, asked, wanted;
};

struct hnode {
	struct hostfs *fs;
	struct inode *i;
	struct hash_node hash;
	uint64_t dev, ino;
	int64_t btime_ns;

	struct hnode *dir; /* counted (dir->i); NULL: the root, or nameless */
	char *name;
	struct list kids, kid; /* those whose dir this is, as they were found */

	/* The handle; fs/hostfs/handle.c. */
	hosthandle_t h, old_h; /* old_h: replaced while in use */
	bool is_rw;
	uint32_t pins; /* I/O under way */
	uint32_t opens;
	struct list lru;

	bool is_root;	  /* its handle is fs->root */
	bool is_nameless; /* unlinked or O_TMPFILE: reached by handle only */
	bool is_dying;

	struct hmeta meta;
	uint8_t xattrs;	       /* XATTRS_*, as of seen's ctime */
	struct host_stat seen; /* what the host said last */
	uint64_t checked_ns;
	bool is_known;	 /* the inode's type and ops are set */
	bool came_along; /* checked because a neighbour was */

	/* When its name was last seen to lead here. */
	uint64_t named_ns;
	/* Of a directory: when its names were last compared with the host,
	 * its times then; names found before changed_ns may be wrong. */
	uint64_t names_ns, changed_ns;
	int64_t names_mtime_ns, names_ctime_ns;
	bool has_changed;
	bool is_whole; /* made by the guest: all its names are kids', unless
			  the host changed it */
	struct listing *listing;
	bool is_long; /* too long for one */

	struct list dirty;
	uint64_t dirty_ns; /* since when */
	struct list behind;
	int wb_error;	/* of a write-back nobody waited for */
	bool wrote;	/* data went to the host since `seen`, or times wait */
	bool atime_due; /* .. and of these the atime was set */
	bool mode_due;	/* seen.mode is yet to be set on the host */
	bool meta_due;	/* so is the record; had_record: it has one */
	bool had_record;
	bool start_due; /* the host shall begin to write what it then has */
	bool in_flight; /* of these some are on their way */
	bool was_cut;	/* what it held is gone from the host already */
	int64_t own_ctime_ns; /* a host ctime up to this is our doing: the guest
				 sees when it did that */
	bool needs_sync;      /* ... and was not fsynced since */
};

static inline struct hnode *
hnode_of(const struct inode *i)
{
	return i->priv;
}

static inline struct hostfs *
hostfs_of(const struct super *sb)
{
	return sb->priv;
}

/* --- handle.c --- */

/* handles_init - of @host_files that the host lets be open, most are for nodes.
 * handles_share - @most, or how many of them may be kept from being closed for
 * others at once, for something that takes many. */
void handles_init(uint32_t host_files);
uint32_t handles_share(uint32_t most);

/* hnode_handle - an open handle; for writing too if @rw.  Valid until the
 * caller sleeps, unless pinned.  -errno of the host; -ESTALE if the name has
 * become something else. */
MUST_CHECK int hnode_handle(struct hnode *n, bool rw, hosthandle_t *out);

/* hnode_pin - as above, and it stays open until hnode_unpin(). */
MUST_CHECK int hnode_pin(struct hnode *n, bool rw, hosthandle_t *out);
void hnode_unpin(struct hnode *n);

/* hnode_at - how hypercalls name @n: a handle and "", or its parent's handle
 * and its name.  @must_open: the former, whatever it costs. */
MUST_CHECK int hnode_at(struct hnode *n, hosthandle_t *dir, const char **name);

/* hnode_adopt - @h, just opened, is @n's handle. */
void hnode_adopt(struct hnode *n, hosthandle_t h, bool is_rw);
void hnode_close(struct hnode *n);

/* host_open - HC_HOST_OPEN, @st may be NULL; makes room when the host is out of
 * descriptors, by closing what is not pinned: pin @dir.  -ENFILE: there was
 * nothing to close.
 */
int64_t host_open(hosthandle_t dir, const char *name, uint32_t flags,
		  uint32_t mode, struct host_stat *st);

/* host_close_all - what waits to be closed, now.  Returns: true if there was
 * anything.  closing_hurry - if it is much; @by_writer: have that done. */
bool host_close_all(bool may_sleep);
void closing_hurry(bool by_writer);
/* closing_due - if it is time; returns: ns until it is, or UINT64_MAX. */
uint64_t closing_due(uint64_t now);

/* host_make_room - @r is what the host said: if it is out of descriptors, close
 * a handle.  Returns: true if that is worth another try. */
bool host_make_room(int64_t r);
/* host_make_space - @r is what the host said: if its disk is full, close what
 * waits for that; a removed file takes its space along only then.  Sleeps.
 * Returns: true if that is worth another try. */
bool host_make_space(int64_t r);

/* hnode_widen - the host refused: give the host user, if the file is his, the
 * rights on it that the guest's owner may lack (the guest's mode goes to the
 * metadata).  Returns: 0 if that changed anything, else -EACCES. */
int hnode_widen(struct hnode *n);

/* --- node.c --- */

/* hnode_get - the node for what the host calls (@dir, @name), as found.
 * Refs: *@out is the caller's. */
MUST_CHECK int hnode_get(struct hostfs *fs, struct hnode *dir, const char *name,
			 const struct host_found *found, struct inode **out);
/* hnode_get_new - as above, of what we just made: it has no metadata yet. */
MUST_CHECK int hnode_get_new(struct hostfs *fs, struct hnode *dir,
			     const char *name, const struct host_stat *st,
			     struct inode **out);
/* hnode_new_nameless - the node of an O_TMPFILE file. */
MUST_CHECK int hnode_new_nameless(struct hostfs *fs, hosthandle_t h,
				  const struct host_stat *st,
				  struct inode **out);
MUST_CHECK int hnode_root(struct hostfs *fs, struct inode **out);

/* hnode_place - (@dir, @name) leads to @n. */
MUST_CHECK int hnode_place(struct hnode *n, struct hnode *dir,
			   const char *name);

/* hnode_known - the inode's mode has its type: choose its operations. */
void hnode_known(struct hnode *n);

/* hnode_stat - ask the host. */
MUST_CHECK int hnode_stat(struct hnode *n, struct host_stat *out);

/* hnode_is_settled - will the next change show by the ctime? */
bool hnode_is_settled(const struct hnode *n);

/* hnode_refresh - take over what the host says now; hnode_take: as @st says.
 * hnode_saw: what changed was our doing, the cached pages stay.
 * -ESTALE if that is another file. */
MUST_CHECK int hnode_refresh(struct hnode *n);
MUST_CHECK int hnode_take(struct hnode *n, const struct host_stat *st);
void hnode_saw(struct hnode *n);
/* hnode_did - what changed was our doing and `seen` says it, but for the times
 * that the host chose: who asks for them looks. */
void hnode_did(struct hnode *n);

/* --- behind.c --- */

/* hnode_owes - is the host behind with @n?  hnode_may_owe - may it be, of what
 * the guest sees as @mode? */
bool hnode_owes(const struct hnode *n);
bool hnode_may_owe(const struct hnode *n, uint32_t mode);

/* hnode_mark_dirty - to be written back in some seconds; hnode_behind - with
 * the next batch; hnode_caught_up - not with that. */
void hnode_mark_dirty(struct hnode *n);
void hnode_behind(struct hnode *n);
void hnode_caught_up(struct hnode *n);
/* hostfs_hurry - what waits for the host is not to grow without end: called by
 * who has made it grow, where that may sleep. */
void hostfs_hurry(struct hostfs *fs);

/* hnode_writeback_later - write back; an error is for the next who asks. */
void hnode_writeback_later(struct hnode *n);

/* hnode_settle - wait for what is on its way to the host. */
void hnode_settle(struct hnode *n);

/* hostfs_catch_up - the batch, now.  behind_due - if it is time; returns: ns
 * until it is, UINT64_MAX if there is none. */
void hostfs_catch_up(struct hostfs *fs);
uint64_t behind_due(struct hostfs *fs, uint64_t now);

/* --- batch.c --- */

/* batch_next - carry out what the first nodes of fs->behind, @max of them at
 * most, are owed.  @is_patient: as io_batch().  Returns: how many, 0 without
 * memory. */
uint32_t batch_next(struct hostfs *fs, uint32_t max, bool is_patient);
/* batch_starts - have the host begin to write what @n owes of bytes, with the
 * next batch.  Returns: false if it is not for a batch. */
MUST_CHECK bool batch_starts(struct hnode *n);
/* batch_one - what @n is owed, at once, unless others are at it.  Returns:
 * true if that was done, all of it. */
MUST_CHECK bool batch_one(struct hnode *n);

/* --- listing.c --- */

/* listing_after - a listing of @d; @*at, @*len: those of its entries (struct
 * host_dirent) that come after host cookie @cookie (0: all).  Refs: the
 * caller's, for listing_put().  NULL: ask the host. */
struct listing *listing_after(struct hnode *d, uint64_t cookie, const char **at,
			      uint32_t *len);
void listing_put(struct listing *l);
void listing_drop(struct hnode *d);

/* --- ahead.c --- */

/* hnode_refresh_named - as hnode_refresh(), by its name, and perhaps of more
 * files in its directory.  hnode_wanted - what is known of @n is used. */
MUST_CHECK int hnode_refresh_named(struct hnode *n);
void hnode_wanted(struct hnode *n);

void hnode_evict(struct inode *i);
int hostfs_revalidate(struct inode *i);

/* --- meta.c --- */

/* meta_find - ask for (@dir, @name): attributes, and the record as an xattr;
 * what is not said here concerns the former. */
MUST_CHECK int meta_find(struct hostfs *fs, hosthandle_t dir, const char *name,
			 struct host_found *out);

/* meta_load - n->meta from xattr or sidecar; meta_take: as the xattr says, of
 * @len, or -errno. */
void meta_load(struct hnode *n);
void meta_take(struct hnode *n, const char *buf, int64_t len);

/* meta_show - the inode's mode, owner, rdev from n->seen and n->meta. */
void meta_show(struct hnode *n);

/* meta_save - keep (@mode, @uid, @gid, @rdev) for the guest: as metadata what
 * the host file does not say by itself. */
MUST_CHECK int meta_save(struct hnode *n, uint32_t mode, uint32_t uid,
			 uint32_t gid, uint64_t rdev);

/* meta_writeback - mode and record that are due, to the host. */
MUST_CHECK int meta_writeback(struct hnode *n);

/* meta_order - as an order by @h: the record that is due; its text goes into
 * @buf, of META_LEN.  Returns: false if it takes more than that.
 * meta_ordered - is what that said still so? */
bool meta_order(struct hnode *n, hosthandle_t h, const char *name, char *buf,
		struct host_order *o);
bool meta_ordered(const struct hnode *n, const char *buf);

/* meta_host_mode - the mode the host file should have for a guest's. */
uint32_t meta_host_mode(uint32_t mode);

/* meta_format, meta_parse - the record: "1 MODE UID GID MAJOR MINOR", mode in
 * octal, "-" for what is not kept. */
int meta_format(const struct hmeta *m, char *buf, size_t n);
MUST_CHECK int meta_parse(const char *buf, size_t n, struct hmeta *out);

/* --- sidecar.c: metadata that cannot be an xattr --- */

/* sidecar_xattrs - the xattrs kept for @n (with "meta" among them), or NULL. */
struct xattr_store *sidecar_xattrs(struct hnode *n);

/* sidecar_set - keep, or (@value NULL) forget @name; in memory and on disk. */
MUST_CHECK int sidecar_set(struct hnode *n, const char *name, const void *value,
			   size_t len);

/* sidecar_forget - @n is gone for good. */
void sidecar_forget(struct hnode *n);

/* sidecar_type - the d_type of inode number @ino where the host's is wrong, 0
 * if it is right. */
uint8_t sidecar_type(struct hostfs *fs, uint64_t ino);
int sidecar_sync(struct hostfs *fs);
void sidecar_close(struct hostfs *fs);

/* --- the rest --- */
extern const struct inode_ops hostfs_dir_ops, hostfs_file_ops, hostfs_link_ops,
	hostfs_node_ops;
extern const struct file_ops hostfs_file_fops, hostfs_dir_fops;
extern const struct pagecache_ops hostfs_pages_ops;

/* file.c: hnode_writeback - dirty pages to the host, then mode and record,
 * then the times. */
MUST_CHECK int hnode_writeback(struct hnode *n);
MUST_CHECK int hnode_sync(struct hnode *n, bool data_only);
int hostfs_open(struct inode *i, struct file *f);

/* dir.c */
int hostfs_lookup(struct inode *dir, const char *name, size_t len,
		  struct inode **out);
bool hostfs_dentry_valid(struct inode *dir, const char *name, size_t len,
			 struct inode *known, uint64_t *stamp);
int hostfs_iterate(struct file *f, struct dir_sink *sink);

/* hidden_name - is @name in @dir not for the guest to see? */
bool hidden_name(const struct hnode *dir, const char *name);

/* A component as the hypercalls want it. */
struct hname {
	char s[HOSTFS_NAME_MAX + 1];
};
MUST_CHECK int hname_set(struct hname *to, const char *name, size_t len);

/* attr.c, xattr.c */
int hostfs_setattr(struct inode *i, const struct iattr *a);
int64_t hostfs_getxattr(struct inode *i, const char *name, void *buf, size_t n);
int hostfs_setxattr(struct inode *i, const char *name, const void *buf,
		    size_t n, int flags);
int64_t hostfs_listxattr(struct inode *i, char *buf, size_t n);
int hostfs_removexattr(struct inode *i, const char *name);

#endif /* FS_HOSTFS_INTERNAL_H */
