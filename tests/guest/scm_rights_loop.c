/* SPDX-License-Identifier: MIT */
/*
 * SCM_RIGHTS: sockets in flight that hold each other.  Closed on both sides
 * they are out of everybody's reach, and must go: what tells is the pipe end
 * that travels with them.
 */
#include "tests/guest/check.h"

#include <sys/socket.h>

static void
send_two(int s, int a, int b)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(2 * sizeof(int))];
	} c = {{.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_RIGHTS,
		.cmsg_len = CMSG_LEN(2 * sizeof(int))}};
	struct iovec v = {"x", 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = sizeof c};

	memcpy(CMSG_DATA(&c.h), (int[]){a, b}, 2 * sizeof(int));
	IS(1, sendmsg(s, &m, 0));
}

/* Collecting may be left for later: at a next socket's close, say. */
static void
goes_away(int end)
{
	int i, s[2];
	char c;

	for (i = 0; i < 100; i++) {
		if (read(end, &c, 1) == 0)
			return;
		IS(EAGAIN, errno);
		OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
		OK(close(s[0]));
		OK(close(s[1]));
		sleep_ms(10);
	}
	check_fail(__FILE__, __LINE__, "sockets in a circle", i, 0);
}

int
main(void)
{
	int s[2], t[2], p[2], alive[2];
	char c;

	/* A socket sent over itself. */
	OK(pipe2(p, O_NONBLOCK));
	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	send_two(s[0], s[1], p[1]);
	OK(close(s[0]));
	OK(close(s[1]));
	OK(close(p[1]));
	goes_away(p[0]);

	/* Two pairs, each sent over the other; a third that must live. */
	OK(pipe2(alive, O_NONBLOCK));
	OK(pipe2(p, O_NONBLOCK));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, t));
	send_two(s[0], t[1], p[1]);
	send_two(t[0], s[1], p[1]);
	OK(close(s[0]));
	OK(close(s[1]));
	OK(close(t[0]));
	OK(close(t[1]));
	OK(close(p[1]));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	send_two(s[0], s[1], alive[1]);
	OK(close(s[0]));
	OK(close(alive[1]));
	goes_away(p[0]);
	FAILS(EAGAIN, read(alive[0], &c, 1)); /* s[1] can be received from */
	IS(1, read(s[1], &c, 1));
	IS(0, read(alive[0], &c, 1));
	return 0;
}
