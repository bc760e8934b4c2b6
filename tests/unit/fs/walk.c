/* SPDX-License-Identifier: MIT */
/* tests/unit/fs/walk.c - path_resolution(7) and openat2(2)'s restrictions. */
#include "tests/unit/fs/tree.h"

#include <stdio.h>
#include <stdlib.h>

#define NAME_LIMIT 255

TestSuite(walk, .init = tree_up, .fini = tree_down);

static int
lookup(const char *start, const char *name, uint32_t resolve)
{
	struct walk at = w;
	struct path p;
	int err;

	at.flags = WALK_FOLLOW;
	if (start) {
		OK(path_lookup(&w, start, &at.start));
		at.resolve = resolve;
	}
	err = path_lookup(&at, name, &p);
	if (!err)
		path_put(&p);
	path_put(&at.start);
	return err;
}

Test(walk, dots_and_slashes)
{
	OK(vfs_mkdir(&w, "/a", 0755));
	OK(vfs_mkdir(&w, "/a/b/", 0755));
	OK(touch("/a/b/f", 0644));
	SAME("/a/b", "//a//./b/");
	SAME("/a", "/a/b/..");
	SAME("/", "/../../..");
	SAME("/a/b/f", "a/../a/b/./f");
	IS(-ENOTDIR, ino_of("/a/b/f/"));
	IS(-ENOTDIR, ino_of("/a/b/f/."));
	IS(-ENOTDIR, ino_of("/a/b/f/.."));
	IS(-ENOENT, ino_of("/a/x/.."));
	IS(-ENOENT, ino_of(""));
}

Test(walk, long_names)
{
	char name[NAME_LIMIT + 3] = "/";

	memset(name + 1, 'n', NAME_LIMIT);
	OK(touch(name, 0644));
	THERE(name);
	name[NAME_LIMIT + 1] = 'n';
	IS(-ENAMETOOLONG, ino_of(name));
	IS(-ENAMETOOLONG, touch(name, 0644));
	IS(-ENAMETOOLONG, vfs_unlink(&w, name));
}

Test(walk, symlinks)
{
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(touch("/d/f", 0644));
	OK(vfs_symlink(&w, "d", "/l"));
	OK(vfs_symlink(&w, "/l/f", "/m"));
	OK(vfs_symlink(&w, "../m", "/d/up"));
	OK(vfs_symlink(&w, "d/", "/slashed"));
	OK(vfs_symlink(&w, "/", "/top"));
	OK(vfs_symlink(&w, "d/f/", "/wrong"));
	SAME("/m", "/d/f");
	SAME("/l/up", "/d/f");
	SAME("/top/top/l/../d/f", "/d/f");
	SAME("/slashed/f", "/d/f");
	SAME("/slashed", "/d");
	IS(-ENOTDIR, ino_of("/wrong"));
	IS(-ENOTDIR, ino_of("/m/"));
	OK(vfs_symlink(&w, "nowhere", "/dangling"));
	IS(-ENOENT, ino_of("/dangling"));
	IS(-EEXIST, vfs_mkdir(&w, "/dangling", 0755));
	IS(-ELOOP, open_as(&root_user, "/l", LX_O_NOFOLLOW));
	IS(-ELOOP, open_as(&root_user, "/m", LX_O_NOFOLLOW));
	OK(open_as(&root_user, "/m", LX_O_NOFOLLOW | LX_O_PATH));
}

Test(walk, forty_links_and_no_more)
{
	char name[16], target[16];

	OK(touch("/l0", 0644));
	for (int i = 1; i <= 41; i++) {
		snprintf(name, sizeof name, "/l%d", i);
		snprintf(target, sizeof target, "l%d", i - 1);
		OK(vfs_symlink(&w, target, name));
	}
	SAME("/l40", "/l0");
	IS(-ELOOP, ino_of("/l41"));
	OK(vfs_symlink(&w, "self/x", "/self"));
	IS(-ELOOP, ino_of("/self"));
	IS(-ELOOP, ino_of("/self/y"));
}

