/* SPDX-License-Identifier: MIT */
/*
 * fs/proc/mem.c - what is in a task's memory: its arguments, environment,
 * auxiliary vector, and all of it.
 *
 * Reading guest memory may sleep: the mm is counted, the task is not touched
 * afterwards.
 */
#include "base/slab.h"
#include "fs/proc/internal.h"
#include "mm/mm.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

#define STRINGS_MAX (2u << 20) /* a quarter of the largest stack */

/* The guest's bytes [start, end), cut where they cannot be read. */
static int64_t
fetch(struct mm *mm, uint64_t start, uint64_t end, char **out)
{
	uint64_t len =
		end > start ? MIN(end - start, (uint64_t)STRINGS_MAX) : 0;
	uint64_t done = 0;
	char *buf = len ? kmalloc(len + 1) : NULL;

	*out = buf;
	if (!len)
		return 0;
	if (!buf)
		return -ENOMEM;
	while (done < len) {
		uint64_t n =
			MIN(PAGE_SIZE - (start + done) % PAGE_SIZE, len - done);

		if (copy_in_force(mm, buf + done, uaddr(start + done), n))
			break;
		done += n;
	}
	buf[done] = '\0';
	return (int64_t)done;
}

/*
 * Linux: a program that overwrote the NUL at the end of its arguments has
 * written a title over them, which may go on into the environment.
 */
static int64_t
fetch_title(struct mm *mm, const struct mm_layout *l, char **out)
{
	int64_t n = fetch(mm, l->arg_start, MAX(l->env_end, l->arg_end), out);
	uint64_t args = l->arg_end - l->arg_start;
	const char *end;

	if (n <= 0 || (uint64_t)n < args || !(*out)[args - 1])
		return MIN(n, (int64_t)args);
	end = memchr(*out, '\0', (size_t)n);
	return end ? end - *out + 1 : n;
}

/* cmdline may be read by everybody. */
int64_t
pid_cmdline_fetch(const struct proc_inode *pi, char **out)
{
	struct mm_layout l;
	struct mm *mm = proc_task(pi)->mm;
	int64_t n;

	if (!mm)
		return 0;
	mm_get(mm);
	l = *mm_layout(mm);
	n = l.arg_end > l.arg_start ? fetch_title(mm, &l, out) : 0;
	mm_put(mm);
	return n;
}

int64_t
pid_environ_fetch(const struct proc_inode *pi, char **out)
{
	struct mm_layout l;
	struct mm *mm;
	int64_t n;
	int err = proc_mm(pi, &mm);

	if (err || !mm)
		return err;
	l = *mm_layout(mm);
	n = fetch(mm, l.env_start, l.env_end, out);
	mm_put(mm);
	return n;
}

int
pid_auxv_show(const struct proc_inode *pi, struct strbuf *sb)
{
	struct mm *mm = proc_task(pi)->mm;
	const struct mm_layout *l;

	if (!mm)
		return 0;
	l = mm_layout(mm);
	strbuf_put(sb, (const char *)l->auxv, l->nauxv * sizeof(l->auxv[0]));
	return 0;
}

/* One page at most at a time, through the kernel. */
static int
mem_move(struct file *f, struct uio *u, uint64_t *pos, bool is_write)
{
	const struct proc_inode *pi = proc_i(f->inode);
	struct mm *mm;
	char *page;
	int err = proc_mm(pi, &mm);

	if (err || !mm)
		return err == -ESRCH ? 0 : err;
	page = kmalloc(PAGE_SIZE);
	if (!page)
		err = -ENOMEM;
	while (!err && u->left) {
		uint64_t n = MIN(PAGE_SIZE - *pos % PAGE_SIZE, u->left);
		int64_t moved;

		if (*pos >= USER_TOP) {
			err = -EIO;
			break;
		}
		if (!is_write && copy_in_force(mm, page, uaddr(*pos), n)) {
			err = -EIO;
			break;
		}
		moved = uio_copy(u, page, n);
		if (moved < 0) {
			err = (int)moved;
			break;
		}
		if (is_write &&
		    copy_out_force(mm, uaddr(*pos), page, (size_t)moved)) {
			uio_rewind(u, (uint64_t)moved);
			err = -EIO;
			break;
		}
		*pos += (uint64_t)moved;
	}
	kfree(page);
	mm_put(mm);
	return u->moved ? 0 : err;
}

static int
mem_read(struct file *f, struct uio *u, uint64_t *pos)
{
	return mem_move(f, u, pos, false);
}

static int
mem_write(struct file *f, struct uio *u, uint64_t *pos)
{
	return mem_move(f, u, pos, true);
}

const struct file_ops pid_mem_fops = {
	.kind = "mem",
	.read = mem_read,
	.write = mem_write,
	.seek = file_seek_simple,
};
