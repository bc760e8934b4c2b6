/* SPDX-License-Identifier: MIT */
/* fs/eventfd.c - eventfd(2): a 64-bit counter as a file. */
#include "fs/eventfd.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/anon.h"
#include "include/abi/fcntl.h"
#include "mm/uio.h"

#define COUNT_MAX (UINT64_MAX - 1)

struct eventfd {
	uint64_t count;
	bool is_semaphore;
};

static int
eventfd_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct eventfd *e = f->priv;
	uint64_t value;
	int64_t n;

	if (u->left < sizeof(value))
		return -EINVAL;
	if (!e->count)
		return -EAGAIN;
	value = e->is_semaphore ? 1 : e->count;
	e->count -= value;
	waitq_wake(f->wq, WAIT_OUT);
	/* Linux: the value is gone even if it can't be delivered. */
	n = uio_copy(u, &value, sizeof(value));
	return n == sizeof(value) ? 0 : -EFAULT;
}

static int
eventfd_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct eventfd *e = f->priv;
	uint64_t value;

	if (u->left < sizeof(value))
		return -EINVAL;
	if (uio_copy(u, &value, sizeof(value)) != sizeof(value)) {
		uio_rewind(u, u->moved);
		return -EFAULT;
	}
	if (value > COUNT_MAX || value > COUNT_MAX - e->count) {
		uio_rewind(u, sizeof(value));
		return value > COUNT_MAX ? -EINVAL : -EAGAIN;
	}
	e->count += value;
	waitq_wake(f->wq, WAIT_IN);
	return 0;
}

static uint32_t
eventfd_poll(struct file *f)
{
	struct eventfd *e = f->priv;

	return (e->count > 0 ? WAIT_IN : 0) |
	       (e->count < COUNT_MAX ? WAIT_OUT : 0);
}

/* Linux: noop_llseek, lseek(2) does nothing and succeeds. */
static int64_t
eventfd_seek(struct file *f, int64_t off, int whence)
{
	(void)off, (void)whence;
	return (int64_t)f->pos;
}

static void
eventfd_release(struct file *f)
{
	kfree(f->priv);
}

static void
eventfd_show(struct file *f, struct strbuf *sb)
{
	struct eventfd *e = f->priv;

	strbuf_add(sb, "eventfd-count: %16llx\neventfd-semaphore: %d\n",
		   (unsigned long long)e->count, e->is_semaphore);
}

static const struct file_ops eventfd_fops = {
	.kind = "eventfd",
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.seek = eventfd_seek,
	.release = eventfd_release,
	.show_fdinfo = eventfd_show,
};

int
eventfd_new(uint32_t count, bool is_semaphore, uint32_t flags,
	    struct file **out)
{
	struct eventfd *e = KNEW(struct eventfd);
	int err;

	if (!e)
		return -ENOMEM;
	e->count = count;
	e->is_semaphore = is_semaphore;
	err = anon_file_new(&eventfd_fops, LX_O_RDWR | flags, "[eventfd]", out);
	if (err) {
		kfree(e);
		return err;
	}
	(*out)->priv = e;
	return 0;
}
