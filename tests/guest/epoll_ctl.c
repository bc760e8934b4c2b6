/* SPDX-License-Identifier: MIT */
/* epoll_ctl(2): adding, changing, removing; what can't be watched. */
#include "tests/guest/check.h"

#include <sys/epoll.h>

static int ep;

static int
ctl(int op, int fd, uint32_t events)
{
	struct epoll_event ev = {events, {.fd = fd}};

	return epoll_ctl(ep, op, fd, &ev);
}

static int
ready(struct epoll_event *ev)
{
	return OK(epoll_wait(ep, ev, 4, 0));
}

static void
add_mod_del(void)
{
	struct epoll_event ev[4];
	int p[2];

	OK(pipe(p));
	OK(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN));
	FAILS(EEXIST, ctl(EPOLL_CTL_ADD, p[0], EPOLLIN));
	FAILS(ENOENT, ctl(EPOLL_CTL_MOD, p[1], EPOLLOUT));
	FAILS(ENOENT, ctl(EPOLL_CTL_DEL, p[1], 0));
	IS(0, ready(ev));
	IS(1, write(p[1], "x", 1));
	IS(1, ready(ev));
	IS(EPOLLIN, ev[0].events);
	IS(p[0], ev[0].data.fd);
	OK(ctl(EPOLL_CTL_MOD, p[0], 0));
	IS(0, ready(ev));
	OK(close(p[1])); /* hang-up and error come unasked */
	IS(1, ready(ev));
	IS(EPOLLHUP, ev[0].events);
	OK(ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLOUT));
	IS(1, ready(ev));
	IS(EPOLLIN | EPOLLHUP, ev[0].events);
	OK(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], NULL));
	IS(0, ready(ev));
	OK(close(p[0]));
}

/* What counts is number and open file together. */
static void
duplicates_and_close(void)
{
	struct epoll_event ev[4];
	int p[2], copy;

	OK(pipe(p));
	IS(1, write(p[1], "x", 1));
	copy = OK(dup(p[0]));
	OK(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN));
	OK(ctl(EPOLL_CTL_ADD, copy, EPOLLIN));
	IS(2, ready(ev));
	OK(close(p[0])); /* the open file lives on: still told of */
	IS(2, ready(ev));
	FAILS(EBADF, ctl(EPOLL_CTL_DEL, p[0], 0));
	OK(close(copy));
	IS(0, ready(ev)); /* with the last one closed, gone */
	OK(close(p[1]));
}

static void
nested(void)
{
	struct epoll_event ev = {EPOLLIN, {.u32 = 5}}, got[4];
	int inner = OK(epoll_create1(0)), p[2];

	OK(pipe(p));
	OK(epoll_ctl(inner, EPOLL_CTL_ADD, p[0], &ev));
	OK(ctl(EPOLL_CTL_ADD, inner, EPOLLIN));
	IS(0, ready(got));
	IS(1, write(p[1], "x", 1));
	IS(1, ready(got));
	IS(inner, got[0].data.fd);
	FAILS(EINVAL, ctl(EPOLL_CTL_ADD, ep, EPOLLIN)); /* itself */
	FAILS(ELOOP, epoll_ctl(inner, EPOLL_CTL_ADD, ep, &ev));
	OK(close(inner));
	IS(0, ready(got));
}

static void
refuses(void)
{
	struct epoll_event ev = {EPOLLIN, {0}};
	int p[2], file = OK(open("f", O_CREAT | O_RDWR, 0600));

	OK(pipe(p));
	FAILS(EPERM, ctl(EPOLL_CTL_ADD, file, EPOLLIN));
	FAILS(EPERM, ctl(EPOLL_CTL_ADD, OK(open(".", O_RDONLY)), EPOLLIN));
	FAILS(EBADF, ctl(EPOLL_CTL_ADD, -1, EPOLLIN));
	FAILS(EBADF, epoll_ctl(-1, EPOLL_CTL_ADD, p[0], &ev));
	FAILS(EINVAL, epoll_ctl(p[1], EPOLL_CTL_ADD, p[0], &ev));
	FAILS(EINVAL, ctl(9, p[0], EPOLLIN));
	FAILS(EFAULT, epoll_ctl(ep, EPOLL_CTL_ADD, p[0], unmapped_page()));
	FAILS(EFAULT, epoll_ctl(-1, EPOLL_CTL_ADD, p[0], NULL));
	/* EPOLLEXCLUSIVE: with little else, and never changed. */
	OK(ctl(EPOLL_CTL_ADD, p[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLET));
	FAILS(EINVAL, ctl(EPOLL_CTL_MOD, p[0], EPOLLIN));
	FAILS(EINVAL, ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLEXCLUSIVE));
	FAILS(EINVAL, ctl(EPOLL_CTL_ADD, p[1],
			  EPOLLOUT | EPOLLEXCLUSIVE | EPOLLONESHOT));
}

int
main(void)
{
	ep = OK(epoll_create1(0));
	add_mod_del();
	duplicates_and_close();
	nested();
	refuses();
	return 0;
}
