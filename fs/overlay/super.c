/* SPDX-License-Identifier: MIT */
/* fs/overlay/super.c - the two layers as one file system. */
#include "base/slab.h"
#include "fs/overlay/internal.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/stat.h"

#define OVERLAYFS_MAGIC 0x794c7630

static int
ovl_statfs(struct super *sb, struct kstatfs *out)
{
	struct super *upper = ovl_of(sb)->upper;
	int err = upper->ops->statfs(upper, out);

	out->type = OVERLAYFS_MAGIC;
	out->fsid = sb->dev;
	return err;
}

static void
ovl_shutdown(struct super *sb)
{
	struct ovl *o = ovl_of(sb);

	origin_drop_all(o);
	super_put(o->upper);
	super_put(o->lower);
	hash_fini(&o->nodes);
	hash_fini(&o->origins);
	kfree(o);
}

static const struct super_ops ovl_super_ops = {
	.statfs = ovl_statfs,
	.evict = onode_evict,
	.shutdown = ovl_shutdown,
};

static int
no_mount(const struct fs_type *type, const char *source, const char *data,
	 struct super **out)
{
	(void)type, (void)source, (void)data, (void)out;
	return -EPERM;
}

static struct fs_type ovl_type = {.name = "overlay", .mount = no_mount};

static int
ovl_root(struct ovl *o, struct inode **out)
{
	struct inode *lower = inode_get(o->lower->root);
	struct inode *upper = inode_get(o->upper->root);
	struct iattr a = {
		.valid = ATTR_MODE | ATTR_UID | ATTR_GID,
		.mode = lower->mode,
		.uid = lower->uid,
		.gid = lower->gid,
	};

	inode_set_attrs(upper, &a);
	return onode_get(o, NULL, "", lower, upper, out);
}

int
overlay_super(struct super *lower, struct super **out)
{
	struct ovl *o = KNEW(struct ovl);
	int err;

	if (!o)
		return -ENOMEM;
	list_init(&o->all_origins);
	err = hash_init(&o->nodes);
	if (!err)
		err = hash_init(&o->origins);
	if (!err)
		err = tmpfs_super("overlay", NULL, &o->upper);
	if (!err)
		err = super_new(&ovl_type, &ovl_super_ops, lower->source,
				&o->sb);
	if (err) {
		super_put(o->upper);
		if (o->nodes.bucket)
			hash_fini(&o->nodes);
		if (o->origins.bucket)
			hash_fini(&o->origins);
		kfree(o);
		return err;
	}
	fs_register(&ovl_type);
	o->lower = super_get(lower);
	o->sb->priv = o;
	err = ovl_root(o, &o->sb->root);
	if (err)
		super_put(o->sb);
	else
		*out = o->sb;
	return err;
}
