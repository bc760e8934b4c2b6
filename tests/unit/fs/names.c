/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/names.c - making, moving and removing names; the cache. */
#include "tests/unit/fs/tree.h"

#include <stdio.h>

TestSuite(names, .init = tree_up, .fini = tree_down);

static uint32_t
nlink_of(const char *name)
{
	struct kstat k;
	struct path p;

	OK(path_lookup(&w, name, &p));
	OK(vfs_stat(&p, &k));
	path_put(&p);
	return (uint32_t)k.nlink;
}

Test(names, links_are_counted)
{
	struct path p;

	OK(vfs_mkdir(&w, "/d", 0755));
	IS(3, nlink_of("/"));
	OK(touch("/d/f", 0644));
	OK(path_lookup(&w, "/d/f", &p));
	OK(vfs_link(&w, &p, "/g"));
	IS(-EEXIST, vfs_link(&w, &p, "/g"));
	IS(2, nlink_of("/g"));
	OK(vfs_unlink(&w, "/d/f"));
	IS(1, nlink_of("/g"));
	OK(vfs_unlink(&w, "/g"));
	IS(-ENOENT, vfs_link(&w, &p, "/again"));
	path_put(&p);
	OK(path_lookup(&w, "/d", &p));
	IS(-EPERM, vfs_link(&w, &p, "/e"));
	path_put(&p);
	OK(vfs_rmdir(&w, "/d"));
	IS(2, nlink_of("/"));
}

Test(names, removal_minds_kinds)
{
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(touch("/d/f", 0644));
	IS(-EISDIR, vfs_unlink(&w, "/d"));
	IS(-ENOTDIR, vfs_rmdir(&w, "/d/f"));
	IS(-ENOTEMPTY, vfs_rmdir(&w, "/d"));
	IS(-EINVAL, vfs_rmdir(&w, "/d/."));
	IS(-ENOTEMPTY, vfs_rmdir(&w, "/d/.."));
	IS(-EBUSY, vfs_rmdir(&w, "/"));
	IS(-EISDIR, vfs_unlink(&w, "/"));
	IS(-ENOTDIR, vfs_unlink(&w, "/d/f/"));
	IS(-ENOENT, vfs_unlink(&w, "/d/none"));
	OK(vfs_unlink(&w, "/d/f"));
	OK(vfs_rmdir(&w, "/d/"));
}

Test(names, rename_replaces)
{
	int64_t a, d;

	OK(touch("/a", 0644));
	OK(touch("/b", 0644));
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(vfs_mkdir(&w, "/e", 0755));
	a = ino_of("/a");
	d = ino_of("/d");
	IS(-EEXIST, vfs_rename(&w, "/a", &w, "/b", LX_RENAME_NOREPLACE));
	OK(vfs_rename(&w, "/a", &w, "/b", 0));
	IS(a, ino_of("/b"));
	IS(-ENOENT, ino_of("/a"));
	IS(-EISDIR, vfs_rename(&w, "/b", &w, "/d", 0));
	IS(-ENOTDIR, vfs_rename(&w, "/d", &w, "/b", 0));
	IS(-ENOTDIR, vfs_rename(&w, "/b", &w, "/c/", 0));
	OK(vfs_rename(&w, "/d", &w, "/e", 0));
	IS(d, ino_of("/e"));
	OK(touch("/e/full", 0644));
	OK(vfs_mkdir(&w, "/d", 0755));
	IS(-ENOTEMPTY, vfs_rename(&w, "/d", &w, "/e", 0));
	IS(-EINVAL, vfs_rename(&w, "/e", &w, "/e/sub", 0));
	IS(-ENOTEMPTY, vfs_rename(&w, "/e/full", &w, "/e", 0));
	IS(-EBUSY, vfs_rename(&w, "/e/.", &w, "/x", 0));
	OK(vfs_rename(&w, "/b", &w, "/b", 0));
	OK(vfs_rename(&w, "/e", &w, "/d/inside", 0));
	IS(3, nlink_of("/d"));
	IS(d, ino_of("/d/inside/../inside"));
}

