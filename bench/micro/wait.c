/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/wait.c - asking which of ten pipes is ready; the last one is.
 */
#include "bench/micro/micro.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#define FDS 10

static int pipes[FDS][2];

static void
open_pipes(void)
{
	if (pipes[0][1])
		return;
	for (int i = 0; i < FDS; i++)
		if (pipe(pipes[i]) < 0)
			die("pipe");
	if (write(pipes[FDS - 1][1], "", 1) != 1)
		die("pipe");
}

static long
op_epoll_wait(long n)
{
	struct epoll_event event = {.events = EPOLLIN};
	int ep = epoll_create1(0);

	open_pipes();
	for (int i = 0; i < FDS; i++)
		if (epoll_ctl(ep, EPOLL_CTL_ADD, pipes[i][0], &event) < 0)
			skip("epoll_ctl");
	for (long i = 0; i < n; i++)
		if (epoll_wait(ep, &event, 1, -1) != 1)
			die("epoll_wait");
	close(ep);
	return n;
}

static long
op_poll(long n)
{
	struct pollfd fds[FDS];

	open_pipes();
	for (int i = 0; i < FDS; i++)
		fds[i] = (struct pollfd){.fd = pipes[i][0], .events = POLLIN};
	for (long i = 0; i < n; i++)
		if (poll(fds, FDS, -1) != 1)
			die("poll");
	return n;
}

static long
op_select(long n)
{
	open_pipes();
	for (long i = 0; i < n; i++) {
		fd_set set;

		FD_ZERO(&set);
		for (int k = 0; k < FDS; k++)
			FD_SET(pipes[k][0], &set);
		if (select(pipes[FDS - 1][0] + 1, &set, NULL, NULL, NULL) != 1)
			die("select");
	}
	return n;
}

const struct op wait_ops[] = {
	{"epoll_wait, ready", op_epoll_wait, 0},
	{"poll of 10", op_poll, 0},
	{"select of 10", op_select, 0},
	{NULL, NULL, 0},
};
