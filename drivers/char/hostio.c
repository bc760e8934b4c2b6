/* SPDX-License-Identifier: MIT */
/*
 * drivers/char/hostio.c - streams of the host: the user's stdin, stdout and
 * stderr where they are no terminal, as pipes of the guest.
 *
 * The machine never blocks in HC_STREAM_*; what is not ready is armed, and
 * EVENT_STREAM_READY (cookie: our struct stream) wakes the wait queue.
 */
#include "arch/um/boot.h"
#include "arch/um/hypercall.h"
#include "base/slab.h"
#include "drivers/internal.h"
#include "fs/anon.h"
#include "fs/file.h"
#include "fs/hostfs/hostfs.h"
#include "fs/inode.h"
#include "include/abi/stat.h"
#include "kernel/sched.h"
#include "mm/uio.h"

#define RUN_MAX (64 * 1024)

static struct stream stdio[3];
static struct inode *inodes[3];

static void
arm(struct stream *s, uint32_t mask)
{
	mask &= ~s->armed;
	if (!mask)
		return;
	if (HYPER3(STREAM_ARM, s->handle.n, mask | s->armed, s) == 0)
		s->armed |= mask;
}

static void
stream_event(uint64_t cookie, int64_t result)
{
	struct stream *s = (struct stream *)cookie;
	uint32_t events = (uint32_t)result;

	s->armed = 0;
	if (s->on_ready)
		s->on_ready(s, events);
	waitq_wake_all(&s->wq, events | WAIT_IN | WAIT_OUT);
}

void
stream_init(struct stream *s, hosthandle_t handle)
{
	*s = (struct stream){.handle = handle};
	waitq_init(&s->wq);
}

int64_t
stream_read(struct stream *s, void *buf, uint64_t n)
{
	int64_t got = HYPER3(STREAM_READ, s->handle.n, buf, n);

	if (got == -EAGAIN)
		arm(s, STREAM_IN);
	return got;
}

int64_t
stream_write(struct stream *s, const void *buf, uint64_t n)
{
	int64_t put = HYPER3(STREAM_WRITE, s->handle.n, buf, n);

	if (put == -EAGAIN)
		arm(s, STREAM_OUT);
	return put;
}

uint32_t
stream_poll(struct stream *s, uint32_t want)
{
	int64_t now = HYPER1(STREAM_POLL, s->handle.n);

	if (now < 0)
		return WAIT_ERR;
	arm(s, want & ~(uint32_t)now & (STREAM_IN | STREAM_OUT));
	return (uint32_t)now;
}

static int
hostio_read(struct file *f, struct uio *u, uint64_t *pos)
{
	uint64_t n = MIN(u->left, (uint64_t)RUN_MAX);
	void *buf;
	int64_t got;

	(void)pos;
	if (!n)
		return 0;
	buf = kmalloc(n);
	if (!buf)
		return -ENOMEM;
	got = stream_read(f->priv, buf, n);
	if (got > 0)
		got = uio_copy(u, buf, (uint64_t)got);
	kfree(buf);
	return got < 0 ? (int)got : 0;
}

static int
hostio_write(struct file *f, struct uio *u, uint64_t *pos)
{
	uint64_t n = MIN(u->left, (uint64_t)RUN_MAX);
	void *buf;
	int64_t got = 0, put = 0;

	(void)pos;
	if (!n)
		return 0;
	hostfs_barrier();
	buf = kmalloc(n);
	if (!buf)
		return -ENOMEM;
	while (u->left) {
		got = uio_copy(u, buf, MIN(u->left, n));
		if (got <= 0)
			break;
		put = stream_write(f->priv, buf, (uint64_t)got);
		uio_rewind(u, (uint64_t)(got - MAX(put, (int64_t)0)));
		if (put < 0)
			break;
	}
	kfree(buf);
	if (got < 0)
		return (int)got;
	return put < 0 ? (int)put : 0;
}

static uint32_t
hostio_poll(struct file *f)
{
	uint32_t want = (file_may_read(f) ? WAIT_IN : 0) |
			(file_may_write(f) ? WAIT_OUT : 0);

	return stream_poll(f->priv, want) & (want | WAIT_ERR | WAIT_HUP);
}

static const struct file_ops hostio_ops = {
	.kind = "hostio",
	.read = hostio_read,
	.write = hostio_write,
	.poll = hostio_poll,
};

int
hostio_file(int fd, uint32_t flags, struct file **out)
{
	int err;

	if (!inodes[fd]) {
		err = anon_inode_new(ANON_PIPEFS, LX_S_IFIFO | 0600, 0, 0,
				     &inodes[fd]);
		if (err)
			return err;
	}
	err = anon_file_on(inodes[fd], &hostio_ops, flags, "pipe", out);
	if (err)
		return err;
	(*out)->priv = &stdio[fd];
	(*out)->wq = &stdio[fd].wq;
	return 0;
}

void
hostio_init(const struct boot_params *bp)
{
	event_register(EVENT_STREAM_READY, stream_event);
	for (int i = 0; i < 3; i++)
		stream_init(&stdio[i], bp->stdio[i]);
}
