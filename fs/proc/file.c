/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/file.c - open files: texts, and directories.
 *
 * A text is made when it is read from its start, and kept until the file is
 * closed or read from its start again, so that a reader in pieces sees one
 * state of things.  Never larger than TEXT_MAX.
 */
#include "base/slab.h"
#include "base/waitq.h"
#include "fs/dir.h"
#include "fs/mount.h"
#include "fs/proc/internal.h"
#include "fs/proc/proc.h"
#include "include/abi/dirent.h"
#include "kernel/pid.h"
#include "mm/uio.h"

#define TEXT_MAX  (16u << 20)
#define STORE_MAX 4096u

struct text {
	char *buf;
	size_t len;
	uint64_t mounts_seen;
};

static struct text *
text_of(struct file *f)
{
	if (!f->priv) {
		struct text *tx = KNEW(struct text);

		/* Another reader may have been quicker; nothing slept. */
		f->priv = tx;
	}
	return f->priv;
}

static int
make_shown(const struct proc_inode *pi, struct text *tx)
{
	size_t size = 2048;
	struct strbuf sb;
	char *buf;
	int err;

	for (;; size *= 4) {
		buf = kmalloc(size);
		if (!buf)
			return -ENOMEM;
		strbuf_init(&sb, buf, size);
		err = pi->row->show(pi, &sb);
		if (err || !sb.over || size >= TEXT_MAX)
			break;
		kfree(buf);
	}
	if (err) {
		kfree(buf);
		return err;
	}
	kfree(tx->buf);
	tx->buf = buf;
	tx->len = MIN(sb.len, size);
	return 0;
}

static int
make_text(struct file *f, struct text *tx)
{
	const struct proc_inode *pi = proc_i(f->inode);
	char *buf = NULL;
	int64_t n;

	if (pi->pid && !proc_task(pi))
		return -ESRCH;
	if (pi->row->show)
		return make_shown(pi, tx);
	if (!pi->row->fetch)
		return -EINVAL;
	n = pi->row->fetch(pi, &buf);
	if (n < 0)
		return (int)n;
	kfree(tx->buf);
	tx->buf = buf;
	tx->len = (size_t)n;
	return 0;
}

static int
text_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct text *tx = text_of(f);
	int64_t n;
	int err;

	if (!tx)
		return -ENOMEM;
	if (!tx->buf || *pos == 0) {
		err = make_text(f, tx);
		if (err)
			return err;
		if (proc_i(f->inode)->row->flags & ROW_POLLED)
			tx->mounts_seen = mount_changes();
	}
	if (*pos >= tx->len || !u->left)
		return 0;
	/* A copy to the guest may sleep, and another reader replace the text:
	 * take it away meanwhile. */
	{
		char *buf = tx->buf;
		size_t len = tx->len;

		tx->buf = NULL;
		n = uio_copy(u, buf + *pos, len - *pos);
		if (tx->buf) {
			kfree(buf);
		} else {
			tx->buf = buf;
			tx->len = len;
		}
	}
	if (n < 0)
		return (int)n;
	*pos += (uint64_t)n;
	return 0;
}

static int
text_write(struct file *f, struct uio *u, uint64_t *pos)
{
	const struct proc_inode *pi = proc_i(f->inode);
	char *text;
	int64_t n;
	int err;

	if (!pi->row->store)
		return -EIO;
	if (!u->left)
		return 0;
	if (u->left >= STORE_MAX)
		return -EINVAL;
	text = kmalloc(STORE_MAX);
	if (!text)
		return -ENOMEM;
	n = uio_copy(u, text, STORE_MAX - 1);
	if (n < 0) {
		kfree(text);
		return (int)n;
	}
	text[n] = '\0';
	err = pi->pid && !proc_task(pi) ? -ESRCH
					: pi->row->store(pi, text, (size_t)n);
	kfree(text);
	if (err)
		uio_rewind(u, (uint64_t)n);
	else
		*pos += (uint64_t)n;
	return err;
}

