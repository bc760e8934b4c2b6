/* SPDX-License-Identifier: MIT */
/* drivers/char/devpts.c - /dev/pts: a node for each pty with a master, and
 * ptmx.  There is one instance; every mount shows it. */
#include "base/str.h"
#include "drivers/char/pty.h"
#include "fs/chrdev.h"
#include "fs/dir.h"
#include "include/abi/fcntl.h"
#include "include/abi/stat.h"

#define DEVPTS_MAGIC 0x1cd1
#define INO_ROOT     1
#define INO_PTMX     2
#define INO_FIRST    3

static struct super *devpts;
static struct {
	uint32_t mode, ptmxmode, gid;
	bool has_gid;
} opt = {.mode = 0600, .ptmxmode = 0};

static int
node(uint64_t ino, uint32_t mode, uint64_t rdev, struct inode **out)
{
	int err = inode_new(devpts, ino, mode, out);

	if (!err)
		(*out)->rdev = rdev;
	return err;
}

int
devpts_inode(struct pty *pty, struct inode **out)
{
	int err;

	if (!devpts)
		return -ENXIO;
	if (!pty->inode) {
		err = node(INO_FIRST + pty->index, LX_S_IFCHR | opt.mode,
			   dev_make(PTY_MAJOR, pty->index), &pty->inode);
		if (err)
			return err;
		pty->inode->uid = pty->uid;
		pty->inode->gid = opt.has_gid ? opt.gid : pty->gid;
	}
	*out = inode_get(pty->inode);
	return 0;
}

static bool
index_of(const char *name, size_t len, uint32_t *out)
{
	char text[8];
	uint64_t v;

	if (!len || len >= sizeof(text) || (name[0] == '0' && len > 1))
		return false;
	memcpy(text, name, len);
	text[len] = 0;
	if (str_to_u64(text, 10, &v) || v >= PTY_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

static int
root_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
	uint32_t index;
	struct pty *p;

	(void)dir;
	if (len == 4 && !memcmp(name, "ptmx", 4))
		return node(INO_PTMX, LX_S_IFCHR | opt.ptmxmode, dev_make(5, 2),
			    out);
	if (!index_of(name, len, &index) || !(p = pty_find(index)))
		return -ENOENT;
	return devpts_inode(p, out);
}

static int
root_iterate(struct file *f, struct dir_sink *sink)
{
	char name[8];

	if (!dir_emit_dots(f, sink))
		return 0;
	if (f->pos == 2 &&
	    !dir_emit(f, sink, "ptmx", 4, INO_PTMX, LX_DT_CHR, 3))
		return 0;
	for (uint32_t i = pty_next((uint32_t)f->pos - 3); i < PTY_MAX;
	     i = pty_next(i + 1)) {
		int n = str_format(name, sizeof(name), "%u", i);

		if (!dir_emit(f, sink, name, (size_t)n, INO_FIRST + i,
			      LX_DT_CHR, i + 4))
			break;
	}
	return 0;
}

static int
keep_attr(struct inode *i, const struct iattr *a)
{
	(void)i, (void)a; /* the VFS's copy is all there is */
	return 0;
}

static const struct inode_ops root_ops = {
	.lookup = root_lookup,
	.setattr = keep_attr,
};
static const struct file_ops root_fops = {
	.kind = "devpts",
	.iterate = root_iterate,
	.seek = file_seek_simple,
};

/* Ptys come and go without the directory being told. */
static bool
still_there(struct inode *dir, const char *name, size_t len,
	    struct inode *known, uint64_t *stamp)
{
	uint32_t index;
	struct pty *p;

	(void)dir;
	if (!index_of(name, len, &index))
		return true;
	p = pty_find(index);
	return known && p && p->inode == known;
}

static int
devpts_statfs(struct super *sb, struct kstatfs *out)
{
	(void)sb;
	out->type = DEVPTS_MAGIC;
	out->bsize = out->frsize = PAGE_SIZE;
	out->namelen = 255;
	return 0;
}

static void
show_options(struct super *sb, struct strbuf *out)
{
	(void)sb;
	if (opt.has_gid)
		strbuf_add(out, ",gid=%u", opt.gid);
	strbuf_add(out, ",mode=%03o,ptmxmode=%03o", opt.mode, opt.ptmxmode);
}

static const struct super_ops devpts_super_ops = {
	.statfs = devpts_statfs,
	.dentry_valid = still_there,
	.show_options = show_options,
};

static int
parse_one(const char *s, size_t len)
{
	char word[32];
	char *value;
	uint64_t v;

	if (len >= sizeof(word))
		return -EINVAL;
	memcpy(word, s, len);
	word[len] = 0;
	value = strchr(word, '=');
	if (!value)
		return strcmp(word, "newinstance") ? -EINVAL : 0;
	*value++ = 0;
	if (str_to_u64(value, !strcmp(word, "gid") ? 10 : 8, &v))
		return -EINVAL;
	if (!strcmp(word, "gid")) {
		opt.gid = (uint32_t)v;
		opt.has_gid = true;
	} else if (!strcmp(word, "mode")) {
		opt.mode = (uint32_t)v & 07777;
	} else if (!strcmp(word, "ptmxmode")) {
		opt.ptmxmode = (uint32_t)v & 07777;
	} else if (strcmp(word, "uid") && strcmp(word, "max")) {
		return -EINVAL;
	}
	return 0;
}

static int
parse(const char *data)
{
	while (data && *data) {
		const char *end = strchr(data, ',');
		size_t len = end ? (size_t)(end - data) : strlen(data);
		int err = len ? parse_one(data, len) : 0;

		if (err)
			return err;
		data += len + (end != NULL);
	}
	return 0;
}

static int
devpts_mount(const struct fs_type *type, const char *source, const char *data,
	     struct super **out)
{
	int err = parse(data);

	if (err)
		return err;
	if (!devpts) {
		err = super_new(type, &devpts_super_ops, source, &devpts);
		if (err)
			return err;
		err = node(INO_ROOT, LX_S_IFDIR | 0755, 0, &devpts->root);
		if (err)
			return err;
		devpts->root->nlink = 2;
		devpts->root->ops = &root_ops;
		devpts->root->fops = &root_fops;
	}
	*out = super_get(devpts);
	return 0;
}

static struct fs_type devpts_type = {
	.name = "devpts",
	.mount = devpts_mount,
};

void
devpts_init(void)
{
	fs_register(&devpts_type);
}
