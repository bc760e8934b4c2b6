/* SPDX-License-Identifier: MIT */
/*
 * fs/pipe.c - pipes and FIFOs.
 *
 * A ring of slots of at most a page each.  A write of up to PIPE_BUF bytes
 * goes into one slot, or whole into the space left in the newest one, and so
 * is atomic; a larger one takes slot after slot.  Capacity is counted in
 * slots, as Linux does: poll(2) says OUT when a slot is free.
 *
 * Pipes know no tasks: SIGPIPE is raised by syscalls/rw.c.
 */
#include "fs/pipe.h"

#include "base/cred.h"
#include "base/slab.h"
#include "base/str.h"
#include "fs/anon.h"
#include "fs/inode.h"
#include "fs/internal_pipe.h"
#include "include/abi/fcntl.h"
#include "include/abi/ioctl.h"
#include "include/abi/stat.h"
#include "mm/uio.h"
#include "mm/usercopy.h"

char *
pipe_page(struct pipe *p)
{
	for (int i = 0; i < PIPE_SPARES; i++) {
		char *page = p->spare[i];

		if (page) {
			p->spare[i] = NULL;
			return page;
		}
	}
	return kmalloc(PAGE_SIZE);
}

void
pipe_page_free(struct pipe *p, char *page)
{
	for (int i = 0; i < PIPE_SPARES; i++)
		if (!p->spare[i]) {
			p->spare[i] = page;
			return;
		}
	kfree(page);
}

void
pipe_push(struct pipe *p, char *page, uint32_t off, uint32_t len,
	  bool is_packet)
{
	*pipe_slot(p, p->head++) = (struct pipe_buf){
		.page = page,
		.off = off,
		.len = len,
		.is_packet = is_packet,
	};
}

void
pipe_consume(struct pipe *p, uint32_t n)
{
	struct pipe_buf *b = pipe_slot(p, p->tail);

	b->off += n;
	b->len -= n;
	if (b->len)
		return;
	pipe_page_free(p, b->page);
	b->page = NULL;
	p->tail++;
}

static void
pipe_free(struct pipe *p)
{
	while (!pipe_is_empty(p))
		pipe_consume(p, pipe_slot(p, p->tail)->len);
	for (int i = 0; i < PIPE_SPARES; i++)
		kfree(p->spare[i]);
	kfree(p->ring);
	kfree(p);
}

static struct pipe *
pipe_alloc(void)
{
	struct pipe *p = KNEW(struct pipe);

	if (!p)
		return NULL;
	p->nslots = PIPE_DEF_SIZE / PAGE_SIZE;
	p->ring = kzalloc(p->nslots * sizeof(*p->ring));
	if (!p->ring) {
		kfree(p);
		return NULL;
	}
	waitq_init(&p->wq);
	mutex_init(&p->lock);
	return p;
}

/* Move what is there; never more than one packet. */
static int
pipe_take(struct pipe *p, struct uio *u)
{
	while (!pipe_is_empty(p) && u->left) {
		struct pipe_buf *b = pipe_slot(p, p->tail);
		uint32_t want = (uint32_t)MIN((uint64_t)b->len, u->left);
		bool is_packet = b->is_packet;
		int64_t n = uio_copy(u, b->page + b->off, want);

		/* Linux: a slot that can't be delivered stays whole. */
		if (n >= 0 && n < want)
			uio_rewind(u, (uint64_t)n);
		if (n < want)
			return -EFAULT;
		/* The rest of a packet that did not fit is lost. */
		pipe_consume(p, is_packet ? b->len : want);
		if (is_packet)
			return 0;
	}
	return 0;
}

static int
pipe_read(struct file *f, struct uio *u, uint64_t *pos)
{
	struct pipe *p = f->priv;
	uint64_t before = u->moved;
	bool was_full;
	int err;

	if (!u->left)
		return 0;
	mutex_lock(&p->lock);
	was_full = pipe_is_full(p);
	err = pipe_take(p, u);
	if (was_full && !pipe_is_full(p))
		waitq_wake(&p->wq, WAIT_OUT);
	if (u->moved > before)
		err = 0;
	else if (!err && p->writers)
		err = -EAGAIN;
	mutex_unlock(&p->lock);
	return err;
}

/* Linux: the odd bytes of a write go behind those of the newest slot, if all
 * of them fit there. */
