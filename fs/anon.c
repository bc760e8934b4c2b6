/* SPDX-License-Identifier: MIT */
/*
 * fs/anon.c - the pseudo file systems behind nameless files.  Each is made on
 * first use and never goes away.
 */
#include "fs/anon.h"

#include "base/str.h"
#include "fs/inode.h"

#define PIPEFS_MAGIC	 0x50495045
#define SOCKFS_MAGIC	 0x534f434b
#define ANON_INODE_MAGIC 0x09041934

static const uint64_t magic[ANON_KINDS] = {
	[ANON_INODEFS] = ANON_INODE_MAGIC,
	[ANON_PIPEFS] = PIPEFS_MAGIC,
	[ANON_SOCKFS] = SOCKFS_MAGIC,
};

static const struct fs_type type[ANON_KINDS] = {
	[ANON_INODEFS] = {.name = "anon_inodefs"},
	[ANON_PIPEFS] = {.name = "pipefs"},
	[ANON_SOCKFS] = {.name = "sockfs"},
};

static struct super *super[ANON_KINDS];
static struct inode *shared_inode;
static uint64_t last_ino;

static int
anon_statfs(struct super *sb, struct kstatfs *out)
{
	for (int i = 0; i < ANON_KINDS; i++)
		if (sb == super[i])
			out->type = magic[i];
	out->bsize = out->frsize = PAGE_SIZE;
	out->namelen = 255;
	return 0;
}

static const struct super_ops anon_super_ops = {
	.statfs = anon_statfs,
};

/* Only times and mode of such inodes can change, and only in memory. */
static int
anon_setattr(struct inode *i, const struct iattr *a)
{
	if (a->valid & ATTR_MODE)
		i->mode = (i->mode & 0170000) | (a->mode & 07777);
	if (a->valid & ATTR_UID)
		i->uid = a->uid;
	if (a->valid & ATTR_GID)
		i->gid = a->gid;
	if (a->valid & ATTR_ATIME)
		i->atime_ns = a->atime_ns;
	if (a->valid & ATTR_MTIME)
		i->mtime_ns = a->mtime_ns;
	if (a->valid & ATTR_CTIME)
		i->ctime_ns = a->ctime_ns;
	return 0;
}

static const struct inode_ops anon_inode_ops = {
	.setattr = anon_setattr,
};

int
anon_inode_new(enum anon_fs fs, uint32_t mode, uint32_t uid, uint32_t gid,
	       struct inode **out)
{
	struct inode *i;
	int err;

	if (!super[fs]) {
		err = super_new(&type[fs], &anon_super_ops, type[fs].name,
				&super[fs]);
		if (err)
			return err;
	}
	err = inode_new(super[fs], ++last_ino, mode, &i);
	if (err)
		return err;
	i->uid = uid;
	i->gid = gid;
	i->ops = &anon_inode_ops;
	*out = i;
	return 0;
}

int
anon_file_new(const struct file_ops *ops, uint32_t flags, const char *name,
	      struct file **out)
{
	int err;

	if (!shared_inode) {
		err = anon_inode_new(ANON_INODEFS, 0600, 0, 0, &shared_inode);
		if (err)
			return err;
	}
	err = file_new(ops, flags, out);
	if (err)
		return err;
	(*out)->inode = inode_get(shared_inode);
	str_format((*out)->label, sizeof((*out)->label), "anon_inode:%s", name);
	return 0;
}

int
anon_file_on(struct inode *i, const struct file_ops *ops, uint32_t flags,
	     const char *prefix, struct file **out)
{
	int err = file_new(ops, flags, out);

	if (err)
		return err;
	(*out)->inode = inode_get(i);
	str_format((*out)->label, sizeof((*out)->label), "%s:[%llu]", prefix,
		   (unsigned long long)i->ino);
	return 0;
}