Test(walk, creating_through_a_link)
{
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(vfs_symlink(&w, "d/new", "/l"));
	IS(-EEXIST,
	   open_as(&root_user, "/l", LX_O_CREAT | LX_O_EXCL | LX_O_RDWR));
	OK(open_as(&root_user, "/l", LX_O_CREAT | LX_O_RDWR));
	SAME("/d/new", "/l");
	IS(-EISDIR, open_as(&root_user, "/d/x/", LX_O_CREAT | LX_O_RDWR));
	IS(-EISDIR, open_as(&root_user, "/d", LX_O_CREAT | LX_O_RDONLY));
	IS(-EISDIR, open_as(&root_user, "/d", LX_O_WRONLY));
	IS(-EINVAL, open_as(&root_user, "/d", LX_O_CREAT | LX_O_DIRECTORY));
}

Test(walk, searching_needs_a_right)
{
	struct walk as = w;
	struct path p;

	OK(vfs_mkdir(&w, "/private", 0700));
	OK(touch("/private/f", 0666));
	as.cred = &nobody;
	IS(-EACCES, path_lookup(&as, "/private/f", &p));
	IS(-EACCES, path_lookup(&as, "/private/.", &p));
	OK(path_lookup(&as, "/private", &p));
	path_put(&p);
	IS(-EACCES, open_as(&nobody, "/private", LX_O_RDONLY));
}

Test(walk, chroot_is_a_ceiling)
{
	struct path jail;

	OK(vfs_mkdir(&w, "/jail", 0755));
	OK(touch("/outside", 0644));
	OK(vfs_symlink(&w, "/outside", "/jail/abs"));
	OK(vfs_symlink(&w, "../../outside", "/jail/rel"));
	OK(path_lookup(&w, "/jail", &jail));
	fs_set_root(w.fs, &jail);
	fs_set_cwd(w.fs, &jail);
	IS(-ENOENT, ino_of("/abs"));
	IS(-ENOENT, ino_of("rel"));
	SAME("/", "../../..");
	path_put(&jail);
}

Test(walk, resolve_beneath)
{
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(vfs_mkdir(&w, "/d/e", 0755));
	OK(touch("/d/f", 0644));
	OK(vfs_symlink(&w, "/d/f", "/d/abs"));
	OK(vfs_symlink(&w, "../../d/f", "/d/e/out"));
	OK(vfs_symlink(&w, "../f", "/d/e/in"));
	OK(lookup("/d", "e/in", LX_RESOLVE_BENEATH));
	OK(lookup("/d", "e/..", LX_RESOLVE_BENEATH));
	IS(-EXDEV, lookup("/d", "..", LX_RESOLVE_BENEATH));
	IS(-EXDEV, lookup("/d", "e/../..", LX_RESOLVE_BENEATH));
	IS(-EXDEV, lookup("/d", "/d/f", LX_RESOLVE_BENEATH));
	IS(-EXDEV, lookup("/d", "abs", LX_RESOLVE_BENEATH));
	IS(-EXDEV, lookup("/d", "e/out", LX_RESOLVE_BENEATH));
}

Test(walk, resolve_in_root)
{
	OK(vfs_mkdir(&w, "/d", 0755));
	OK(touch("/d/f", 0644));
	OK(touch("/g", 0644));
	OK(vfs_symlink(&w, "/f", "/d/abs"));
	OK(lookup("/d", "/f", LX_RESOLVE_IN_ROOT));
	OK(lookup("/d", "abs", LX_RESOLVE_IN_ROOT));
	OK(lookup("/d", "../../f", LX_RESOLVE_IN_ROOT));
	IS(-ENOENT, lookup("/d", "../g", LX_RESOLVE_IN_ROOT));
	IS(-ELOOP, lookup("/d", "abs", LX_RESOLVE_NO_SYMLINKS));
	IS(-EAGAIN, lookup("/d", "never", LX_RESOLVE_CACHED));
	OK(lookup("/d", "f", LX_RESOLVE_CACHED));
}