Test(names, rename_exchanges)
{
	int64_t f, d;

	OK(touch("/f", 0644));
	OK(vfs_mkdir(&w, "/p", 0755));
	OK(vfs_mkdir(&w, "/p/d", 0755));
	OK(touch("/p/d/in", 0644));
	f = ino_of("/f");
	d = ino_of("/p/d");
	IS(-ENOENT, vfs_rename(&w, "/f", &w, "/none", LX_RENAME_EXCHANGE));
	OK(vfs_rename(&w, "/f", &w, "/p/d", LX_RENAME_EXCHANGE));
	IS(d, ino_of("/f"));
	IS(f, ino_of("/p/d"));
	THERE("/f/in");
	SAME("/f/..", "/");
	IS(2, nlink_of("/p"));
	IS(-EINVAL, vfs_rename(&w, "/f", &w, "/f/in", LX_RENAME_EXCHANGE));
}

Test(names, sticky_directories)
{
	struct walk as = w;
	struct iattr own = {.valid = ATTR_UID, .uid = 99};
	struct path p;

	as.cred = &nobody;
	OK(vfs_mkdir(&w, "/tmp", 01777));
	OK(path_lookup(&w, "/tmp", &p));
	own.valid = ATTR_MODE;
	own.mode = 01777;
	OK(vfs_setattr(&p, &root_user, &own));
	path_put(&p);
	OK(touch("/tmp/roots", 0666));
	IS(-EPERM, vfs_unlink(&as, "/tmp/roots"));
	IS(-EPERM, vfs_rename(&as, "/tmp/roots", &as, "/tmp/x", 0));
	OK(vfs_mkdir(&as, "/tmp/mine", 0755));
	OK(vfs_rmdir(&as, "/tmp/mine"));
	IS(-EACCES, vfs_mkdir(&as, "/mine", 0755));
}

Test(names, an_open_file_outlives_its_name)
{
	struct file *f;
	char buf[64];

	OK(vfs_open(&w, "/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	IS(2, file_path(f, &w.fs->root, buf, sizeof buf));
	OK(vfs_unlink(&w, "/f"));
	IS(0, f->inode->nlink);
	(void)!file_path(f, &w.fs->root, buf, sizeof buf);
	cr_assert_str_eq(buf, "/f (deleted)");
	OK(touch("/f", 0600));
	file_put(f);
}

Test(names, unnamed_files_get_a_name_once)
{
	struct file *f;
	struct path p;

	OK(vfs_mkdir(&w, "/d", 0755));
	IS(-EINVAL, open_as(&root_user, "/d", LX_O_TMPFILE | LX_O_RDONLY));
	OK(vfs_open(&w, "/d", LX_O_TMPFILE | LX_O_RDWR, 0600, &f));
	IS(0, f->inode->nlink);
	OK(path_from_file(f, &p));
	OK(vfs_link(&w, &p, "/d/named"));
	IS(1, f->inode->nlink);
	OK(vfs_unlink(&w, "/d/named"));
	IS(-ENOENT, vfs_link(&w, &p, "/d/named"));
	path_put(&p);
	file_put(f);
	OK(vfs_open(&w, "/d", LX_O_TMPFILE | LX_O_RDWR | LX_O_EXCL, 0, &f));
	OK(path_from_file(f, &p));
	IS(-ENOENT, vfs_link(&w, &p, "/d/named"));
	path_put(&p);
	file_put(f);
}

Test(names, the_cache_is_bounded_and_forgets)
{
	char name[32];

	OK(vfs_mkdir(&w, "/d", 0755));
	for (int i = 0; i < 40000; i++) {
		snprintf(name, sizeof name, "/d/none%d", i);
		IS(-ENOENT, ino_of(name));
	}
	cr_assert_leq(dentry_shrink(100000), 33000);
	OK(touch("/d/none1", 0644));
	THERE("/d/none1");
	OK(vfs_unlink(&w, "/d/none1"));
	IS(-ENOENT, ino_of("/d/none1"));
	OK(vfs_rmdir(&w, "/d"));
}

Test(names, a_running_program_is_not_written)
{
	struct file *run, *f;

	OK(touch("/prog", 0755));
	OK(vfs_open(&w, "/prog", LX_O_RDONLY | VFS_OPEN_EXEC, 0, &run));
	IS(-ETXTBSY, open_as(&root_user, "/prog", LX_O_WRONLY));
	IS(-ETXTBSY, open_as(&root_user, "/prog", LX_O_TRUNC));
	OK(open_as(&root_user, "/prog", LX_O_RDONLY));
	file_put(run);
	OK(vfs_open(&w, "/prog", LX_O_WRONLY, 0, &f));
	IS(-ETXTBSY, open_as(&root_user, "/prog", VFS_OPEN_EXEC));
	file_put(f);
	OK(touch("/data", 0644));
	IS(-EACCES, open_as(&root_user, "/data", VFS_OPEN_EXEC));
}
