/* SPDX-License-Identifier: MIT */
/* sendmsg(2) and recvmsg(2): pieces, names, flags told; without ancillary. */
#include "tests/guest/unix.h"

#include <sys/uio.h>

static void
pieces(void)
{
	char a[4] = "", b[8] = "";
	struct iovec out[] = {{"he", 2}, {NULL, 0}, {"llo", 3}};
	struct iovec in[] = {{a, 3}, {b, 7}};
	struct msghdr m = {.msg_iov = out, .msg_iovlen = 3};
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	IS(5, sendmsg(s[0], &m, 0));
	m = (struct msghdr){.msg_iov = in, .msg_iovlen = 2, .msg_flags = -1};
	IS(5, recvmsg(s[1], &m, 0));
	IS(0, m.msg_flags); /* only ever an output */
	IS(0, strcmp(a, "hel"));
	IS(0, strcmp(b, "lo"));
	/* A message that is cut is told so. */
	IS(8, send(s[0], "12345678", 8, 0));
	m.msg_iovlen = 1;
	IS(3, recvmsg(s[1], &m, 0));
	IS(MSG_TRUNC, m.msg_flags);
	IS(8, send(s[0], "12345678", 8, 0));
	IS(8, recvmsg(s[1], &m, MSG_TRUNC));
	IS(8, send(s[0], "12345678", 8, 0));
	IS(3, recvmsg(s[1], &m, MSG_PEEK | MSG_CMSG_CLOEXEC));
	IS(MSG_TRUNC | MSG_CMSG_CLOEXEC, m.msg_flags);
}

static void
names(void)
{
	struct sockaddr_un un;
	char c;
	struct iovec v = {&c, 1};
	struct msghdr m = {.msg_iov = &v, .msg_iovlen = 1};
	int server = unix_server(SOCK_DGRAM, "srv");
	int from = unix_server(SOCK_DGRAM, "cli");

	m.msg_name = unix_addr("srv");
	m.msg_namelen = unix_len("srv");
	IS(1, sendmsg(from, &m, 0));
	m.msg_name = &un;
	m.msg_namelen = sizeof un;
	IS(1, recvmsg(server, &m, 0));
	IS(2 + 4, m.msg_namelen);
	IS(0, strcmp(un.sun_path, "cli"));
}

static void
refuses(void)
{
	char c;
	struct iovec v[2] = {{&c, 1}, {&c, -1ul}};
	struct msghdr m = {.msg_iov = v, .msg_iovlen = 2};
	int s[2], p[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EINVAL, sendmsg(s[0], &m, 0));
	m.msg_iovlen = 1025;
	FAILS(EMSGSIZE, sendmsg(s[0], &m, 0));
	FAILS(EMSGSIZE, recvmsg(s[0], &m, 0));
	m.msg_iovlen = 1;
	m.msg_iov = unmapped_page();
	FAILS(EFAULT, sendmsg(s[0], &m, 0));
	FAILS(EFAULT, sendmsg(s[0], unmapped_page(), 0));
	FAILS(EFAULT, recvmsg(s[0], unmapped_page(), 0));
	FAILS(EBADF, sendmsg(-1, &m, 0));
	OK(pipe(p));
	FAILS(ENOTSOCK, recvmsg(p[0], &m, 0));
	m.msg_iov = v;
	FAILS(EAGAIN, recvmsg(s[0], &m, MSG_DONTWAIT));
	/* No data at all: waits for none. */
	m.msg_iovlen = 0;
	IS(0, sendmsg(s[0], &m, 0));
	ticks_start(0);
	m.msg_iovlen = 1;
	FAILS(EINTR, recvmsg(s[0], &m, 0));
	ticks_stop();
}

int
main(void)
{
	pieces();
	names();
	refuses();
	return 0;
}
