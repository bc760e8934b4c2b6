/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/node.c - inodes made from rows: looking names up, who owns what,
 * what is still true of a name.
 */
#include "base/slab.h"
#include "fs/path.h"
#include "fs/proc/internal.h"
#include "include/abi/capability.h"
#include "include/abi/statfs.h"
#include "kernel/pid.h"
#include "mm/mm.h"

struct task *
proc_task(const struct proc_inode *pi)
{
	return pi->pid ? pi->pid->task : NULL;
}

struct process *
proc_process(const struct proc_inode *pi)
{
	struct task *t = proc_task(pi);

	return t ? t->proc : NULL;
}

bool
proc_may_trace(const struct proc_inode *pi)
{
	struct task *t = proc_task(pi), *me = current_task();

	return t && (!me || task_may_trace(me, t));
}

int
proc_mm(const struct proc_inode *pi, struct mm **out)
{
	struct task *t = proc_task(pi);

	*out = NULL;
	if (!t)
		return -ESRCH;
	if (!proc_may_trace(pi))
		return -EACCES;
	if (t->mm)
		*out = mm_get(t->mm);
	return 0;
}

/* A task's files belong to whom it acts as; to root if it is not to be looked
 * into (proc(5), "dumpable"). */
static int
proc_revalidate(struct inode *i)
{
	const struct proc_inode *pi = proc_i(i);
	struct task *t;

	if (!pi->pid)
		return 0;
	t = proc_task(pi);
	if (!t)
		return -ESRCH;
	i->uid = i->gid = 0;
	if (pi->row && (pi->row->flags & ROW_FIXED))
		return 0;
	if (t->proc->is_dumpable || i->mode == (LX_S_IFDIR | 0555)) {
		i->uid = t->cred.euid;
		i->gid = t->cred.egid;
	}
	if (pi->row && (pi->row->flags & ROW_FD_MODE))
		i->mode = fd_link_mode(pi);
	return 0;
}

static int
proc_permission(struct inode *i, const struct cred *c, int mask)
{
	const struct proc_inode *pi = proc_i(i);
	struct task *me = current_task();
	struct process *p;
	int err = proc_revalidate(i);

	if (err)
		return err;
	err = inode_check_mode(i, c, mask);
	if (!err || !pi->pid || !pi->row || !(pi->row->flags & ROW_MEMBER))
		return err;
	p = proc_process(pi);
	return me && p == me->proc ? 0 : err;
}

const char *
proc_row_in(const struct proc_inode *dir, const struct proc_row *row,
	    size_t *len)
{
	const char *rest = row->path + dir->dir_len, *end;

	if (strncmp(row->path, dir->dir, dir->dir_len))
		return NULL;
	if (dir->dir_len && *rest++ != '/')
		return NULL;
	if (!*rest)
		return NULL;
	end = strchr(rest, '/');
	*len = end ? (size_t)(end - rest) : strlen(rest);
	return rest;
}

void
proc_enter(struct proc_inode *as, const struct proc_row *row, const char *name,
	   size_t len)
{
	as->dir = row->path;
	as->dir_len = (size_t)(name - row->path) + len;
	as->row = name[len] ? NULL : row;
	as->is_entry = false;
	if (!as->row || !row->tree)
		return;
	as->tree = row->tree;
	as->row = &row->tree->rows[0];
	as->dir = "";
	as->dir_len = 0;
}

/* The links of a directory: itself twice, and its directories. */
static uint64_t
count_dirs(const struct proc_inode *pi)
{
	uint64_t n = 2;

	for (uint32_t k = 0; k < pi->tree->n; k++) {
		size_t len;
		const struct proc_row *row = &pi->tree->rows[k];
		const char *name = proc_row_in(pi, row, &len);

		if (name && LX_S_ISDIR(row->mode) && !name[len])
			n++;
	}
	if (pi->row && pi->row->series && pi->row->series->tree) {
		struct process *p = proc_process(pi);

		if (pi->row->series->is_thread)
			n += p ? p->nthreads : 0;
		else if (pi->row->series->is_pid)
			n += process_count;
	}
	return n;
}

static int
proc_getattr(struct inode *i, struct kstat *out)
{
	out->blksize = 1024;
	out->size = out->blocks = 0;
	if (proc_i(i)->row && (proc_i(i)->row->flags & ROW_FD_MODE))
		out->size = 64; /* Linux: always */
	if (LX_S_ISDIR(i->mode))
		out->nlink = count_dirs(proc_i(i));
	return 0;
}