static int
pipe_merge(struct pipe *p, struct uio *u)
{
	uint32_t odd = (uint32_t)(u->left & (PAGE_SIZE - 1));
	struct pipe_buf *b;
	int64_t n;

	if (!odd || pipe_is_empty(p))
		return 0;
	b = pipe_slot(p, p->head - 1);
	if (b->is_packet || b->off + b->len + odd > PAGE_SIZE)
		return 0;
	n = uio_copy(u, b->page + b->off + b->len, odd);
	if (n < 0)
		return (int)n;
	b->len += (uint32_t)n;
	return n < odd ? -EFAULT : 0;
}

static int
pipe_put(struct pipe *p, struct uio *u, bool is_packet)
{
	int err = is_packet ? 0 : pipe_merge(p, u);

	while (!err && u->left) {
		char *page;
		int64_t n;

		if (!p->readers)
			return -EPIPE;
		if (pipe_is_full(p))
			return -EAGAIN;
		page = pipe_page(p);
		if (!page)
			return -ENOMEM;
		n = uio_copy(u, page, MIN(u->left, PAGE_SIZE));
		if (n > 0)
			pipe_push(p, page, 0, (uint32_t)n, is_packet);
		else
			pipe_page_free(p, page);
		err = n < 0 ? (int)n : 0;
	}
	return err;
}

static int
pipe_write(struct file *f, struct uio *u, uint64_t *pos)
{
	struct pipe *p = f->priv;
	uint64_t before = u->moved;
	int err;

	if (!u->left)
		return 0;
	mutex_lock(&p->lock);
	err = p->readers ? pipe_put(p, u, f->flags & LX_O_DIRECT) : -EPIPE;
	if (u->moved > before)
		waitq_wake(&p->wq, WAIT_IN);
	mutex_unlock(&p->lock);
	return err;
}

static uint32_t
pipe_poll(struct file *f)
{
	struct pipe *p = f->priv;
	uint32_t ready = 0;

	if (file_may_read(f)) {
		if (!pipe_is_empty(p))
			ready |= WAIT_IN;
		/* f->pos: see fifo_open(). */
		if (!p->writers && p->w_counter != f->pos)
			ready |= WAIT_HUP;
	}
	if (file_may_write(f)) {
		if (!pipe_is_full(p))
			ready |= WAIT_OUT;
		if (!p->readers)
			ready |= WAIT_ERR;
	}
	return ready;
}

static sysret_t
pipe_ioctl(struct file *f, struct mm *mm, uint32_t cmd, uint64_t arg)
{
	struct pipe *p = f->priv;
	int32_t count = 0;

	if (cmd != LX_FIONREAD)
		return -ENOTTY;
	for (uint32_t at = p->tail; at != p->head; at++)
		count += (int32_t)pipe_slot(p, at)->len;
	return put_user(mm, uaddr(arg), &count);
}

static void
pipe_release(struct file *f)
{
	struct pipe *p = f->priv;

	p->readers -= file_may_read(f);
	p->writers -= file_may_write(f);
	if (--p->files) {
		if (!p->readers || !p->writers)
			waitq_wake_all(&p->wq, WAIT_IN | WAIT_OUT | WAIT_ERR |
						       WAIT_HUP);
		return;
	}
	if (p->inode)
		p->inode->binding = NULL;
	pipe_free(p);
}

