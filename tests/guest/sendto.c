/* SPDX-License-Identifier: MIT */
/* sendto(2) and recvfrom(2): addresses and flags. */
#include "tests/guest/unix.h"

static void
addresses(void)
{
	int server = unix_server(SOCK_DGRAM, "@viv-to"), c, anon;
	struct sockaddr_un un;
	socklen_t len = sizeof un;
	char buf[8];

	c = unix_server(SOCK_DGRAM, "@viv-from");
	anon = OK(socket(AF_UNIX, SOCK_DGRAM, 0));
	IS(3, sendto(c, "abc", 3, 0, UNIX_ADDR("@viv-to")));
	IS(3, recvfrom(server, buf, 8, 0, (struct sockaddr *)&un, &len));
	IS(2 + 9, len);
	IS(0, memcmp(un.sun_path, "\0viv-from", 9));
	IS(2, sendto(server, "hi", 2, 0, (struct sockaddr *)&un, len));
	IS(2, recv(c, buf, 8, 0));
	IS(1, sendto(anon, "x", 1, 0, UNIX_ADDR("@viv-to")));
	len = sizeof un;
	IS(1, recvfrom(server, buf, 8, 0, (struct sockaddr *)&un, &len));
	IS(0, len); /* from a socket without a name */
	FAILS(ECONNREFUSED, sendto(c, "x", 1, 0, UNIX_ADDR("@viv-none")));
	FAILS(ENOENT, sendto(c, "x", 1, 0, UNIX_ADDR("none")));
	FAILS(ENOTCONN, sendto(c, "x", 1, 0, NULL, 0));
}

static void
peek_and_truncate(void)
{
	char buf[8] = "";
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	IS(5, send(s[0], "hello", 5, 0));
	IS(2, recv(s[1], buf, 2, MSG_PEEK));
	IS(5, recv(s[1], buf, 2, MSG_PEEK | MSG_TRUNC));
	IS(5, recv(s[1], buf, 8, 0));
	IS(0, memcmp(buf, "hello", 5));
	FAILS(EAGAIN, recv(s[1], buf, 8, MSG_DONTWAIT));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(5, send(s[0], "hello", 5, 0));
	IS(3, recv(s[1], buf, 3, MSG_PEEK));
	IS(5, recv(s[1], buf, 8, MSG_PEEK));
	IS(5, recv(s[1], buf, 8, 0));
}

static void
wait_for_all(void)
{
	char buf[8];
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(2, send(s[0], "ab", 2, 0));
	if (check_fork() == 0) {
		sleep_ms(50);
		IS(4, send(s[0], "cdef", 4, 0));
		exit(0);
	}
	IS(5, recv(s[1], buf, 5, MSG_WAITALL));
	IS(0, memcmp(buf, "abcde", 5));
	REAPS(0, check_pid);
	OK(close(s[0])); /* all there ever will be */
	IS(1, recv(s[1], buf, 5, MSG_WAITALL));
	IS(0, recv(s[1], buf, 5, MSG_WAITALL));
}

static void
refuses(void)
{
	char buf[8];
	int s[2], p[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EISCONN, sendto(s[0], "x", 1, 0, UNIX_ADDR("@viv-to")));
	FAILS(EFAULT, send(s[0], unmapped_page(), 1, 0));
	IS(1, send(s[0], "x", 1, 0));
	FAILS(EFAULT, recv(s[1], unmapped_page(), 1, 0));
	IS(1, recv(s[1], buf, 8, 0)); /* and nothing was lost */
	FAILS(EBADF, send(-1, "x", 1, 0));
	FAILS(EBADF, recv(-1, buf, 1, 0));
	OK(pipe(p));
	FAILS(ENOTSOCK, send(p[1], "x", 1, 0));
	FAILS(ENOTSOCK, recv(p[0], buf, 1, 0));
	/* Too long for one message. */
	OK(socketpair(AF_UNIX, SOCK_DGRAM, 0, s));
	FAILS(EMSGSIZE,
	      send(s[0], MMAP(64 << 20, RW, MAP_PRIVATE), 64 << 20, 0));
}

int
main(void)
{
	addresses();
	peek_and_truncate();
	wait_for_all();
	refuses();
	return 0;
}
