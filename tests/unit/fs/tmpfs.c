/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/tmpfs.c - contents, limits, directories, seals, attributes. */
#include "fs/dir.h"
#include "fs/xattr.h"
#include "tests/unit/fs/tree.h"

#include <stdio.h>
#include <stdlib.h>

TestSuite(tmpfs, .init = tree_up, .fini = tree_down);

static int64_t
put(struct file *f, const char *text, size_t n)
{
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_FROM_GUEST, (char *)(uintptr_t)text, n);
	err = file_write(f, &u);
	return u.moved ? (int64_t)u.moved : err;
}

static int64_t
get(struct file *f, char *buf, size_t n, uint64_t pos)
{
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_TO_GUEST, buf, n);
	err = file_pread(f, &u, pos);
	return err ? err : (int64_t)u.moved;
}

Test(tmpfs, keeps_bytes)
{
	char buf[16] = "";
	struct file *f;

	OK(vfs_open(&w, "/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	IS(5, put(f, "hello", 5));
	IS(10000, file_seek(f, 9995, LX_SEEK_CUR));
	IS(3, put(f, "far", 3));
	IS(6, get(f, buf, 8, 9997));
	IS(0, memcmp(buf, "\0\0\0far", 6));
	IS(0, get(f, buf, 8, 99997));
	IS(-EINVAL, file_seek(f, -1, LX_SEEK_SET));
	IS(10003, file_seek(f, 0, LX_SEEK_END));
	IS(4096, file_seek(f, 0, LX_SEEK_HOLE));
	IS(8192, file_seek(f, 4096, LX_SEEK_DATA));
	IS(-ENXIO, file_seek(f, 10003, LX_SEEK_DATA));
	OK(vfs_truncate_file(f, &root_user, 3));
	IS(3, get(f, buf, 8, 0));
	IS(-EINVAL, get(f, buf, 8, UINT64_MAX));
	file_put(f);
}

Test(tmpfs, appends)
{
	struct file *f, *g;
	char buf[8] = "";

	OK(vfs_open(&w, "/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	OK(vfs_open(&w, "/f", LX_O_WRONLY | LX_O_APPEND, 0, &g));
	IS(2, put(f, "ab", 2));
	IS(2, put(g, "cd", 2));
	IS(1, put(f, "C", 1));
	IS(1, put(g, "e", 1));
	IS(5, get(f, buf, 8, 0));
	cr_assert_str_eq(buf, "abCde");
	IS(-EBADF, get(g, buf, 8, 0));
	file_put(f);
	file_put(g);
}

static struct super *
mount_small(const char *options)
{
	struct super *sb;
	struct path at;

	OK(vfs_mkdir(&w, "/small", 0755));
	OK(path_lookup(&w, "/small", &at));
	OK(tmpfs_super("small", options, &sb));
	OK(mount_at(sb, &at, 0));
	super_put(sb);
	path_put(&at);
	return sb;
}

Test(tmpfs, size_is_a_limit)
{
	static char page[4 * PAGE_SIZE];
	struct super *sb = mount_small("size=12k,nr_inodes=3,mode=700");
	struct kstatfs k = {0};
	struct file *f;

	OK(vfs_open(&w, "/small/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	IS(3 * PAGE_SIZE, put(f, page, sizeof page));
	IS(-ENOSPC, put(f, page, 1));
	OK(sb->ops->statfs(sb, &k));
	IS(3, k.blocks);
	IS(0, k.bfree);
	IS(0, file_seek(f, 0, LX_SEEK_SET));
	IS(PAGE_SIZE, put(f, page, PAGE_SIZE)); /* already there */
	OK(vfs_truncate_file(f, &root_user, 1));
	OK(sb->ops->statfs(sb, &k));
	IS(2, k.bfree);
	IS(-ENOSPC, vfs_fallocate(f, &root_user, 0, 0, 16384));
	OK(vfs_fallocate(f, &root_user, 0, 0, 12288));
	OK(touch("/small/g", 0600));
	IS(-ENOSPC, touch("/small/h", 0600));
	file_put(f);
	OK(vfs_unlink(&w, "/small/f"));
	while (dentry_shrink(10))
		;
	OK(sb->ops->statfs(sb, &k));
	IS(3, k.bfree);
	OK(touch("/small/h", 0600));
}

Test(tmpfs, options_are_checked)
{
	struct super *sb;

	IS(-EINVAL, tmpfs_super("x", "size=12q", &sb));
	IS(-EINVAL, tmpfs_super("x", "nonsense", &sb));
	IS(-EINVAL, tmpfs_super("x", "mode=9", &sb));
	IS(-EINVAL, tmpfs_super("x", "size=", &sb));
	OK(tmpfs_super("x", "size=50%,uid=5,gid=6,mode=1777,huge=never", &sb));
	IS(5, sb->root->uid);
	super_put(sb);
}

struct counted {
	struct dir_sink sink;
	int room, n;
	char last[16];
};

static int
count_emit(struct dir_sink *s, const char *name, size_t len, uint64_t ino,
	   uint8_t type, uint64_t next)
{
	struct counted *c = CONTAINER_OF(s, struct counted, sink);

	if (c->n == c->room)
		return -ENOSPC;
	c->n++;
	snprintf(c->last, sizeof c->last, "%.*s", (int)len, name);
	return 0;
}

/* Every name that stays is seen once, whatever comes and goes meanwhile. */
Test(tmpfs, readdir_goes_on_where_it_was)
{
	struct counted c = {.sink = {.emit = count_emit}, .room = 1};
	struct file *f;
	char name[32];
	bool seen[100] = {0};

	OK(vfs_mkdir(&w, "/d", 0755));
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof name, "/d/%d", i);
		OK(touch(name, 0644));
	}
	OK(vfs_open(&w, "/d", LX_O_RDONLY | LX_O_DIRECTORY, 0, &f));
	for (int i = 0;; i++) {
		c.n = 0;
		OK(file_iterate(f, &c.sink));
		if (!c.n)
			break;
		if (i == 0)
			cr_assert_str_eq(c.last, ".");
		if (i < 2)
			continue;
		cr_assert(!seen[atoi(c.last)]);
		seen[atoi(c.last)] = true;
		snprintf(name, sizeof name, "/d/%s", c.last);
		OK(vfs_unlink(&w, name));
	}
	for (int i = 0; i < 100; i++)
		cr_assert(seen[i]);
	IS(0, file_seek(f, 0, LX_SEEK_SET));
	c.n = 0;
	c.room = 1000;
	OK(file_iterate(f, &c.sink));
	IS(2, c.n);
	OK(vfs_rmdir(&w, "/d"));
	IS(-ENOENT, file_iterate(f, &c.sink));
	file_put(f);
}

Test(tmpfs, a_deep_tree_goes_at_once)
{
	struct path p;

	mount_small("nr_inodes=0");
	OK(path_lookup(&w, "/small", &p));
	for (int i = 0; i < 20000; i++) {
		struct walk at = w;

		at.start = p;
		OK(vfs_mkdir(&at, "d", 0755));
		OK(path_lookup(&at, "d", &at.start));
		path_put(&p);
		p = at.start;
	}
	path_put(&p);
	OK(mount_undo(&w, "/small", 0));
}

Test(tmpfs, seals_hold)
{
	struct file *f;
	char buf[32];

	OK(tmpfs_memfd("x", 0, 0777, &root_user, &f));
	(void)!file_path(f, &w.fs->root, buf, sizeof buf);
	cr_assert_str_eq(buf, "/memfd:x (deleted)");
	IS(5, put(f, "hello", 5));
	IS(0, memfd_seals(f));
	OK(memfd_add_seals(f, LX_F_SEAL_GROW | LX_F_SEAL_SHRINK));
	IS(-EPERM, put(f, "more", 4));
	IS(-EPERM, vfs_truncate_file(f, &root_user, 1));
	IS(-EPERM, vfs_truncate_file(f, &root_user, 100));
	IS(0, file_seek(f, 0, LX_SEEK_SET));
	IS(5, put(f, "HELLO", 5));
	f->inode->map_writers = 1;
	IS(-EBUSY, memfd_add_seals(f, LX_F_SEAL_WRITE));
	f->inode->map_writers = 0;
	OK(memfd_add_seals(f, LX_F_SEAL_WRITE | LX_F_SEAL_SEAL));
	IS(0, file_seek(f, 0, LX_SEEK_SET));
	IS(-EPERM, put(f, "x", 1));
	IS(-EPERM, memfd_add_seals(f, LX_F_SEAL_GROW));
	file_put(f);
	OK(vfs_open(&w, "/f", LX_O_CREAT | LX_O_RDWR, 0600, &f));
	IS(-EINVAL, memfd_seals(f));
	file_put(f);
}

Test(tmpfs, owners_and_modes)
{
	struct iattr a = {.valid = ATTR_MODE, .mode = 06755};
	struct path p;

	OK(touch("/f", 0644));
	OK(path_lookup(&w, "/f", &p));
	OK(vfs_setattr(&p, &root_user, &a));
	IS(06755, p.dentry->inode->mode & 07777);
	a = (struct iattr){.valid = ATTR_UID | ATTR_KILL_PRIV, .uid = 99};
	OK(vfs_setattr(&p, &root_user, &a));
	IS(0755, p.dentry->inode->mode & 07777);
	/* Its owner, but in no such group. */
	a = (struct iattr){.valid = ATTR_MODE, .mode = 02755};
	OK(vfs_setattr(&p, &nobody, &a));
	IS(0755, p.dentry->inode->mode & 07777);
	a = (struct iattr){.valid = ATTR_GID, .gid = 5};
	IS(-EPERM, vfs_setattr(&p, &nobody, &a));
	a = (struct iattr){.valid = ATTR_GID, .gid = 99};
	OK(vfs_setattr(&p, &nobody, &a));
	a = (struct iattr){.valid = ATTR_UID, .uid = 0};
	IS(-EPERM, vfs_setattr(&p, &nobody, &a));
	path_put(&p);
	OK(touch("/roots", 0644));
	OK(path_lookup(&w, "/roots", &p));
	a = (struct iattr){.valid = ATTR_MODE};
	IS(-EPERM, vfs_setattr(&p, &nobody, &a));
	a = (struct iattr){.valid = ATTR_MTIME};
	IS(-EACCES, vfs_setattr(&p, &nobody, &a));
	a = (struct iattr){.valid = ATTR_MTIME | ATTR_TIMES_SET};
	IS(-EPERM, vfs_setattr(&p, &nobody, &a));
	path_put(&p);
}

Test(tmpfs, extended_attributes)
{
	char buf[64];
	struct path p;

	OK(touch("/f", 0666));
	OK(path_lookup(&w, "/f", &p));
	OK(vfs_setxattr(&p, &nobody, "user.a", "one", 3, 0));
	IS(-EEXIST, vfs_setxattr(&p, &nobody, "user.a", "x", 1, 1));
	IS(-ENODATA, vfs_setxattr(&p, &nobody, "user.b", "x", 1, 2));
	IS(-EPERM, vfs_setxattr(&p, &nobody, "trusted.a", "x", 1, 0));
	IS(-EPERM, vfs_setxattr(&p, &nobody, "security.a", "x", 1, 0));
	IS(-EOPNOTSUPP,
	   vfs_setxattr(&p, &root_user, "system.posix_acl_access", "x", 1, 0));
	IS(-EOPNOTSUPP, vfs_setxattr(&p, &root_user, "other", "x", 1, 0));
	IS(-E2BIG, vfs_setxattr(&p, &root_user, "user.big", buf, 70000, 0));
	OK(vfs_setxattr(&p, &root_user, "trusted.a", "two!", 4, 0));
	IS(3, vfs_getxattr(&p, &nobody, "user.a", NULL, 0));
	IS(-ERANGE, vfs_getxattr(&p, &nobody, "user.a", buf, 2));
	IS(3, vfs_getxattr(&p, &nobody, "user.a", buf, 3));
	IS(-ENODATA, vfs_getxattr(&p, &nobody, "trusted.a", buf, 9));
	IS(7 + 10, vfs_listxattr(&p, &root_user, NULL, 0));
	IS(7, vfs_listxattr(&p, &nobody, buf, sizeof buf));
	cr_assert_str_eq(buf, "user.a");
	OK(vfs_removexattr(&p, &nobody, "user.a"));
	IS(-ENODATA, vfs_removexattr(&p, &nobody, "user.a"));
	path_put(&p);
}
