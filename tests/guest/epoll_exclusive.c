/* SPDX-License-Identifier: MIT */
/* EPOLLEXCLUSIVE: one event wakes one of those who wait, not all. */
#include "tests/guest/check.h"

#include <sys/epoll.h>

enum { WAITERS = 4 };

int
main(void)
{
	struct epoll_event ev = {EPOLLIN | EPOLLEXCLUSIVE, {0}};
	pid_t child[WAITERS];
	int p[2], done[2], i;
	char c;

	OK(pipe2(p, O_NONBLOCK));
	OK(pipe2(done, O_NONBLOCK));
	for (i = 0; i < WAITERS; i++) {
		child[i] = check_fork();
		if (child[i] != 0)
			continue;
		int ep = OK(epoll_create1(0));

		OK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &ev));
		IS(1, epoll_wait(ep, &ev, 1, 10000));
		IS(1, write(done[1], "w", 1));
		exit(read(p[0], &c, 1) == 1 ? 0 : 1);
	}
	for (i = 0; i < WAITERS; i++)
		until_asleep(child[i]);
	IS(1, write(p[1], "x", 1));
	sleep_ms(100);
	IS(1, read(done[0], &c, 1));
	FAILS(EAGAIN, read(done[0], &c, 1)); /* just one woke up */
	for (i = 1; i < WAITERS; i++) {
		IS(1, write(p[1], "x", 1));
		sleep_ms(30);
	}
	for (i = 0; i < WAITERS; i++)
		REAPS(0, child[i]);
	return 0;
}
