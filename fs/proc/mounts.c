/* SPDX-License-Identifier: MIT */
/* fs/proc/mounts.c - /proc/PID/mounts, mountinfo, mountstats: the mounts below
 * the task's root, as it sees them. */
#include "base/slab.h"
#include "fs/chrdev.h"
#include "fs/mount.h"
#include "fs/path.h"
#include "fs/proc/internal.h"
#include "include/abi/mount.h"

struct walk_mounts {
	struct strbuf *sb;
	const struct path *root;
	char *name; /* a page */
	void (*line)(struct walk_mounts *w, struct mount *m);
};

/* fstab(5): blanks and backslashes in octal. */
static void
add_escaped(struct strbuf *sb, const char *s)
{
	for (; *s; s++) {
		if (strchr(" \t\n\\#", *s))
			strbuf_add(sb, "\\%03o", (unsigned int)*s);
		else
			strbuf_put(sb, s, 1);
	}
}

static void
add_flags(struct strbuf *sb, const struct mount *m)
{
	static const struct {
		uint32_t flag;
		const char *name;
	} opt[] = {
		{LX_MS_NOSUID, ",nosuid"},
		{LX_MS_NODEV, ",nodev"},
		{LX_MS_NOEXEC, ",noexec"},
		{LX_MS_NOATIME, ",noatime"},
		{LX_MS_NODIRATIME, ",nodiratime"},
		{LX_MS_NOSYMFOLLOW, ",nosymfollow"},
	};

	for (size_t k = 0; k < ARRAY_LEN(opt); k++)
		if (m->flags & opt[k].flag)
			strbuf_add(sb, "%s", opt[k].name);
	if (!(m->flags & (LX_MS_NOATIME | LX_MS_STRICTATIME)))
		strbuf_add(sb, ",relatime");
}

static void
add_super_options(struct strbuf *sb, const struct mount *m)
{
	if (m->sb->ops->show_options)
		m->sb->ops->show_options(m->sb, sb);
}

static void
mounts_line(struct walk_mounts *w, struct mount *m)
{
	add_escaped(w->sb, m->source[0] ? m->source : "none");
	strbuf_add(w->sb, " ");
	add_escaped(w->sb, w->name);
	strbuf_add(w->sb, " %s %s", m->sb->type->name,
		   mount_readonly(m) ? "ro" : "rw");
	add_flags(w->sb, m);
	add_super_options(w->sb, m);
	strbuf_add(w->sb, " 0 0\n");
}

/* Where on its file system a mount begins: "/" unless it is a bind mount. */
static void
add_mount_root(struct strbuf *sb, const struct mount *m)
{
	const struct dentry *part[64], *d = m->root;
	uint32_t n = 0;

	for (; d->parent != d && n < ARRAY_LEN(part); d = d->parent)
		part[n++] = d;
	if (!n)
		strbuf_add(sb, "/");
	while (n--) {
		strbuf_add(sb, "/");
		add_escaped(sb, part[n]->name);
	}
}

static void
mountinfo_line(struct walk_mounts *w, struct mount *m)
{
	struct strbuf *sb = w->sb;

	strbuf_add(sb, "%u %u %u:%u ", m->id, m->parent ? m->parent->id : m->id,
		   dev_major(m->sb->dev), dev_minor(m->sb->dev));
	add_mount_root(sb, m);
	strbuf_add(sb, " ");
	add_escaped(sb, w->name);
	strbuf_add(sb, " %s", m->flags & LX_MS_RDONLY ? "ro" : "rw");
	add_flags(sb, m);
	strbuf_add(sb, " - %s ", m->sb->type->name);
	add_escaped(sb, m->source[0] ? m->source : "none");
	strbuf_add(sb, " %s", m->sb->flags & SUPER_RDONLY ? "ro" : "rw");
	add_super_options(sb, m);
	strbuf_add(sb, "\n");
}

static void
mountstats_line(struct walk_mounts *w, struct mount *m)
{
	strbuf_add(w->sb, "device ");
	add_escaped(w->sb, m->source[0] ? m->source : "none");
	strbuf_add(w->sb, " mounted on ");
	add_escaped(w->sb, w->name);
	strbuf_add(w->sb, " with fstype %s\n", m->sb->type->name);
}

/* What the root does not lead to is not shown. */
static void
one_mount(struct mount *m, void *arg)
{
	struct walk_mounts *w = arg;
	struct path at = {m, m->root};
	int64_t n = path_string(&at, w->root, w->name, PAGE_SIZE);

	if (n >= 0 && w->name[0] == '/')
		w->line(w, m);
}

static int
each_mount(const struct proc_inode *pi, struct strbuf *sb,
	   void (*line)(struct walk_mounts *, struct mount *))
{
	struct task *t = proc_task(pi);
	struct walk_mounts w = {.sb = sb, .line = line};

	if (!t->fs)
		return -EINVAL;
	w.name = kmalloc(PAGE_SIZE);
	if (!w.name)
		return -ENOMEM;
	w.root = &t->fs->root;
	mount_each(one_mount, &w);
	kfree(w.name);
	return 0;
}

int
pid_mounts_show(const struct proc_inode *pi, struct strbuf *sb)
{
	return each_mount(pi, sb, mounts_line);
}

int
pid_mountinfo_show(const struct proc_inode *pi, struct strbuf *sb)
{
	return each_mount(pi, sb, mountinfo_line);
}

int
pid_mountstats_show(const struct proc_inode *pi, struct strbuf *sb)
{
	return each_mount(pi, sb, mountstats_line);
}
