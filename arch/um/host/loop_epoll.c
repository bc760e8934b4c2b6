/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/loop_epoll.c - the event loop where io_uring is forbidden:
 * epoll for readiness, a few threads for disk I/O.  The threads are made when
 * there is something to do, and sleep otherwise.
 */
#include "arch/um/host/host.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define WORKERS_MAX 4

static int epoll_fd = -1;

struct job {
	struct job *next;
	struct io_req *r;
};

static struct {
	pthread_mutex_t lock;
	pthread_cond_t cond;
	struct job *first, **last;
	unsigned workers, idle;
} pool = {.lock = PTHREAD_MUTEX_INITIALIZER,
	  .cond = PTHREAD_COND_INITIALIZER,
	  .last = &pool.first};

/* Watches of descriptors that epoll refuses since they are always ready. */
static struct {
	pthread_mutex_t lock;
	struct watch *list[64];
	unsigned n;
} always = {.lock = PTHREAD_MUTEX_INITIALIZER};

static int
start(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	return epoll_fd < 0 ? -errno : 0;
}

static int
watch_always(struct watch *w)
{
	int err = 0;

	pthread_mutex_lock(&always.lock);
	if (always.n < 64)
		always.list[always.n++] = w;
	else
		err = -EAGAIN;
	pthread_mutex_unlock(&always.lock);
	if (!err)
		loop_poke();
	return err;
}

/* One entry a descriptor is all epoll has: each watch gets a duplicate of its
 * own, closed when it has fired. */
static int
watch(struct watch *w)
{
	struct epoll_event ev = {
		.events = (uint32_t)w->events | EPOLLONESHOT,
		.data.ptr = w,
	};
	int err;

	if (w->h) {
		w->fd = dup(w->h->fd);
		if (w->fd < 0)
			return -errno;
	}
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, w->fd, &ev) == 0)
		return 0;
	if (errno == EEXIST &&
	    epoll_ctl(epoll_fd, EPOLL_CTL_MOD, w->fd, &ev) == 0)
		return 0;
	err = -errno;
	if (w->h)
		close(w->fd);
	return err == -EPERM ? watch_always(w) : err;
}

static void
work(struct io_req *r)
{
	int64_t n;

	do {
		switch (r->op) {
		case IO_READ:
			n = pread(r->fd, (void *)r->buf, r->len, (off_t)r->off);
			break;
		case IO_WRITE:
			n = pwrite(r->fd, (void *)r->buf, r->len,
				   (off_t)r->off);
			break;
		case IO_FDATASYNC:
			n = fdatasync(r->fd);
			break;
		default:
			n = fsync(r->fd);
		}
	} while (n < 0 && errno == EINTR);
	loop_io_done(r, n < 0 ? -errno : n);
}

static void *
worker_main(void *arg)
{
	struct job *j;

	pthread_mutex_lock(&pool.lock);
	for (;;) {
		while (!(j = pool.first)) {
			pool.idle++;
			pthread_cond_wait(&pool.cond, &pool.lock);
			pool.idle--;
		}
		pool.first = j->next;
		if (!pool.first)
			pool.last = &pool.first;
		pthread_mutex_unlock(&pool.lock);
		work(j->r);
		free(j);
		pthread_mutex_lock(&pool.lock);
	}
	return NULL;
}

static int
submit(struct io_req *r)
{
	struct job *j = malloc(sizeof *j);
	pthread_t thread;
	int err = 0;

	if (!j)
		return -ENOMEM;
	*j = (struct job){.r = r};
	pthread_mutex_lock(&pool.lock);
	if (!pool.idle && pool.workers < WORKERS_MAX) {
		err = pthread_create(&thread, NULL, worker_main, NULL);
		pool.workers += !err;
	}
	if (!pool.workers) {
		pthread_mutex_unlock(&pool.lock);
		free(j);
		return -err;
	}
	*pool.last = j;
	pool.last = &j->next;
	pthread_cond_signal(&pool.cond);
	pthread_mutex_unlock(&pool.lock);
	return 0;
}

static void
take_always(void)
{
	struct watch *w;

	for (;;) {
		pthread_mutex_lock(&always.lock);
		w = always.n ? always.list[--always.n] : NULL;
		pthread_mutex_unlock(&always.lock);
		if (!w)
			return;
		w->fn(w, w->events & (POLLIN | POLLOUT));
	}
}

static void
wait(void)
{
	struct epoll_event ev[32];
	int n = epoll_wait(epoll_fd, ev, 32, -1);

	for (int i = 0; i < n; i++) {
		struct watch *w = ev[i].data.ptr;

		if (w->h)
			close(w->fd); /* leaves epoll with it */
		w->fn(w, (int)ev[i].events);
	}
	take_always();
}

const struct loop_backend loop_epoll = {"epoll and threads", start, watch,
					submit, wait};
