/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/loop_uring.c - the event loop on io_uring.
 *
 * Any thread submits, under a lock; only the loop's thread takes completions.
 */
#include "arch/um/host/host.h"

#include <liburing.h>
#include <poll.h>
#include <string.h>

#define ENTRIES	  256
#define TAG_WATCH 1ull

static struct io_uring uring;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int
start(void)
{
	struct io_uring_probe *probe;
	int err = io_uring_queue_init(ENTRIES, &uring, 0);

	if (err)
		return err;
	probe = io_uring_get_probe_ring(&uring);
	if (!probe || !io_uring_opcode_supported(probe, IORING_OP_READ) ||
	    !io_uring_opcode_supported(probe, IORING_OP_WRITE))
		err = -ENOSYS;
	io_uring_free_probe(probe);
	if (err)
		io_uring_queue_exit(&uring);
	else
		(void)io_uring_ring_dontfork(&uring);
	return err;
}

static struct io_uring_sqe *
sqe_locked(void)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&uring);

	if (!sqe && io_uring_submit(&uring) >= 0)
		sqe = io_uring_get_sqe(&uring);
	return sqe;
}

static int
push_locked(void)
{
	int n;

	do
		n = io_uring_submit(&uring);
	while (n == -EINTR);
	return n < 0 ? n : 0;
}

static int
watch(struct watch *w)
{
	struct io_uring_sqe *sqe;
	int err = -EAGAIN;

	pthread_mutex_lock(&lock);
	sqe = sqe_locked();
	if (sqe) {
		io_uring_prep_poll_add(sqe, w->fd, (unsigned)w->events);
		sqe->user_data = (uint64_t)w | TAG_WATCH;
		err = push_locked();
	}
	pthread_mutex_unlock(&lock);
	return err;
}

static void
prepare(struct io_uring_sqe *sqe, struct io_req *r)
{
	switch (r->op) {
	case IO_READ:
		io_uring_prep_read(sqe, r->fd, (void *)r->buf, (unsigned)r->len,
				   r->off);
		break;
	case IO_WRITE:
		io_uring_prep_write(sqe, r->fd, (void *)r->buf,
				    (unsigned)r->len, r->off);
		break;
	default:
		io_uring_prep_fsync(
			sqe, r->fd,
			r->op == IO_FDATASYNC ? IORING_FSYNC_DATASYNC : 0);
	}
	sqe->user_data = (uint64_t)r;
}

static int
submit(struct io_req *r)
{
	struct io_uring_sqe *sqe;
	int err = -EAGAIN;

	pthread_mutex_lock(&lock);
	sqe = sqe_locked();
	if (sqe) {
		prepare(sqe, r);
		err = push_locked();
	}
	pthread_mutex_unlock(&lock);
	return err;
}

static void
take(uint64_t data, int res)
{
	if (data & TAG_WATCH) {
		struct watch *w = (struct watch *)(data & ~TAG_WATCH);

		w->fn(w, res < 0 ? POLLERR : res);
	} else {
		loop_io_done((struct io_req *)data, res);
	}
}

static void
wait(void)
{
	struct io_uring_cqe *cqe;
	uint64_t data;
	int res;

	if (io_uring_wait_cqe(&uring, &cqe) < 0)
		return;
	do {
		data = cqe->user_data;
		res = cqe->res;
		io_uring_cqe_seen(&uring, cqe);
		take(data, res);
	} while (io_uring_peek_cqe(&uring, &cqe) == 0 && cqe);
}

const struct loop_backend loop_uring = {"io_uring", start, watch, submit, wait};
