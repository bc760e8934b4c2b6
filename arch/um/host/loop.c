/* SPDX-License-Identifier: MIT */
/*
 * arch/um/host/loop.c - the event loop of the main thread: io_uring where the
 * host allows it, else epoll and a few threads for disk I/O.
 */
#include "arch/um/host/host.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static const struct loop_backend *backend;
static struct watch poke;

static void
on_poke(struct watch *w, int revents)
{
	uint64_t n;

	(void)!read(w->fd, &n, sizeof n);
	loop_watch(w);
}

int
loop_start(char *why, size_t whylen)
{
	int err;

	backend = &loop_uring;
	err = backend->start();
	if (err) {
		host_log(LOG_LEVEL_INFO, "io_uring: %s; epoll and threads then",
			 strerror(-err));
		backend = &loop_epoll;
		err = backend->start();
	}
	if (!err) {
		poke = (struct watch){
			.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK),
			.events = POLLIN,
			.fn = on_poke};
		err = poke.fd < 0 ? -errno : loop_watch(&poke);
	}
	if (err)
		snprintf(why, whylen, "no event loop: %s", strerror(-err));
	return err;
}

void
loop_run(void)
{
	while (!atomic_load(&mach.is_stopping))
		backend->wait();
}

void
loop_poke(void)
{
	const uint64_t one = 1;

	(void)!write(poke.fd, &one, sizeof one);
}

int
loop_watch(struct watch *w)
{
	return backend->watch(w);
}

int
loop_submit(struct io_req *r)
{
	return backend->submit(r);
}

const char *
loop_name(void)
{
	return backend->name;
}
