/* SPDX-License-Identifier: MIT */
/*
 * fs/tmpfs/super.c - tmpfs(5): mount options, limits, inodes.
 */
#include "base/slab.h"
#include "base/str.h"
#include "fs/tmpfs/internal.h"
#include "include/abi/stat.h"
#include "include/abi/statfs.h"
#include "mm/mm.h"

static int
tmpfs_statfs(struct super *sb, struct kstatfs *out)
{
	const struct tmpfs_super *ts = sb->priv;

	out->type = LX_TMPFS_MAGIC;
	out->bsize = out->frsize = PAGE_SIZE;
	out->namelen = 255;
	if (ts->max_pages) {
		out->blocks = ts->max_pages;
		out->bfree = ts->max_pages - MIN(ts->pages, ts->max_pages);
		out->bavail = out->bfree;
	}
	if (ts->max_inodes) {
		out->files = ts->max_inodes;
		out->ffree = ts->max_inodes - MIN(ts->inodes, ts->max_inodes);
	}
	return 0;
}

static void
tmpfs_evict(struct inode *i)
{
	struct tmpfs_super *ts = tmpfs_sb(i);
	struct tmpfs_inode *ti = tmpfs_i(i);

	if (!ti)
		return;
	ts->pages -= ti->counted;
	ts->inodes--;
	xattr_store_fini(&ti->xattrs);
	if (ti->is_dir)
		tmpfs_names_free(ti);
	kfree(ti);
	i->priv = NULL;
}

static void
tmpfs_shutdown(struct super *sb)
{
	kfree(sb->priv);
}

static void
tmpfs_show_options(struct super *sb, struct strbuf *out)
{
	const struct tmpfs_super *ts = sb->priv;

	if (ts->max_pages)
		strbuf_add(out, ",size=%lluk",
			   (unsigned long long)ts->max_pages * 4);
	if (ts->max_inodes)
		strbuf_add(out, ",nr_inodes=%llu",
			   (unsigned long long)ts->max_inodes);
	if (ts->mode != 01777)
		strbuf_add(out, ",mode=%03o", ts->mode);
	if (ts->uid)
		strbuf_add(out, ",uid=%u", ts->uid);
	if (ts->gid)
		strbuf_add(out, ",gid=%u", ts->gid);
}

/* "64m", "50%" of memory, "4096": bytes. */
static int
parse_size(const char *s, uint64_t *out)
{
	char digits[24];
	size_t n = strlen(s);
	uint64_t unit = 1, v;
	bool percent = false;
	struct mm_totals mem;

	if (!n || n >= sizeof(digits))
		return -EINVAL;
	str_copy(digits, s, sizeof(digits));
	switch (digits[n - 1] | 0x20) {
	case 'k':
		unit = 1ull << 10;
		break;
	case 'm':
		unit = 1ull << 20;
		break;
	case 'g':
		unit = 1ull << 30;
		break;
	default:
		percent = digits[n - 1] == '%';
	}
	if (unit > 1 || percent)
		digits[n - 1] = '\0';
	if (str_to_u64(digits, 0, &v) || __builtin_mul_overflow(v, unit, &v))
		return -EINVAL;
	if (percent) {
		mm_totals(&mem);
		v = mem.total / 100 * v;
	}
	*out = v;
	return 0;
}

static int
parse_option(struct tmpfs_super *ts, const char *key, const char *value)
{
	uint64_t v;
	int base = strcmp(key, "mode") ? 0 : 8;

	if (!strcmp(key, "size")) {
		if (parse_size(value, &v))
			return -EINVAL;
		ts->max_pages = page_up(v) / PAGE_SIZE;
		return 0;
	}
	if (!strcmp(key, "nr_blocks") || !strcmp(key, "nr_inodes")) {
		if (parse_size(value, &v))
			return -EINVAL;
		*(key[3] == 'b' ? &ts->max_pages : &ts->max_inodes) = v;
		return 0;
	}
	/* How pages are grouped is the host's affair. */
	if (!strcmp(key, "huge") || !strcmp(key, "mpol"))
		return 0;
	if (str_to_u64(value, base, &v) || v > UINT32_MAX)
		return -EINVAL;
	if (!strcmp(key, "mode"))
		ts->mode = (uint32_t)v & LX_S_IALLUGO;
	else if (!strcmp(key, "uid"))
		ts->uid = (uint32_t)v;
	else if (!strcmp(key, "gid"))
		ts->gid = (uint32_t)v;
	else
		return -EINVAL;
	return 0;
}

