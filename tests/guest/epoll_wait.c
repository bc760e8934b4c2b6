/* SPDX-License-Identifier: MIT */
/* epoll_wait(2): level, edge and once; waiting. */
#include "tests/guest/check.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ep;

static long
wait_(struct epoll_event *ev, int max, int ms)
{
	return syscall(SYS_epoll_wait, ep, ev, max, ms);
}

static void
watch(int op, int fd, uint32_t events)
{
	struct epoll_event ev = {events, {.fd = fd}};

	OK(epoll_ctl(ep, op, fd, &ev));
}

static void
level_edge_once(void)
{
	struct epoll_event ev[4];
	char c;
	int p[2];

	OK(pipe(p));
	watch(EPOLL_CTL_ADD, p[0], EPOLLIN);
	IS(2, write(p[1], "ab", 2));
	IS(1, wait_(ev, 4, 0));
	IS(1, wait_(ev, 4, 0)); /* level: as long as it is so */
	watch(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET);
	IS(1, wait_(ev, 4, 0));
	IS(0, wait_(ev, 4, 0)); /* edge: as often as it comes */
	IS(1, read(p[0], &c, 1));
	IS(0, wait_(ev, 4, 0));
	IS(1, write(p[1], "c", 1));
	IS(1, wait_(ev, 4, 0));
	IS(0, wait_(ev, 4, 0));
	watch(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT);
	IS(1, wait_(ev, 4, 0));
	IS(1, write(p[1], "d", 1));
	IS(0, wait_(ev, 4, 0)); /* once: until it is armed anew */
	watch(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT);
	IS(1, wait_(ev, 4, 0));
	OK(close(p[0]));
	OK(close(p[1]));
}

static void
many_take_turns(void)
{
	struct epoll_event ev[2];
	bool seen[4] = {0};
	int fd[4], i, round;

	for (i = 0; i < 4; i++) {
		fd[i] = OK(eventfd(1, 0));
		struct epoll_event e = {EPOLLIN, {.u32 = i}};

		OK(epoll_ctl(ep, EPOLL_CTL_ADD, fd[i], &e));
	}
	for (round = 0; round < 2; round++) {
		IS(2, wait_(ev, 2, 0));
		seen[ev[0].data.u32] = seen[ev[1].data.u32] = true;
	}
	CHECK(seen[0] && seen[1] && seen[2] && seen[3]);
	for (i = 0; i < 4; i++)
		OK(close(fd[i]));
}

static void
waits(void)
{
	struct epoll_event ev;
	uint64_t one = 1;
	long start = now_ms();
	int fd = OK(eventfd(0, 0));
	pid_t child;

	IS(0, wait_(&ev, 1, 50));
	CHECK(now_ms() - start >= 49);
	watch(EPOLL_CTL_ADD, fd, EPOLLIN);
	child = check_fork();
	if (child == 0) {
		IS(1, wait_(&ev, 1, -1));
		IS(EPOLLIN, ev.events);
		exit(0);
	}
	until_asleep(child);
	IS(8, write(fd, &one, 8));
	REAPS(0, child);
	IS(8, read(fd, &one, 8));
	/* What is added while one waits counts. */
	child = check_fork();
	if (child == 0) {
		IS(1, wait_(&ev, 1, 5000));
		exit(0);
	}
	until_asleep(child);
	watch(EPOLL_CTL_ADD, OK(eventfd(1, 0)), EPOLLIN);
	REAPS(0, child);
}

static void
interrupted(void)
{
	struct epoll_event ev;

	ep = OK(epoll_create1(0));
	ticks_start(SA_RESTART); /* never restarted */
	FAILS(EINTR, wait_(&ev, 1, -1));
	FAILS(EINTR, wait_(&ev, 1, 10000));
	ticks_stop();
}

static void
refuses(void)
{
	struct epoll_event ev;
	int p[2];

	OK(pipe(p));
	FAILS(EINVAL, wait_(&ev, 0, 0));
	FAILS(EINVAL, wait_(&ev, -1, 0));
	FAILS(EBADF, syscall(SYS_epoll_wait, -1, &ev, 1, 0));
	FAILS(EINVAL, syscall(SYS_epoll_wait, p[0], &ev, 1, 0));
	watch(EPOLL_CTL_ADD, p[1], EPOLLOUT);
	FAILS(EFAULT, wait_(unmapped_page(), 1, 0));
	IS(1, wait_(&ev, 1, 0));
}

int
main(void)
{
	ep = OK(epoll_create1(0));
	level_edge_once();
	many_take_turns();
	waits();
	interrupted();
	refuses();
	return 0;
}