static const struct file_ops pipe_fops = {
	.kind = "pipe",
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

bool
file_is_pipe(const struct file *f)
{
	return f->ops == &pipe_fops;
}

struct pipe *
pipe_of(struct file *f)
{
	return file_is_pipe(f) ? f->priv : NULL;
}

static void
pipe_attach(struct pipe *p, struct file *f)
{
	p->files++;
	if (file_may_read(f)) {
		p->readers++;
		p->r_counter++;
	}
	if (file_may_write(f)) {
		p->writers++;
		p->w_counter++;
	}
	f->ops = &pipe_fops;
	f->priv = p;
	f->wq = &p->wq;
	f->pos = 0;
}

/* A file's ops are the pipe's from pipe_attach() on; until then its release
 * must do nothing. */
static const struct file_ops pipe_unattached_fops = {
	.kind = "pipe",
};

int
pipe_new(const struct cred *c, uint32_t flags, struct file **rd,
	 struct file **wr)
{
	AUTO_PUT(inode) i = NULL;
	AUTO_PUT(file) r = NULL;
	struct pipe *p;
	int err;

	err = anon_inode_new(ANON_PIPEFS, LX_S_IFIFO | 0600, c->fsuid, c->fsgid,
			     &i);
	if (!err)
		err = anon_file_on(i, &pipe_unattached_fops,
				   LX_O_RDONLY | (flags & LX_O_NONBLOCK),
				   "pipe", &r);
	if (err)
		return err;
	p = pipe_alloc();
	if (!p)
		return -ENOMEM;
	err = anon_file_on(i, &pipe_unattached_fops,
			   LX_O_WRONLY |
				   (flags & (LX_O_NONBLOCK | LX_O_DIRECT)),
			   "pipe", wr);
	if (err) {
		pipe_free(p);
		return err;
	}
	pipe_attach(p, r);
	pipe_attach(p, *wr);
	/* For /proc/PID/fd/N to open it again. */
	p->inode = i;
	i->binding = p;
	*rd = r;
	r = NULL;
	return 0;
}

/*
 * fifo(7): open for reading waits for a writer and the reverse; with
 * O_NONBLOCK reading never waits and writing without a reader is -ENXIO;
 * O_RDWR never waits.  f->pos holds the other side's open count to compare
 * with: while waiting, and for a non-blocking reader, for which HUP only
 * counts once a writer has been there.  Linux: a pipe of pipe(2), opened by
 * /proc/PID/fd/N, never waits for anything, and reading is at its end when
 * the writers are gone.
 */
int
fifo_open(struct inode *i, struct file *f)
{
	bool rd = file_may_read(f), wr = file_may_write(f);
	bool nonblock = f->flags & LX_O_NONBLOCK;
	struct pipe *p = i->binding;

	if (p && !p->is_named) {
		pipe_attach(p, f);
		return 0;
	}
	if (wr && !rd && nonblock && !(p && p->readers))
		return -ENXIO;
	if (!p) {
		p = pipe_alloc();
		if (!p)
			return -ENOMEM;
		p->is_named = true;
		p->inode = i;
		i->binding = p;
	}
	pipe_attach(p, f);
	waitq_wake_all(&p->wq, WAIT_IN | WAIT_OUT);
	if (rd && !wr && !p->writers) {
		f->pos = p->w_counter;
		return nonblock ? 0 : -EAGAIN;
	}
	if (wr && !rd && !p->readers) {
		f->pos = p->r_counter;
		return -EAGAIN;
	}
	return 0;
}

/* That the other end came is enough, even if it has gone again. */
int
fifo_open_wait(struct file *f)
{
	struct pipe *p = f->priv;

	if (f->pos == (file_may_read(f) ? p->w_counter : p->r_counter))
		return -EAGAIN;
	f->pos = 0;
	return 0;
}

int
pipe_size(struct file *f)
{
	struct pipe *p = pipe_of(f);

	return p ? (int)(p->nslots * PAGE_SIZE) : -EBADF;
}

static int
pipe_resize(struct pipe *p, uint32_t nslots)
{
	uint32_t used = p->head - p->tail;
	struct pipe_buf *ring;

	if (used > nslots)
		return -EBUSY;
	ring = kzalloc(nslots * sizeof(*ring));
	if (!ring)
		return -ENOMEM;
	for (uint32_t n = 0; n < used; n++)
		ring[n] = *pipe_slot(p, p->tail + n);
	kfree(p->ring);
	p->ring = ring;
	p->nslots = nslots;
	p->tail = 0;
	p->head = used;
	waitq_wake(&p->wq, WAIT_OUT);
	return 0;
}

int
pipe_set_size(struct file *f, uint64_t size, bool privileged)
{
	struct pipe *p = pipe_of(f);
	uint32_t nslots = 1;
	int err;

	if (!p)
		return -EBADF;
	/* Linux: what is less than a page is a page. */
	if (size > 1u << 30)
		return -EINVAL;
	while (nslots * PAGE_SIZE < size)
		nslots <<= 1;
	if (nslots > p->nslots && nslots * PAGE_SIZE > PIPE_MAX_SIZE &&
	    !privileged)
		return -EPERM;
	mutex_lock(&p->lock);
	err = pipe_resize(p, nslots);
	mutex_unlock(&p->lock);
	return err ? err : pipe_size(f);
}
