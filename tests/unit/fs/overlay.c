/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/fs/overlay.c - an overlay against a plain file system: the same
 * random calls on both must give the same answers and the same tree.
 */
#include "fs/overlay/overlay.h"
#include "fs/dir.h"
#include "tests/unit/fs/tree.h"

#include <stdio.h>
#include <stdlib.h>

static struct super *lower;

/* "/o" is the overlay, "/m" the model; @at is below both. */
static const char *
in(char top, const char *at, char *buf)
{
	sprintf(buf, "/%c%s", top, at);
	return buf;
}

static void
fill(struct super *sb, const char *where)
{
	struct walk follow = w;
	struct path at;
	char buf[64];

	OK(vfs_mkdir(&w, where, 0755));
	follow.flags = WALK_FOLLOW;
	OK(path_lookup(&follow, where, &at));
	OK(mount_at(sb, &at, 0));
	path_put(&at);
	for (char d = 'a'; d < 'd'; d++) {
		sprintf(buf, "%s/%c", where, d);
		OK(vfs_mkdir(&w, buf, 0755));
		for (char f = 'x'; f <= 'z'; f++) {
			struct file *file;
			struct uio u;

			sprintf(buf, "%s/%c/%c", where, d, f);
			OK(vfs_open(&w, buf, LX_O_CREAT | LX_O_WRONLY, 0644,
				    &file));
			uio_init_kernel(&u, UIO_FROM_GUEST, buf, 8);
			buf[1] = '?'; /* the same in both */
			OK(file_write(file, &u));
			file_put(file);
		}
	}
}

static void
up(void)
{
	struct super *over, *model;
	struct path at;

	tree_up();
	OK(tmpfs_super("lower", NULL, &lower));
	fill(lower, "/l");
	OK(overlay_super(lower, &over));
	OK(vfs_mkdir(&w, "/o", 0755));
	OK(path_lookup(&w, "/o", &at));
	OK(mount_at(over, &at, 0));
	path_put(&at);
	super_put(over);
	OK(tmpfs_super("model", NULL, &model));
	fill(model, "/m");
	super_put(model);
}

static void
down(void)
{
	OK(mount_undo(&w, "/o", 0));
	OK(mount_undo(&w, "/l", 0));
	OK(mount_undo(&w, "/m", 0));
	super_put(lower);
	tree_down();
}

TestSuite(overlay, .init = up, .fini = down);

/* --- what a tree looks like --- */

struct listing {
	struct dir_sink sink;
	char name[64][16];
	int n;
};

