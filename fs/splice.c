/* SPDX-License-Identifier: MIT */
/*
 * fs/splice.c - moving bytes between files without a guest buffer.
 *
 * Between pipes whole pages change hands; elsewhere bytes are copied once.  A
 * pipe stays locked while its peer file is read or written, so that what is
 * moved is in order; two pipes are locked lower address first.
 */
#include "fs/splice.h"

#include "base/slab.h"
#include "base/str.h"
#include "fs/internal_pipe.h"
#include "mm/uio.h"

#define COPY_CHUNK 65536u

static int
stalled(struct splice *s, struct file *f, uint32_t events)
{
	if (s->moved)
		return 0;
	s->wait_on = f;
	s->wait_for = events;
	return -EAGAIN;
}

static void
splice_moved(struct splice *s, uint64_t n)
{
	s->moved += n;
	s->left -= n;
}

/* Read or write at the position the caller gave, or the file's own. */
static int
splice_read(struct splice *s, struct uio *u)
{
	int err;

	if (!s->in_pos)
		return file_read(s->in, u);
	err = file_pread(s->in, u, *s->in_pos);
	*s->in_pos += u->moved;
	return err;
}

static int
splice_write(struct splice *s, struct uio *u)
{
	int err = 0;

	if (s->cred)
		err = file_write_checks(s->out, u,
					s->out_pos ? *s->out_pos : s->out->pos,
					s->cred, s->fsize_limit);
	if (err)
		return err;
	if (!s->out_pos)
		return file_write(s->out, u);
	err = file_pwrite(s->out, u, *s->out_pos);
	*s->out_pos += u->moved;
	return err;
}

static int
fill_slot(struct splice *s, struct pipe *p)
{
	uint32_t want = (uint32_t)MIN(s->left, PAGE_SIZE);
	char *page = pipe_page(p);
	struct uio u;
	int err;

	if (!page)
		return -ENOMEM;
	uio_init_kernel(&u, UIO_TO_GUEST, page, want);
	err = splice_read(s, &u);
	if (!u.moved) {
		pipe_page_free(p, page);
		return err;
	}
	pipe_push(p, page, 0, (uint32_t)u.moved, false);
	splice_moved(s, u.moved);
	waitq_wake(&p->wq, WAIT_IN);
	return err;
}

int
splice_to_pipe(struct splice *s)
{
	struct pipe *p = pipe_of(s->out);
	int err = 0;

	mutex_lock(&p->lock);
	while (s->left) {
		uint64_t before = s->moved;

		if (!p->readers)
			err = s->moved ? 0 : -EPIPE;
		else if (pipe_is_full(p))
			err = stalled(s, s->out, WAIT_OUT);
		else
			err = fill_slot(s, p);
		if (err == -EAGAIN && !s->wait_on)
			err = stalled(s, s->in, WAIT_IN);
		if (err || s->moved == before)
			break;
	}
	mutex_unlock(&p->lock);
	return s->moved ? 0 : err;
}

static int
drain_slot(struct splice *s, struct pipe *p)
{
	struct pipe_buf *b = pipe_slot(p, p->tail);
	bool was_full = pipe_is_full(p);
	struct uio u;
	int err;

	uio_init_kernel(&u, UIO_FROM_GUEST, b->page + b->off,
			MIN(s->left, (uint64_t)b->len));
	err = splice_write(s, &u);
	if (!u.moved)
		return err;
	splice_moved(s, u.moved);
	pipe_consume(p, (uint32_t)u.moved);
	if (was_full && !pipe_is_full(p))
		waitq_wake(&p->wq, WAIT_OUT);
	return err;
}

int
splice_from_pipe(struct splice *s)
{
	struct pipe *p = pipe_of(s->in);
	int err = 0;

	mutex_lock(&p->lock);
	while (s->left && !err) {
		if (pipe_is_empty(p)) {
			if (p->writers)
				err = stalled(s, s->in, WAIT_IN);
			break;
		}
		err = drain_slot(s, p);
		if (err == -EAGAIN)
			s->wait_on = NULL;
	}
	if (err == -EAGAIN && !s->wait_on)
		err = stalled(s, s->out, WAIT_OUT);
	mutex_unlock(&p->lock);
	return s->moved ? 0 : err;
}