static int
proc_setattr(struct inode *i, const struct iattr *a)
{
	(void)i;
	return a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID) ? -EPERM : 0;
}

static int64_t
proc_readlink(struct inode *i, char *buf, size_t n)
{
	const struct proc_row *row = proc_i(i)->row;
	size_t size = 4096 + 16;
	char *text = kmalloc(size);
	int64_t len;

	if (!text)
		return -ENOMEM;
	if ((row->flags & ROW_TRACE) && !proc_may_trace(proc_i(i)))
		len = proc_task(proc_i(i)) ? -EACCES : -ENOENT;
	else if (row->link)
		len = row->link(proc_i(i), text, size);
	else
		len = str_format(text, size, "%s", (const char *)row->value);
	if (len > 0) {
		len = MIN(len, (int64_t)n);
		memcpy(buf, text, (size_t)len);
		if ((size_t)len < n)
			buf[len] = '\0';
	}
	kfree(text);
	return len;
}

static int
proc_jump(struct inode *i, struct path *out)
{
	const struct proc_inode *pi = proc_i(i);

	if (!proc_task(pi))
		return -ENOENT;
	if (!proc_may_trace(pi))
		return -EACCES;
	return pi->row->jump(pi, out);
}

static int
proc_open(struct inode *i, struct file *f)
{
	const struct proc_row *row = proc_i(i)->row;

	(void)f;
	if (row && (row->flags & ROW_TRACE) && LX_S_ISREG(i->mode) &&
	    !proc_may_trace(proc_i(i)))
		return proc_task(proc_i(i)) ? -EACCES : -ESRCH;
	return 0;
}

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h ^= v;
	h *= 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

uint64_t
proc_ino(const struct proc_inode *as)
{
	uint64_t h = mix(0x76697670726f63ull, (uint64_t)(uintptr_t)as->tree);

	if (as->row)
		h = mix(h, (uint64_t)(uintptr_t)as->row);
	for (size_t k = 0; k < as->dir_len; k++)
		h = mix(h, (uint8_t)as->dir[k]);
	h = mix(h, as->pid ? (uint64_t)as->pid->nr + 1 : 0);
	h = mix(h, as->nr * 2 + as->is_thread);
	return (h >> 8 & 0xffffffffffull) + 0x1000;
}

static const struct inode_ops proc_link_ops;

static int
make_inode(struct super *sb, const struct proc_inode *as, uint32_t mode,
	   struct inode **out)
{
	struct proc_inode *pi = KNEW(struct proc_inode);
	struct inode *i;
	int err;

	if (!pi)
		return -ENOMEM;
	*pi = *as;
	err = inode_new(sb, proc_ino(as), mode, &i);
	if (err) {
		kfree(pi);
		return err;
	}
	if (pi->pid)
		pid_get(pi->pid);
	pi->inode = i;
	i->priv = pi;
	i->ops = pi->row && pi->row->jump ? &proc_link_ops : &proc_inode_ops;
	if (LX_S_ISDIR(mode))
		i->fops = &proc_dir_fops;
	else if (LX_S_ISREG(mode))
		i->fops = pi->row->fops ? pi->row->fops : &proc_text_fops;
	err = proc_revalidate(i);
	if (err) {
		inode_put(i);
		return err == -ESRCH ? -ENOENT : err;
	}
	*out = i;
	return 0;
}

/* "123" without leading zeros, after the series' prefix. */
static bool
parse_number(const struct proc_series *s, const char *name, size_t len,
	     uint64_t *out)
{
	size_t skip = s->prefix ? strlen(s->prefix) : 0;
	uint64_t v = 0;

	if (len <= skip || len - skip > 10)
		return false;
	if (skip && memcmp(name, s->prefix, skip))
		return false;
	if (name[skip] == '0' && len - skip > 1)
		return false;
	for (size_t k = skip; k < len; k++) {
		if (name[k] < '0' || name[k] > '9')
			return false;
		v = v * 10 + (uint64_t)(name[k] - '0');
	}
	*out = v;
	return true;
}

static bool
series_has(const struct proc_series *s, const struct proc_inode *dir,
	   uint64_t nr)
{
	uint64_t at;

	if (s->has)
		return s->has(dir, nr);
	return s->next(dir, nr, &at) && at == nr;
}

