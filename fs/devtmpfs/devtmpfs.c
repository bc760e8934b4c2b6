/* SPDX-License-Identifier: MIT */
/*
 * fs/devtmpfs/devtmpfs.c - /dev, filled from the registries of devices when it
 * is first mounted.  There is one; every mount shows it.
 */
#include "fs/devtmpfs/devtmpfs.h"

#include "fs/bdev.h"
#include "fs/chrdev.h"
#include "fs/internal_mount.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/stat.h"

static struct super *dev;

static int
add_chrdevs(struct inode *root)
{
	struct chrdev *c;

	for (c = chrdev_first(); c; c = c->next) {
		struct inode_new as = {
			.mode = (c->mode ? c->mode : 0600) | LX_S_IFCHR,
			.gid = c->gid,
			.rdev = dev_make(c->major, c->minor),
		};
		int err;

		if (c->count != 1)
			continue;
		err = tmpfs_node(root, c->name, &as, NULL, NULL);
		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int
add_bdevs(struct inode *root)
{
	struct bdev *b;

	for (b = bdev_first(); b; b = b->next) {
		struct inode_new as = {
			.mode = 0660 | LX_S_IFBLK,
			.gid = 6, /* "disk" on every distribution */
			.rdev = dev_make(b->major, b->minor),
		};
		int err = tmpfs_node(root, b->name, &as, NULL, NULL);

		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

/* What an init script makes of a bare devtmpfs, and programs expect. */
static int
add_customs(struct inode *root)
{
	static const struct {
		const char *name, *target;
		uint32_t mode;
	} custom[] = {
		{"fd", "/proc/self/fd", LX_S_IFLNK | 0777},
		{"stdin", "/proc/self/fd/0", LX_S_IFLNK | 0777},
		{"stdout", "/proc/self/fd/1", LX_S_IFLNK | 0777},
		{"stderr", "/proc/self/fd/2", LX_S_IFLNK | 0777},
		{"pts", NULL, LX_S_IFDIR | 0755},
		{"shm", NULL, LX_S_IFDIR | 01777},
	};

	for (size_t i = 0; i < ARRAY_LEN(custom); i++) {
		struct inode_new as = {.mode = custom[i].mode};
		int err = tmpfs_node(root, custom[i].name, &as,
				     custom[i].target, NULL);

		if (err && err != -EEXIST)
			return err;
	}
	return 0;
}

static int
devtmpfs_mount(const struct fs_type *type, const char *source, const char *data,
	       struct super **out)
{
	struct super *sb = dev;
	struct mount *keep;
	int err = 0;

	(void)data;
	if (!sb) {
		err = tmpfs_super(source, "mode=0755", &sb);
		if (err)
			return err;
		sb->type = type;
		err = super_mount(sb, 0, &keep);
		super_put(sb);
		if (err)
			return err;
		mount_hide(keep);
		dev = sb;
		err = add_customs(sb->root);
	}
	if (!err)
		err = add_chrdevs(sb->root);
	if (!err)
		err = add_bdevs(sb->root);
	if (err)
		return err;
	*out = super_get(sb);
	return 0;
}

static struct fs_type devtmpfs_type = {
	.name = "devtmpfs",
	.mount = devtmpfs_mount,
};

void
devtmpfs_init(void)
{
	fs_register(&devtmpfs_type);
}
