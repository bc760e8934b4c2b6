/* SPDX-License-Identifier: MIT */
/* socketpair(2): streams, datagrams, and ends that close. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static void
streams(void)
{
	char buf[16];
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
		      s));
	IS(FD_CLOEXEC, fcntl(s[1], F_GETFD));
	IS(O_RDWR | O_NONBLOCK, fcntl(s[1], F_GETFL));
	IS(3, write(s[0], "abc", 3));
	IS(2, write(s[0], "de", 2));
	IS(2, write(s[1], "yx", 2));	    /* both ways */
	IS(5, read(s[1], buf, sizeof buf)); /* no borders */
	IS(2, read(s[0], buf, sizeof buf));
	FAILS(EAGAIN, read(s[0], buf, 1));
	IS(0, write(s[0], "", 0));
	FAILS(EAGAIN, read(s[1], buf, 1));
	IS(1, write(s[0], "f", 1));
	OK(close(s[0]));
	IS(1, read(s[1], buf, sizeof buf));
	IS(0, read(s[1], buf, sizeof buf));
	DIES(SIGPIPE, write(s[1], "x", 1));
	FAILS(EPIPE, send(s[1], "x", 1, MSG_NOSIGNAL));
}

static void
unread_data_resets(void)
{
	char c;
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(1, write(s[0], "x", 1));
	OK(close(s[1])); /* what we sent was never read */
	FAILS(ECONNRESET, read(s[0], &c, 1));
	IS(0, read(s[0], &c, 1)); /* told once */
	OK(close(s[0]));
}

static void
datagrams(int type)
{
	char buf[16];
	int s[2];

	OK(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, s));
	IS(3, write(s[0], "abc", 3));
	IS(2, write(s[0], "de", 2));
	IS(2, read(s[1], buf, 2)); /* the rest is lost */
	IS(2, read(s[1], buf, sizeof buf));
	IS(0, memcmp(buf, "de", 2));
	FAILS(EAGAIN, read(s[1], buf, 1));
	IS(0, write(s[0], "", 0)); /* an empty message is one */
	IS(0, read(s[1], buf, sizeof buf));
	FAILS(EAGAIN, read(s[1], buf, 1));
	OK(close(s[0]));
	if (type == SOCK_SEQPACKET) {
		IS(0, read(s[1], buf, 1));
		FAILS(EPIPE, send(s[1], "x", 1, MSG_NOSIGNAL));
	} else {
		FAILS(EAGAIN, read(s[1], buf, 1));
		FAILS(ECONNREFUSED, send(s[1], "x", 1, 0));
		FAILS(ENOTCONN, send(s[1], "x", 1, 0));
	}
	OK(close(s[1]));
}

static void
full_and_waiting(void)
{
	static char page[4096];
	long total = 0, n;
	pid_t child;
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	while ((n = send(s[0], page, sizeof page, MSG_DONTWAIT)) > 0)
		total += n;
	IS(EAGAIN, errno);
	CHECK(total >= 65536);
	child = check_fork();
	if (child == 0) {
		IS(4096, write(s[0], page, sizeof page));
		exit(0);
	}
	until_asleep(child);
	total += 4096;
	while (total > 0)
		total -= OK(read(s[1], page, sizeof page));
	REAPS(0, child);
	ticks_start(0);
	FAILS(EINTR, read(s[1], page, 1));
	ticks_stop();
}

int
main(void)
{
	int s[2];

	streams();
	unread_data_resets();
	datagrams(SOCK_DGRAM);
	datagrams(SOCK_SEQPACKET);
	full_and_waiting();
	FAILS(EINVAL, socketpair(AF_UNIX, SOCK_STREAM | 0x40, 0, s));
	FAILS(EAFNOSUPPORT, socketpair(100, SOCK_STREAM, 0, s));
	FAILS(EPROTONOSUPPORT, socketpair(AF_UNIX, SOCK_STREAM, 9, s));
	FAILS(EFAULT, socketpair(AF_UNIX, SOCK_STREAM, 0, unmapped_page()));
	return 0;
}