static int
lookup_number(struct inode *dir, const char *name, size_t len,
	      struct inode **out)
{
	const struct proc_inode *pd = proc_i(dir);
	const struct proc_series *s = pd->row->series;
	struct proc_inode as = {.pid = pd->pid, .is_thread = pd->is_thread};
	uint32_t mode;
	uint64_t nr;

	if (!parse_number(s, name, len, &nr) || !series_has(s, pd, nr))
		return -ENOENT;
	as.nr = nr;
	as.is_entry = true;
	if (s->is_pid) {
		as.pid = pid_find((int)nr);
		if (!as.pid)
			return -ENOENT;
		as.nr = 0;
	}
	as.is_thread |= s->is_thread;
	as.tree = s->tree ? s->tree : pd->tree;
	as.row = s->tree ? &s->tree->rows[0] : s->leaf;
	as.dir = "";
	mode = as.row->mode;
	return make_inode(dir->sb, &as, mode, out);
}

static int
proc_lookup(struct inode *dir, const char *name, size_t len, struct inode **out)
{
	const struct proc_inode *pd = proc_i(dir);
	const struct proc_row *rows = pd->tree->rows;
	struct proc_inode as = *pd;
	bool found = false;

	if (pd->pid && !proc_task(pd))
		return -ENOENT;
	as.row = NULL;
	for (uint32_t k = 0; k < pd->tree->n; k++) {
		size_t n;
		const char *rest = proc_row_in(pd, &rows[k], &n);

		if (!rest || n != len || memcmp(rest, name, n))
			continue;
		found = true;
		proc_enter(&as, &rows[k], rest, n);
		if (as.row)
			break;
	}
	if (found)
		return make_inode(dir->sb, &as,
				  as.row ? as.row->mode : LX_S_IFDIR | 0555,
				  out);
	if (pd->row && pd->row->series)
		return lookup_number(dir, name, len, out);
	return -ENOENT;
}

const struct inode_ops proc_inode_ops = {
	.lookup = proc_lookup,
	.readlink = proc_readlink,
	.revalidate = proc_revalidate,
	.getattr = proc_getattr,
	.setattr = proc_setattr,
	.permission = proc_permission,
	.open = proc_open,
};

static const struct inode_ops proc_link_ops = {
	.readlink = proc_readlink,
	.jump = proc_jump,
	.revalidate = proc_revalidate,
	.getattr = proc_getattr,
	.setattr = proc_setattr,
	.permission = proc_permission,
};

int
proc_root(struct super *sb, const struct proc_tree *tree)
{
	struct proc_inode as = {.tree = tree, .row = &tree->rows[0], .dir = ""};
	int err = make_inode(sb, &as, tree->rows[0].mode, &sb->root);

	if (!err)
		sb->root->ino = 1;
	return err;
}

/* Is the name still what it was?  Links whose text depends on who asks never
 * are; a new look costs little. */
static bool
proc_dentry_valid(struct inode *dir, const char *name, size_t len,
		  struct inode *known, uint64_t *stamp)
{
	const struct proc_series *s;
	const struct proc_inode *pi;

	(void)name;
	(void)len;
	(void)stamp;
	if (!known)
		return false;
	pi = proc_i(known);
	if (LX_S_ISLNK(known->mode) && pi->row->link && !pi->row->jump)
		return false;
	if (pi->pid && !proc_task(pi))
		return false;
	s = proc_i(dir)->row ? proc_i(dir)->row->series : NULL;
	if (!s || !pi->is_entry)
		return true;
	return series_has(s, proc_i(dir),
			  s->is_pid ? (uint64_t)pi->pid->nr : pi->nr);
}

static void
proc_evict(struct inode *i)
{
	struct proc_inode *pi = proc_i(i);

	if (!pi)
		return;
	if (pi->pid)
		pid_put(pi->pid);
	kfree(pi);
	i->priv = NULL;
}

static int
proc_statfs(struct super *sb, struct kstatfs *out)
{
	out->type =
		sb->priv == &sysfs_tree ? LX_SYSFS_MAGIC : LX_PROC_SUPER_MAGIC;
	out->bsize = out->frsize = PAGE_SIZE;
	out->namelen = 255;
	return 0;
}

const struct super_ops proc_super_ops = {
	.statfs = proc_statfs,
	.evict = proc_evict,
	.dentry_valid = proc_dentry_valid,
};