static void
lock_both(struct pipe *a, struct pipe *b)
{
	mutex_lock(a < b ? &a->lock : &b->lock);
	mutex_lock(a < b ? &b->lock : &a->lock);
}

/* A copy of up to @n bytes of @from as a new slot of @to. */
static int
copy_slot(struct pipe *to, const struct pipe_buf *from, uint32_t n)
{
	char *page = pipe_page(to);

	if (!page)
		return -ENOMEM;
	memcpy(page, from->page + from->off, n);
	pipe_push(to, page, 0, n, from->is_packet);
	return 0;
}

static int
move_slot(struct splice *s, struct pipe *from, struct pipe *to)
{
	struct pipe_buf *b = pipe_slot(from, from->tail);
	uint32_t n = (uint32_t)MIN(s->left, (uint64_t)b->len);

	if (n == b->len) {
		pipe_push(to, b->page, b->off, b->len, b->is_packet);
		b->page = NULL;
		from->tail++;
	} else {
		int err = copy_slot(to, b, n);

		if (err)
			return err;
		pipe_consume(from, n);
	}
	splice_moved(s, n);
	return 0;
}

/* Why nothing can be moved from @from to @to, if so. */
static int
pipes_ready(struct splice *s, struct pipe *from, struct pipe *to, bool is_end)
{
	if (!to->readers)
		return -EPIPE;
	if (is_end)
		return from->writers ? stalled(s, s->in, WAIT_IN) : 0;
	return pipe_is_full(to) ? stalled(s, s->out, WAIT_OUT) : 0;
}

int
splice_pipes(struct splice *s)
{
	struct pipe *from = pipe_of(s->in), *to = pipe_of(s->out);
	bool was_full;
	int err;

	lock_both(from, to);
	was_full = pipe_is_full(from);
	err = pipes_ready(s, from, to, pipe_is_empty(from));
	while (!err && s->left && !pipe_is_empty(from) && !pipe_is_full(to))
		err = move_slot(s, from, to);
	if (s->moved) {
		waitq_wake(&to->wq, WAIT_IN);
		if (was_full)
			waitq_wake(&from->wq, WAIT_OUT);
	}
	mutex_unlock(&from->lock);
	mutex_unlock(&to->lock);
	return s->moved ? 0 : err;
}

int
splice_tee(struct splice *s)
{
	struct pipe *from = pipe_of(s->in), *to = pipe_of(s->out);
	uint32_t at;
	int err;

	lock_both(from, to);
	at = from->tail;
	err = pipes_ready(s, from, to, pipe_is_empty(from));
	while (!err && s->left && at != from->head && !pipe_is_full(to)) {
		struct pipe_buf *b = pipe_slot(from, at++);
		uint32_t n = (uint32_t)MIN(s->left, (uint64_t)b->len);

		err = copy_slot(to, b, n);
		if (!err)
			splice_moved(s, n);
	}
	if (s->moved)
		waitq_wake(&to->wq, WAIT_IN);
	mutex_unlock(&from->lock);
	mutex_unlock(&to->lock);
	return s->moved ? 0 : err;
}

/* The source's position advances by what was written, not by what was read:
 * it is read at a copy, and set afterwards. */
int
splice_copy(struct splice *s)
{
	uint64_t pos = s->in_pos ? *s->in_pos : s->in->pos;
	uint64_t done;
	struct uio u;
	int err;

	if (!s->buf)
		s->buf = kmalloc(COPY_CHUNK);
	if (!s->buf)
		return -ENOMEM;
	uio_init_kernel(&u, UIO_TO_GUEST, s->buf,
			MIN(s->left, (uint64_t)COPY_CHUNK));
	err = file_pread(s->in, &u, pos);
	if (!u.moved)
		return err;
	done = u.moved;
	uio_init_kernel(&u, UIO_FROM_GUEST, s->buf, done);
	err = splice_write(s, &u);
	*(s->in_pos ? s->in_pos : &s->in->pos) = pos + u.moved;
	splice_moved(s, u.moved);
	if (err == -EAGAIN) {
		s->wait_on = s->out;
		s->wait_for = WAIT_OUT;
	}
	return err;
}

void
splice_fini(struct splice *s)
{
	kfree(s->buf);
	s->buf = NULL;
}
