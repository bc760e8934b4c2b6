/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/stream.c - host pipes, terminals and sockets: never block.
 *
 * The descriptors are shared with whoever started us, so O_NONBLOCK must not
 * be set on them.  Where the host lets us, the same object is opened anew
 * with it; else a call asks poll(2) first and moves no more than surely goes
 * without blocking.
 */
#include "arch/um/host/host.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SURE_WRITE  4096 /* PIPE_BUF: what fits when poll says POLLOUT */
#define STREAM_BITS (STREAM_IN | STREAM_OUT | STREAM_ERR | STREAM_HUP)

static_assert(STREAM_IN == POLLIN && STREAM_OUT == POLLOUT &&
		      STREAM_ERR == POLLERR && STREAM_HUP == POLLHUP,
	      "bits are poll(2)'s");

/* Our own open file for the same pipe or terminal, or -1. */
static int
open_own(int fd)
{
	int flags = fcntl(fd, F_GETFL), own;
	struct stat st, own_st;
	char path[64];

	if (flags < 0 || fstat(fd, &st) < 0 ||
	    (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode)))
		return -1;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	own = open(path,
		   (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (own < 0)
		return -1;
	/* /dev/tty and kin may lead elsewhere. */
	if (fstat(own, &own_st) < 0 || own_st.st_ino != st.st_ino ||
	    own_st.st_dev != st.st_dev) {
		close(own);
		return -1;
	}
	return own;
}

int
stream_of_stdio(int fd)
{
	struct handle *h;
	bool is_own = true;
	int n, own = open_own(fd);

	if (own < 0) {
		is_own = false;
		own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
		if (own < 0) /* closed by who started us */
			own = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (own < 0)
			return -errno;
	}
	n = handle_new(HANDLE_STREAM, own, 0, false);
	if (n < 0)
		return n;
	h = handle_get((uint64_t)n);
	h->is_nonblock = is_own || fcntl(own, F_GETFL) & O_NONBLOCK;
	handle_put(h);
	return n;
}

static int
ready_now(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};
	int n;

	do
		n = poll(&p, 1, 0);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : p.revents;
}

static int64_t
move(struct handle *h, bool is_write, void *buf, uint64_t len)
{
	int64_t n;
	int ready;

	if (len > 0x7ffff000)
		len = 0x7ffff000;
	if (!h->is_nonblock) {
		ready = ready_now(h->fd, is_write ? POLLOUT : POLLIN);
		if (ready < 0)
			return ready;
		if (!ready)
			return -EAGAIN;
		if (is_write && len > SURE_WRITE)
			len = SURE_WRITE;
	}
	do
		n = is_write ? write(h->fd, buf, len) : read(h->fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int64_t
stream_move(const uint64_t *a, bool is_write)
{
	struct handle *h;
	int64_t n;

	if (!(is_write ? memory_readable : memory_writable)(a[1], a[2]))
		return -EFAULT;
	h = handle_get(a[0]);
	if (!h)
		return -EBADF;
	n = h->kind == HANDLE_STREAM ? move(h, is_write, (void *)a[1], a[2])
				     : -EINVAL;
	handle_put(h);
	return n;
}

int64_t
hc_STREAM_READ(const uint64_t *a)
{
	return stream_move(a, false);
}

int64_t
hc_STREAM_WRITE(const uint64_t *a)
{
	return stream_move(a, true);
}

int64_t
hc_STREAM_POLL(const uint64_t *a)
{
	struct handle *h = handle_get(a[0]);
	int r;

	if (!h)
		return -EBADF;
	r = ready_now(h->fd, POLLIN | POLLOUT);
	handle_put(h);
	return r < 0 ? r : r & STREAM_BITS;
}

static void
on_ready(struct watch *w, int revents)
{
	uint64_t cookie = w->cookie;

	handle_put(w->h);
	free(w);
	event_unreserve();
	event_raise(EVENT_STREAM_READY, cookie, revents & STREAM_BITS);
}

int64_t
hc_STREAM_ARM(const uint64_t *a)
{
	struct watch *w;
	int err;

	if (a[1] & ~(uint64_t)STREAM_BITS)
		return -EINVAL;
	err = event_reserve();
	if (err)
		return err;
	w = malloc(sizeof *w);
	if (!w) {
		event_unreserve();
		return -ENOMEM;
	}
	*w = (struct watch){.events = (short)a[1],
			    .fn = on_ready,
			    .cookie = a[2],
			    .h = handle_get(a[0])};
	err = w->h ? 0 : -EBADF;
	if (!err) {
		w->fd = w->h->fd;
		err = loop_watch(w);
	}
	if (err) {
		handle_put(w->h);
		free(w);
		event_unreserve();
	}
	return err;
}

int64_t
hc_CONSOLE_SIZE(const uint64_t *a)
{
	struct host_winsize *out = (struct host_winsize *)a[1];
	struct handle *h;
	struct winsize ws;
	int err;

	if (a[1] % 2 || !arena_writable(a[1], sizeof *out))
		return -EFAULT;
	h = handle_get(a[0]);
	if (!h)
		return -EBADF;
	err = ioctl(h->fd, TIOCGWINSZ, &ws) < 0 ? -errno : 0;
	handle_put(h);
	if (!err)
		*out = (struct host_winsize){ws.ws_row, ws.ws_col, ws.ws_xpixel,
					     ws.ws_ypixel};
	return err;
}