static uint32_t
text_poll(struct file *f)
{
	uint32_t ready = WAIT_IN | WAIT_OUT;
	struct text *tx = text_of(f);

	if (!(proc_i(f->inode)->row->flags & ROW_POLLED))
		return ready;
	f->wq = mount_waitq();
	if (tx && tx->mounts_seen != mount_changes()) {
		tx->mounts_seen = mount_changes();
		ready |= WAIT_ERR | WAIT_PRI;
	}
	return ready;
}

static void
text_release(struct file *f)
{
	struct text *tx = f->priv;

	if (!tx)
		return;
	kfree(tx->buf);
	kfree(tx);
}

const struct file_ops proc_text_fops = {
	.kind = "proc",
	.read = text_read,
	.write = text_write,
	.seek = file_seek_simple,
	.poll = text_poll,
	.release = text_release,
};

/* Positions: the dots; a row's index + 2; NUMBERS + the entry's number. */
#define NUMBERS (1ull << 20)

/* Does an earlier row lie in the same entry of @dir? */
static bool
is_repeated(const struct proc_inode *dir, uint32_t row, const char *name,
	    size_t len)
{
	while (row--) {
		size_t n;
		const char *other = proc_row_in(dir, &dir->tree->rows[row], &n);

		if (other && n == len && !memcmp(other, name, n))
			return true;
	}
	return false;
}

static bool
emit_rows(struct file *f, struct dir_sink *sink)
{
	const struct proc_inode *dir = proc_i(f->inode);
	uint32_t n = dir->tree->n;

	for (uint64_t k = f->pos - 2; k < n; k++) {
		const struct proc_row *row = &dir->tree->rows[k];
		struct proc_inode as = *dir;
		uint8_t type = LX_DT_DIR;
		size_t len;
		const char *name = proc_row_in(dir, row, &len);

		if (!name || is_repeated(dir, (uint32_t)k, name, len))
			continue;
		proc_enter(&as, row, name, len);
		if (as.row)
			type = LX_IFTODT(as.row->mode);
		if (!dir_emit(f, sink, name, len, proc_ino(&as), type, k + 3))
			return false;
	}
	f->pos = NUMBERS;
	return true;
}

static void
emit_numbers(struct file *f, struct dir_sink *sink)
{
	const struct proc_inode *dir = proc_i(f->inode);
	const struct proc_series *s = dir->row->series;
	struct proc_inode as = {.pid = dir->pid, .is_thread = dir->is_thread};
	uint64_t nr;
	char name[24];

	as.is_thread |= s->is_thread;
	as.tree = s->tree ? s->tree : dir->tree;
	as.row = s->tree ? &s->tree->rows[0] : s->leaf;
	while (s->next(dir, f->pos - NUMBERS, &nr)) {
		int len = str_format(name, sizeof(name), "%s%llu",
				     s->prefix ? s->prefix : "",
				     (unsigned long long)nr);

		as.nr = nr;
		if (s->is_pid) {
			as.nr = 0;
			as.pid = pid_find((int)nr);
		}
		if (!dir_emit(f, sink, name, (size_t)len, proc_ino(&as),
			      LX_IFTODT(as.row->mode), NUMBERS + nr + 1))
			return;
	}
}

static int
dir_iterate(struct file *f, struct dir_sink *sink)
{
	const struct proc_inode *dir = proc_i(f->inode);

	if (dir->pid && !proc_task(dir))
		return -ENOENT;
	if (!dir_emit_dots(f, sink))
		return 0;
	if (f->pos < NUMBERS && !emit_rows(f, sink))
		return 0;
	if (dir->row && dir->row->series)
		emit_numbers(f, sink);
	return 0;
}

const struct file_ops proc_dir_fops = {
	.kind = "proc",
	.iterate = dir_iterate,
	.seek = file_seek_simple,
};

struct pid *
proc_dir_pid(const struct file *f)
{
	const struct proc_inode *pi;

	if (f->ops != &proc_dir_fops)
		return NULL;
	pi = proc_i(f->inode);
	return pi->tree == &proc_pid_tree && !pi->dir_len ? pi->pid : NULL;
}
