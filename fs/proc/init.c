/* SPDX-License-Identifier: MIT */
/* fs/proc/init.c - registering what this unit offers. */
#include "fs/proc/internal.h"
#include "fs/proc/proc.h"

const struct boot_params *proc_boot;

static int
mount_tree(const struct fs_type *type, const char *source,
	   const struct proc_tree *tree, struct super **out)
{
	struct super *sb;
	int err = super_new(type, &proc_super_ops, source, &sb);

	if (err)
		return err;
	sb->flags |= SUPER_NO_DCACHE;
	sb->priv = (void *)(uintptr_t)tree;
	err = proc_root(sb, tree);
	if (err) {
		super_put(sb);
		return err;
	}
	*out = sb;
	return 0;
}

/* hidepid= and gid= are taken and hide nothing: everybody sees all there is,
 * as where they are not given. */
static int
proc_mount(const struct fs_type *type, const char *source, const char *data,
	   struct super **out)
{
	(void)data;
	return mount_tree(type, source, &proc_root_tree, out);
}

static int
sysfs_mount(const struct fs_type *type, const char *source, const char *data,
	    struct super **out)
{
	(void)data;
	return mount_tree(type, source, &sysfs_tree, out);
}

static struct fs_type proc_type = {.name = "proc", .mount = proc_mount};
static struct fs_type sysfs_type = {.name = "sysfs", .mount = sysfs_mount};

void
proc_init(const struct boot_params *bp)
{
	proc_boot = bp;
	fs_register(&proc_type);
	fs_register(&sysfs_type);
}
