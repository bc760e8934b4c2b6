/* SPDX-License-Identifier: MIT */
/* fs/hostfs/super.c - one host directory or file as a file system. */
#include "base/block.h"
#include "base/log.h"
#include "base/slab.h"
#include "base/str.h"
#include "base/time.h"
#include "fs/hostfs/internal.h"
#include "include/abi/stat.h"
#include "mm/mm.h"

static struct list instances = LIST_INIT(instances);

static int
hostfs_statfs(struct super *sb, struct kstatfs *out)
{
	struct hostfs *fs = hostfs_of(sb);
	struct host_statfs st;
	int err;

	(void)host_close_all(false); /* that may free something */
	err = (int)HYPER2(HOST_STATFS, fs->root.n, &st);
	if (err)
		return err;
	*out = (struct kstatfs){
		.type = st.type,
		.bsize = st.bsize,
		.frsize = st.bsize,
		.blocks = st.blocks,
		.bfree = st.bfree,
		.bavail = st.bavail,
		.files = st.files,
		.ffree = st.ffree,
		.namelen = st.namelen,
		.fsid = sb->dev,
	};
	return 0;
}

/* Write back the dirty node at the head of the list. */
static int
writeback_first(struct hostfs *fs)
{
	struct hnode *n = LIST_FIRST(&fs->dirty, struct hnode, dirty);
	struct inode *i = n->i;
	int err;

	if (n->is_dying) {
		list_del(&n->dirty);
		return 0;
	}
	inode_get(i);
	hnode_writeback_later(n);
	err = n->wb_error;
	inode_put(i);
	return err;
}

/* Each node that is dirty now, once: one that stays so (a shared mapping)
 * goes to the end of the list. */
static int
hostfs_sync(struct super *sb, bool to_disk)
{
	struct hostfs *fs = hostfs_of(sb);
	uint64_t until = clock_monotonic_ns();
	int err = 0;

	hostfs_catch_up(fs);
	while (!list_empty(&fs->dirty) &&
	       LIST_FIRST(&fs->dirty, struct hnode, dirty)->dirty_ns < until) {
		int e = writeback_first(fs);

		err = err ? err : e;
	}
	if (to_disk) {
		int e = (int)io_run(IO_SYNCFS, fs->root, NULL, 0, 0);

		err = err ? err : e;
	}
	return err;
}

static uint64_t
writeback_old(struct hostfs *fs, uint64_t now)
{
	while (!list_empty(&fs->dirty)) {
		struct hnode *n = LIST_FIRST(&fs->dirty, struct hnode, dirty);
		uint64_t due = n->dirty_ns + DIRTY_MAX_NS;

		if (due > now)
			return due - now;
		(void)!writeback_first(fs);
	}
	return UINT64_MAX;
}

static struct super *
instance_after(struct list *at)
{
	if (at->next == &instances)
		return NULL;
	return super_get(LIST_ENTRY(at->next, struct hostfs, all)->sb);
}

uint64_t
hostfs_writeback(void)
{
	uint64_t now = clock_monotonic_ns(), next = closing_due(now);
	struct super *sb = instance_after(&instances), *after;

	/* Writing sleeps: the one we stand on is kept. */
	while (sb) {
		next = MIN(next, behind_due(hostfs_of(sb), now));
		next = MIN(next, writeback_old(hostfs_of(sb), now));
		after = instance_after(&hostfs_of(sb)->all);
		super_put(sb);
		sb = after;
	}
	return next;
}

void
hostfs_barrier(void)
{
	struct super *sb = instance_after(&instances), *after;

	while (sb) {
		hostfs_catch_up(hostfs_of(sb));
		after = instance_after(&hostfs_of(sb)->all);
		super_put(sb);
		sb = after;
	}
}

static void
hostfs_shutdown(struct super *sb)
{
	struct hostfs *fs = hostfs_of(sb);

	if (fs->nodes.count)
		log_warn("%s: %u inodes still in use", sb->source,
			 fs->nodes.count);
	sidecar_close(fs);
	HYPER1(HOST_CLOSE, fs->root.n);
	list_del(&fs->all);
	hash_fini(&fs->nodes);
	kfree(fs);
}

static const struct super_ops hostfs_super_ops = {
	.statfs = hostfs_statfs,
	.sync = hostfs_sync,
	.evict = hnode_evict,
	.dentry_valid = hostfs_dentry_valid,
	.shutdown = hostfs_shutdown,
};

static int
no_mount(const struct fs_type *type, const char *source, const char *data,
	 struct super **out)
{
	return -EPERM;
}

static struct fs_type hostfs_type = {
	.name = "hostfs",
	.mount = no_mount,
};

void
hostfs_init(uint32_t host_files)
{
	handles_init(host_files);
	host_room_hook = host_make_room;
	fs_register(&hostfs_type);
}

static int
hostfs_new(const struct hostfs_opts *o, struct hostfs **out)
{
	struct hostfs *fs = KNEW(struct hostfs);
	int err;

	if (!fs)
		return -ENOMEM;
	err = hash_init(&fs->nodes);
	if (err) {
		kfree(fs);
		return err;
	}
	fs->root = o->root;
	fs->is_file = o->is_file;
	fs->read_only = o->read_only;
	fs->euid = o->host_euid;
	fs->egid = o->host_egid;
	list_init(&fs->dirty);
	list_init(&fs->behind);
	mutex_init(&fs->dying);
	mutex_init(&fs->flushing);
	*out = fs;
	return 0;
}

int
hostfs_super(const struct hostfs_opts *o, struct super **out)
{
	struct super *sb;
	struct hostfs *fs;
	int err = hostfs_new(o, &fs);

	if (err)
		return err;
	err = super_new(&hostfs_type, &hostfs_super_ops, o->source, &sb);
	if (err) {
		hash_fini(&fs->nodes);
		kfree(fs);
		return err;
	}
	sb->priv = fs;
	sb->flags = SUPER_KEEPS | (o->read_only ? SUPER_RDONLY : 0);
	fs->sb = sb;
	list_append(&instances, &fs->all);
	err = hnode_root(fs, &sb->root);
	if (err)
		super_put(sb);
	else
		*out = sb;
	return err;
}
