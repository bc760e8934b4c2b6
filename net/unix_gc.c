/* SPDX-License-Identifier: MIT */
/*
 * net/unix_gc.c - sockets sent through sockets.
 *
 * A socket in a message is kept by the message, and that by the queue it is
 * in; two that lie in each other's queues would stay for ever.  A socket is
 * garbage if all its references are from queues of garbage sockets.
 *
 * Files of dropped messages are put one by one from a list, so that sockets
 * nested a thousand deep don't nest a thousand calls.
 */
#include "base/slab.h"
#include "net/internal_unix.h"

static struct list flying = LIST_INIT(flying); /* unix_sock.in_flight */
static uint32_t nflying;
static bool is_collecting;

static struct scm_fds *doomed[256];
static uint32_t ndoomed;
static bool is_draining;

static struct unix_sock *
flyer(struct file *f)
{
	struct sock *sk = sock_of(f);

	return sk && sk->family == LX_AF_UNIX ? unix_of(sk) : NULL;
}

uint32_t
unix_inflight(void)
{
	return nflying;
}

void
unix_fds_sent(struct scm_fds *fds)
{
	for (uint32_t i = 0; i < fds->n; i++) {
		struct unix_sock *us = flyer(fds->f[i]);

		if (!us)
			continue;
		nflying++;
		if (!us->inflight++)
			list_append(&flying, &us->in_flight);
	}
}

void
unix_fds_gone(struct scm_fds *fds)
{
	for (uint32_t i = 0; i < fds->n; i++) {
		struct unix_sock *us = flyer(fds->f[i]);

		if (!us)
			continue;
		nflying--;
		if (!--us->inflight)
			list_del(&us->in_flight);
	}
}

static void
put_all(struct scm_fds *fds)
{
	for (uint32_t i = 0; i < fds->n; i++)
		file_put(fds->f[i]);
	kfree(fds);
}

void
scm_free(struct scm_fds *fds)
{
	if (!fds)
		return;
	if (is_draining && ndoomed < ARRAY_LEN(doomed)) {
		doomed[ndoomed++] = fds;
		return;
	}
	if (is_draining) {
		put_all(fds);
		return;
	}
	is_draining = true;
	put_all(fds);
	while (ndoomed)
		put_all(doomed[--ndoomed]);
	is_draining = false;
}

/* Call @fn for each flying socket in @us's queue, and in those of connections
 * nobody has accepted. */
static void
each_held(struct unix_sock *us, void (*fn)(struct unix_sock *x))
{
	struct unix_sock *e;
	struct unix_msg *m;

	LIST_EACH(m, &us->rq, link) {
		for (uint32_t i = 0; m->fds && i < m->fds->n; i++) {
			struct unix_sock *x = flyer(m->fds->f[i]);

			if (x)
				fn(x);
		}
	}
	LIST_EACH(e, &us->pending, in_pending) {
		each_held(e, fn);
	}
}

static void
discount(struct unix_sock *x)
{
	if (x->is_garbage)
		x->outside--;
}

static bool found_alive;

static void
revive(struct unix_sock *x)
{
	if (!x->is_garbage)
		return;
	x->is_garbage = false;
	found_alive = true;
}

/* Who is kept by nothing but queues is a candidate; those that a candidate's
 * queue does not account for are alive, and what they hold is. */
static uint32_t
mark(void)
{
	struct unix_sock *us;
	uint32_t n = 0;

	LIST_EACH(us, &flying, in_flight) {
		us->is_garbage =
			us->sk.file && us->sk.file->ref.n == us->inflight;
		us->outside = us->inflight;
	}
	LIST_EACH(us, &flying, in_flight) {
		if (us->is_garbage)
			each_held(us, discount);
	}
	LIST_EACH(us, &flying, in_flight) {
		if (us->outside > 0)
			us->is_garbage = false;
	}
	do {
		found_alive = false;
		LIST_EACH(us, &flying, in_flight) {
			if (!us->is_garbage)
				each_held(us, revive);
		}
	} while (found_alive);
	LIST_EACH(us, &flying, in_flight) {
		n += us->is_garbage;
	}
	return n;
}

static struct unix_sock *
first_garbage(void)
{
	struct unix_sock *us;

	LIST_EACH(us, &flying, in_flight) {
		if (us->is_garbage)
			return us;
	}
	return NULL;
}

/* Emptying one queue closes what was in it, which empties others; those that
 * remain are looked for again. */
void
unix_gc(void)
{
	struct unix_sock *us;

	if (is_collecting)
		return;
	is_collecting = true;
	if (mark()) {
		while ((us = first_garbage())) {
			struct unix_sock *e;

			us->is_garbage = false;
			unix_get(us);
			unix_purge(us);
			LIST_EACH(e, &us->pending, in_pending) {
				unix_purge(e);
			}
			unix_put(us);
		}
	}
	is_collecting = false;
}
