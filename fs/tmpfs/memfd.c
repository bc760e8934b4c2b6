/* SPDX-License-Identifier: MIT */
/*
 * fs/tmpfs/memfd.c - memfd_create(2): files of a tmpfs that is mounted
 * nowhere, and their seals.
 */
#include "base/cred.h"
#include "base/str.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "fs/tmpfs/internal.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

#define ALL_SEALS                                                              \
	(LX_F_SEAL_SEAL | LX_F_SEAL_SHRINK | LX_F_SEAL_GROW |                  \
	 LX_F_SEAL_WRITE | LX_F_SEAL_FUTURE_WRITE | LX_F_SEAL_EXEC)

static struct mount *shm;

/* Made on first use, never goes away. */
static int
shm_mount(void)
{
	struct dentry *root;
	struct super *sb;
	int err;

	if (shm)
		return 0;
	err = tmpfs_super("memfd", "size=0,nr_inodes=0", &sb);
	if (err)
		return err;
	err = dentry_root(sb->root, &root);
	if (!err) {
		err = mount_new(sb, root, 0, &shm);
		if (!err)
			mount_hide(shm);
		dentry_put(root);
	}
	super_put(sb);
	return err;
}

int
tmpfs_memfd(const char *name, uint32_t seals, uint32_t mode,
	    const struct cred *c, struct file **out)
{
	struct inode_new as = {
		.mode = mode | LX_S_IFREG, .uid = c->fsuid, .gid = c->fsgid};
	AUTO_PATH at = {0};
	struct inode *i;
	struct file *f;
	char label[256];
	int err = shm_mount();

	if (err)
		return err;
	err = tmpfs_inode_new(shm->sb, &as, &i);
	if (err)
		return err;
	i->nlink = 0;
	i->seals = seals;
	i->is_sealable = true;
	str_format(label, sizeof(label), "memfd:%s", name);
	err = dentry_nameless(shm->root, label, i, &at.dentry);
	inode_put(i);
	if (err)
		return err;
	at.mnt = mount_get(shm);
	err = file_new(&tmpfs_fops, LX_O_RDWR | LX_O_LARGEFILE, &f);
	if (err)
		return err;
	/* Linux: it does not count as a writer, so that it can be executed. */
	f->path = at;
	path_get(&f->path);
	f->inode = inode_get(i);
	*out = f;
	return 0;
}

static bool
is_sealable(const struct file *f)
{
	return f->inode && f->inode->is_sealable;
}

int
memfd_seals(struct file *f)
{
	return is_sealable(f) ? (int)f->inode->seals : -EINVAL;
}

int
memfd_add_seals(struct file *f, uint32_t seals)
{
	struct inode *i = f->inode;

	if (!is_sealable(f))
		return -EINVAL;
	if (!file_may_write(f))
		return -EPERM;
	if (seals & ~(uint32_t)ALL_SEALS)
		return -EINVAL;
	if (i->seals & LX_F_SEAL_SEAL)
		return -EPERM;
	if ((seals & LX_F_SEAL_WRITE) && !(i->seals & LX_F_SEAL_WRITE) &&
	    i->map_writers > 0)
		return -EBUSY;
	/* Linux: what may not become executable may not be written either. */
	if ((seals & LX_F_SEAL_EXEC) && (i->mode & 0111))
		seals |= LX_F_SEAL_SHRINK | LX_F_SEAL_GROW | LX_F_SEAL_WRITE |
			 LX_F_SEAL_FUTURE_WRITE;
	i->seals |= seals;
	return 0;
}