static int
list_one(struct dir_sink *s, const char *name, size_t len, uint64_t ino,
	 uint8_t type, uint64_t next)
{
	struct listing *l = CONTAINER_OF(s, struct listing, sink);

	cr_assert_lt(l->n, 64);
	if (name[0] == '.')
		return 0;
	cr_assert(ino && next);
	sprintf(l->name[l->n++], "%.*s%d", (int)len, name, type);
	return 0;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t
show_file(const char *path, char *out)
{
	struct kstat st;
	struct file *f;
	struct path p;
	char bytes[64] = "";
	struct uio u;
	size_t n;

	OK(path_lookup(&w, path, &p));
	OK(vfs_stat(&p, &st));
	path_put(&p);
	n = (size_t)sprintf(out, "%o %u %u", st.mode, st.uid, st.gid);
	if (!LX_S_ISDIR(st.mode))
		n += (size_t)sprintf(out + n, " *%lu", st.nlink);
	if (LX_S_ISREG(st.mode)) {
		OK(vfs_open(&w, path, LX_O_RDONLY, 0, &f));
		uio_init_kernel(&u, UIO_TO_GUEST, bytes, 60);
		OK(file_read(f, &u));
		file_put(f);
		cr_assert_eq(u.moved, MIN(st.size, 60ul));
		n += (size_t)sprintf(out + n, " %lu '%s'", st.size, bytes);
	}
	return n + (size_t)sprintf(out + n, "\n");
}

static size_t
show(const char *path, size_t skip, char *out)
{
	struct listing l = {.sink = {.emit = list_one}};
	size_t n = (size_t)sprintf(out, "%s ", path + skip);
	struct file *f;

	n += show_file(path, out + n);
	if (open_as(&root_user, path, LX_O_DIRECTORY | LX_O_NOFOLLOW))
		return n;
	OK(vfs_open(&w, path, LX_O_DIRECTORY, 0, &f));
	OK(file_iterate(f, &l.sink));
	file_put(f);
	qsort(l.name, (size_t)l.n, sizeof(l.name[0]), by_name);
	for (int i = 0; i < l.n; i++) {
		char sub[256], *end;

		sprintf(sub, "%s/%s", path, l.name[i]);
		end = sub + strlen(sub);
		while (end[-1] >= '0' && end[-1] <= '9')
			*--end = '\0'; /* the type */
		n += show(sub, skip, out + n);
	}
	return n;
}

static void
same_trees(const char *what)
{
	static char o[1 << 16], m[1 << 16];

	show("/o", 2, o);
	show("/m", 2, m);
	cr_assert_str_eq(o, m, "after %s\noverlay:\n%s\nmodel:\n%s", what, o,
			 m);
}

/* --- random calls --- */

static const char *
some_path(void)
{
	static char buf[8][16];
	static int next;
	char *p = buf[next++ % 8];
	int depth = 1 + rand() % 2;

	p[0] = '\0';
	while (depth--) {
		char part[3] = {'/', depth || rand() % 2
					     ? (char)('a' + rand() % 4)
					     : (char)('w' + rand() % 4)};

		strcat(p, part);
	}
	return p;
}

static int
put_bytes(const char *path, uint32_t flags, int n)
{
	char bytes[32];
	struct file *f;
	struct uio u;
	int err = vfs_open(&w, path, flags | LX_O_NONBLOCK, 0640, &f);

	if (err)
		return err;
	memset(bytes, 'a' + n % 26, sizeof(bytes));
	uio_init_kernel(&u, UIO_FROM_GUEST, bytes, (uint64_t)n % 20);
	err = file_write(f, &u);
	file_put(f);
	return err;
}

static int
link_them(const char *old, const char *name)
{
	struct path p;
	int err = path_lookup(&w, old, &p);

	if (err)
		return err;
	err = vfs_link(&w, &p, name);
	path_put(&p);
	return err;
}

static int
change(const char *path, uint32_t mode, uint32_t uid)
{
	struct iattr a = {
		.valid = ATTR_MODE | ATTR_UID, .mode = mode, .uid = uid};
	struct path p;
	int err = path_lookup(&w, path, &p);

	if (err)
		return err;
	err = vfs_setattr(&p, &root_user, &a);
	path_put(&p);
	return err;
}

static int
call(int what, char top, const char *a, const char *b, int n)
{
	char pa[32], pb[32];

	in(top, a, pa);
	in(top, b, pb);
	switch (what) {
	case 0:
		return vfs_mkdir(&w, pa, 0755);
	case 1:
		return vfs_rmdir(&w, pa);
	case 2:
		return vfs_unlink(&w, pa);
	case 3:
		return put_bytes(pa, LX_O_CREAT | LX_O_WRONLY, n);
	case 4:
		return put_bytes(pa, LX_O_WRONLY | LX_O_APPEND, n);
	case 5:
		return put_bytes(pa, LX_O_WRONLY | LX_O_TRUNC, n);
	case 6:
		return link_them(pa, pb);
	case 7:
		return vfs_rename(&w, pa, &w, pb, 0);
	case 8:
		return vfs_rename(&w, pa, &w, pb, LX_RENAME_EXCHANGE);
	case 9:
		return change(pa, 0600 | (uint32_t)n % 64, (uint32_t)n % 5);
	case 10:
		return vfs_symlink(&w, "nowhere", pa);
	default:
		return vfs_mknod(&w, pa, LX_S_IFIFO | 0600, 0);
	}
}

/* Directories with a lower part don't move: what the model did is undone. */
static bool
was_refused(int what, int over, int model, const char *a, const char *b)
{
	char pa[32], pb[32];

	if (over != -EXDEV || model)
		return false;
	in('m', a, pa);
	in('m', b, pb);
	OK(vfs_rename(&w, pb, &w, pa, what == 8 ? LX_RENAME_EXCHANGE : 0));
	return true;
}

static void
run(unsigned seed)
{
	char what_text[80];

	srand(seed);
	for (int n = 0; n < 400; n++) {
		const char *a = some_path(), *b = some_path();
		int what = rand() % 12, over, model;

		/* Undoing a rename does not bring back what it replaced. */
		over = call(what, 'o', a, b, n);
		if (over == -EXDEV && what == 7)
			continue;
		model = call(what, 'm', a, b, n);
		sprintf(what_text, "call %d of %u: %d %s %s", n, seed, what, a,
			b);
		if (was_refused(what, over, model, a, b))
			continue;
		cr_assert_eq(over, model, "%s: %d, not %d", what_text, over,
			     model);
		if (n % 8 == 0)
			same_trees(what_text);
		if (n % 50 == 0)
			while (dentry_shrink(100))
				;
	}
	same_trees("all");
}

Test(overlay, is_like_any_other)
{
	for (unsigned seed = 1; seed < 4; seed++)
		run(seed);
}

Test(overlay, is_like_any_other_more)
{
	for (unsigned seed = 10; seed < 14; seed++)
		run(seed);
}

/* --- by hand --- */

Test(overlay, comes_and_goes)
{
}

Test(overlay, leaves_the_lower_alone)
{
	static char before[1 << 14], after[1 << 14];

	show("/l", 2, before);
	OK(vfs_unlink(&w, "/o/a/x"));
	OK(put_bytes("/o/a/y", LX_O_WRONLY | LX_O_TRUNC, 7));
	OK(vfs_rename(&w, "/o/b/x", &w, "/o/c/new", 0));
	OK(change("/o/c", 0711, 7));
	OK(link_them("/o/c/x", "/o/a/linked"));
	show("/l", 2, after);
	cr_assert_str_eq(before, after);
	IS(-ENOENT, ino_of("/o/a/x"));
	SAME("/o/c/x", "/o/a/linked");
}

Test(overlay, keeps_inode_numbers)
{
	int64_t ino = ino_of("/o/a/y");

	OK(put_bytes("/o/a/y", LX_O_WRONLY, 5));
	IS(ino, ino_of("/o/a/y"));
	while (dentry_shrink(100))
		;
	IS(ino, ino_of("/o/a/y"));
}

Test(overlay, reader_sees_the_copy)
{
	struct file *f;
	char bytes[8] = "";
	struct uio u;

	OK(vfs_open(&w, "/o/a/x", LX_O_RDONLY, 0, &f));
	OK(put_bytes("/o/a/x", LX_O_WRONLY | LX_O_TRUNC, 3));
	uio_init_kernel(&u, UIO_TO_GUEST, bytes, 8);
	OK(file_read(f, &u));
	IS(3, u.moved);
	file_put(f);
}

Test(overlay, made_again_is_empty)
{
	OK(vfs_unlink(&w, "/o/a/x"));
	OK(vfs_unlink(&w, "/o/a/y"));
	OK(vfs_unlink(&w, "/o/a/z"));
	OK(vfs_rmdir(&w, "/o/a"));
	OK(vfs_mkdir(&w, "/o/a", 0755));
	IS(-ENOENT, ino_of("/o/a/x"));
	while (dentry_shrink(100))
		;
	IS(-ENOENT, ino_of("/o/a/x"));
	OK(touch("/o/a/x", 0600));
	OK(vfs_unlink(&w, "/o/a/x"));
	OK(vfs_rmdir(&w, "/o/a"));
}

Test(overlay, hides_its_marks)
{
	struct path p;
	char c;

	OK(vfs_unlink(&w, "/o/a/x"));
	OK(vfs_rmdir(&w, "/o/a") == -ENOTEMPTY ? 0 : -1);
	IS(-EPERM, vfs_mknod(&w, "/o/a/w", LX_S_IFCHR | 0600, 0));
	OK(path_lookup(&w, "/o/a", &p));
	IS(-ENODATA,
	   vfs_getxattr(&p, &root_user, "trusted.overlay.opaque", &c, 1));
	IS(-EPERM,
	   vfs_setxattr(&p, &root_user, "trusted.overlay.opaque", "y", 1, 0));
	path_put(&p);
}