Test(walk, mounts)
{
	struct super *sb;
	struct path at;

	OK(vfs_mkdir(&w, "/m", 0755));
	OK(touch("/m/hidden", 0644));
	OK(path_lookup(&w, "/m", &at));
	OK(tmpfs_super("second", NULL, &sb));
	OK(mount_at(sb, &at, 0));
	super_put(sb);
	path_put(&at);
	IS(-ENOENT, ino_of("/m/hidden"));
	OK(touch("/m/shown", 0644));
	SAME("/m/..", "/");
	IS(-EBUSY, vfs_rmdir(&w, "/m"));
	IS(-EXDEV, lookup("/", "m", LX_RESOLVE_NO_XDEV));
	IS(-EXDEV, lookup("/m", "..", LX_RESOLVE_NO_XDEV));
	OK(mount_undo(&w, "/m", 0));
	THERE("/m/hidden");
	IS(-EINVAL, mount_undo(&w, "/m", 0));
}

Test(walk, names_of_places)
{
	struct walk at = w;
	struct path p, d;
	char buf[64];

	OK(vfs_mkdir(&w, "/a", 0755));
	OK(vfs_mkdir(&w, "/a/b", 0755));
	OK(path_lookup(&w, "/a/b", &p));
	IS(4, path_string(&p, &w.fs->root, buf, sizeof buf));
	cr_assert_str_eq(buf, "/a/b");
	IS(-ERANGE, path_string(&p, &w.fs->root, buf, 4));
	IS(1, path_string(&w.fs->root, &w.fs->root, buf, 2));
	cr_assert_str_eq(buf, "/");
	OK(path_lookup(&w, "/a", &d));
	IS(2, path_string(&p, &d, buf, sizeof buf));
	cr_assert_str_eq(buf, "/b");
	(void)!path_string(&d, &p, buf, sizeof buf);
	cr_assert_str_eq(buf, "(unreachable)/a");
	/* A directory that is gone still is a place, where nothing is. */
	OK(vfs_rmdir(&w, "/a/b"));
	cr_assert(dentry_is_deleted(p.dentry));
	at.start = p;
	IS(-ENOENT, vfs_mkdir(&at, "x", 0755));
	path_put(&d);
	path_put(&p);
}

/* Any string at all: no crash, no reference too many or too few. */
Test(walk, fuzz)
{
	static const char *const bit[] = {"/", "a",  "b", "..", ".", "l",
					  "m", "//", "x", "ab", "/", "/"};
	char name[256];

	OK(vfs_mkdir(&w, "/a", 0755));
	OK(vfs_mkdir(&w, "/a/b", 0755));
	OK(vfs_symlink(&w, "a/b", "/l"));
	OK(vfs_symlink(&w, "../../l/../m", "/a/b/m"));
	OK(vfs_symlink(&w, "/a/./m", "/m"));
	OK(vfs_symlink(&w, "m/l", "/a/m"));
	srand(1);
	for (int i = 0; i < 200000; i++) {
		uint32_t resolve = (uint32_t)rand() & 0x3f;
		int n = rand() % 24;

		name[0] = '\0';
		while (n--)
			strcat(name, bit[rand() % 12]);
		if ((resolve & 0x18) == 0x18)
			resolve = 0;
		switch (rand() % 16) {
		case 0:
			(void)!vfs_mkdir(&w, name, 0755);
			break;
		case 1:
			(void)!vfs_rmdir(&w, name);
			break;
		case 2:
			(void)!touch(name, 0644);
			break;
		case 3:
			(void)!vfs_unlink(&w, name);
			break;
		case 4:
			(void)!vfs_rename(&w, name, &w, bit[rand() % 12], 0);
			break;
		case 5:
			(void)!vfs_rename(&w, bit[rand() % 12], &w, name,
					  LX_RENAME_EXCHANGE);
			break;
		case 6:
			(void)!vfs_symlink(&w, bit[rand() % 12], name);
			break;
		default:
			(void)!lookup(ino_of("/a") > 0 ? "/a" : "/", name,
				      resolve);
		}
	}
}