static int
parse_options(struct tmpfs_super *ts, const char *data)
{
	char *copy, *at, *next, *value;
	int err = 0;

	if (!data || !*data)
		return 0;
	copy = kstrdup(data);
	if (!copy)
		return -ENOMEM;
	for (at = copy; at && !err; at = next) {
		next = strchr(at, ',');
		if (next)
			*next++ = '\0';
		if (!*at)
			continue;
		value = strchr(at, '=');
		if (value)
			*value++ = '\0';
		if (value)
			err = parse_option(ts, at, value);
		else if (strcmp(at, "inode64") && strcmp(at, "inode32") &&
			 strcmp(at, "noswap"))
			err = -EINVAL;
	}
	kfree(copy);
	return err;
}

static int
tmpfs_remount(struct super *sb, const char *data)
{
	struct tmpfs_super *ts = sb->priv, want = *ts;
	int err = parse_options(&want, data);

	if (err)
		return err;
	if ((want.max_pages && want.max_pages < ts->pages) ||
	    (want.max_inodes && want.max_inodes < ts->inodes))
		return -EINVAL;
	ts->max_pages = want.max_pages;
	ts->max_inodes = want.max_inodes;
	return 0;
}

static const struct super_ops tmpfs_ops = {
	.statfs = tmpfs_statfs,
	.evict = tmpfs_evict,
	.shutdown = tmpfs_shutdown,
	.show_options = tmpfs_show_options,
	.remount = tmpfs_remount,
};

void
tmpfs_count(struct inode *i)
{
	struct tmpfs_inode *ti = tmpfs_i(i);

	tmpfs_sb(i)->pages += i->pages.npages - ti->counted;
	ti->counted = i->pages.npages;
}

int
tmpfs_inode_new(struct super *sb, const struct inode_new *as,
		struct inode **out)
{
	struct tmpfs_super *ts = sb->priv;
	bool is_dir = LX_S_ISDIR(as->mode);
	struct tmpfs_inode *ti;
	struct inode *i;
	int err;

	if (ts->max_inodes && ts->inodes >= ts->max_inodes)
		return -ENOSPC;
	ti = KNEW(struct tmpfs_inode);
	if (!ti)
		return -ENOMEM;
	xattr_store_init(&ti->xattrs);
	ti->is_dir = is_dir;
	ti->next_cookie = 2; /* after the dots */
	err = is_dir ? hash_init(&ti->names) : 0;
	if (!err)
		err = inode_new(sb, ++ts->last_ino, as->mode, &i);
	if (err) {
		if (is_dir)
			hash_fini(&ti->names);
		kfree(ti);
		return err;
	}
	ts->inodes++;
	i->uid = as->uid;
	i->gid = as->gid;
	i->rdev = as->rdev;
	i->priv = ti;
	i->ops = is_dir ? &tmpfs_dir_inode_ops : &tmpfs_inode_ops;
	if (is_dir)
		i->fops = &tmpfs_dir_fops;
	else if (LX_S_ISREG(as->mode))
		i->fops = &tmpfs_fops;
	*out = i;
	return 0;
}

static int
make_super(const struct fs_type *type, const char *source, const char *data,
	   bool limited, struct super **out)
{
	struct tmpfs_super *ts = KNEW(struct tmpfs_super);
	struct inode_new root = {0};
	struct mm_totals mem;
	struct super *sb;
	int err;

	if (!ts)
		return -ENOMEM;
	ts->mode = 01777;
	if (limited) {
		mm_totals(&mem);
		ts->max_pages = ts->max_inodes = mem.total / PAGE_SIZE / 2;
	}
	err = parse_options(ts, data);
	if (!err)
		err = super_new(type, &tmpfs_ops, source, &sb);
	if (err) {
		kfree(ts);
		return err;
	}
	sb->priv = ts;
	root.mode = ts->mode | LX_S_IFDIR;
	root.uid = ts->uid;
	root.gid = ts->gid;
	err = tmpfs_inode_new(sb, &root, &sb->root);
	if (err) {
		super_put(sb);
		return err;
	}
	*out = sb;
	return 0;
}

static int
tmpfs_mount(const struct fs_type *type, const char *source, const char *data,
	    struct super **out)
{
	return make_super(type, source, data, true, out);
}

/* ramfs takes any option and knows no limit. */
static int
ramfs_mount(const struct fs_type *type, const char *source, const char *data,
	    struct super **out)
{
	(void)data;
	return make_super(type, source, NULL, false, out);
}

static struct fs_type tmpfs_type = {.name = "tmpfs", .mount = tmpfs_mount};
static struct fs_type ramfs_type = {.name = "ramfs", .mount = ramfs_mount};

int
tmpfs_super(const char *source, const char *data, struct super **out)
{
	return make_super(&tmpfs_type, source, data, true, out);
}

void
tmpfs_init(void)
{
	fs_register(&tmpfs_type);
	fs_register(&ramfs_type);
}
