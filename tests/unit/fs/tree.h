/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/tree.h - a tmpfs root to test on, and short words for what
 * tests do there.  Results are 0 or -errno. */
#ifndef TESTS_UNIT_FS_TREE_H
#define TESTS_UNIT_FS_TREE_H

#include "base/cred.h"
#include "fs/dentry.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "fs/tmpfs/tmpfs.h"
#include "include/abi/fcntl.h"
#include "include/abi/mount.h"
#include "include/abi/stat.h"
#include "mm/uio.h"
#include "tests/unit/fake_machine.h"

#include <criterion/criterion.h>
#include <string.h>

static struct cred root_user = {.cap_effective = ~0ull};
static __attribute__((unused)) struct cred nobody = {.uid = 99,
						     .euid = 99,
						     .fsuid = 99,
						     .suid = 99,
						     .gid = 99,
						     .egid = 99,
						     .fsgid = 99,
						     .sgid = 99};
static struct walk w = {.cred = &root_user};

static inline void
tree_up(void)
{
	struct path top = {0};
	struct super *sb;

	fs_init();
	cr_assert_eq(tmpfs_super("root", "mode=755", &sb), 0);
	cr_assert_eq(mount_root(sb, 0, &top.mnt), 0);
	super_put(sb);
	top.dentry = top.mnt->root;
	cr_assert_eq(fs_ctx_new(&w.fs), 0);
	fs_set_root(w.fs, &top);
	fs_set_cwd(w.fs, &top);
	mount_put(top.mnt); /* the tree has its own */
	w.fs->umask = 0;
}

/* Nothing may be left: inodes, mounts, supers (ASan would tell, too). */
static inline void
tree_down(void)
{
	fs_ctx_put(w.fs);
	mount_sync_all();
	while (dentry_shrink(1000))
		;
	cr_assert_eq(file_count(), 0);
	cr_assert_eq(ref_report(), 0, "references are left\n%s",
		     fake_machine.log);
}

static inline int
touch(const char *name, uint32_t mode)
{
	struct file *f;
	int err = vfs_open(&w, name, LX_O_CREAT | LX_O_WRONLY | LX_O_EXCL, mode,
			   &f);

	if (!err)
		file_put(f);
	return err;
}

static inline int
open_as(const struct cred *c, const char *name, uint32_t flags)
{
	struct walk as = w;
	struct file *f;
	int err;

	as.cred = c;
	err = vfs_open(&as, name, flags, 0600, &f);
	if (!err)
		file_put(f);
	return err;
}

/* Is @name there?  Its inode number, or -errno; links are followed. */
static inline int64_t
ino_of(const char *name)
{
	struct walk follow = w;
	struct path p;
	int64_t ino;
	int err;

	follow.flags = WALK_FOLLOW;
	err = path_lookup(&follow, name, &p);
	if (err)
		return err;
	ino = (int64_t)p.dentry->inode->ino;
	path_put(&p);
	return ino;
}

/* What the kernel said on the way is shown with a failure. */
#define OK(call)       cr_assert_eq(call, 0, "%s\n%s", #call, fake_machine.log)
#define IS(want, call) cr_assert_eq((int64_t)(call), (int64_t)(want))
#define THERE(name)    cr_assert_gt(ino_of(name), 0)
#define SAME(a, b)     cr_assert(ino_of(a) > 0 && ino_of(a) == ino_of(b))

#endif /* TESTS_UNIT_FS_TREE_H */
