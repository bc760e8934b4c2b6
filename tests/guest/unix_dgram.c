/* SPDX-License-Identifier: MIT */
/* AF_UNIX datagrams: a queue of limited length, and who waits for room. */
#include "tests/guest/unix.h"

#include <poll.h>

int
main(void)
{
	int server = unix_server(SOCK_DGRAM, "@viv-dgram"), c, n = 0;
	char buf[8];
	pid_t child;
	struct pollfd pf = {.events = POLLOUT};

	c = unix_client(SOCK_DGRAM, "@viv-dgram");
	pf.fd = c;
	while (send(c, "msg", 3, MSG_DONTWAIT) == 3)
		CHECK(++n < 100000);
	IS(EAGAIN, errno);
	CHECK(n > 0);
	IS(0, poll(&pf, 1, 0)); /* the peer's queue counts */
	child = check_fork();
	if (child == 0) {
		IS(4, send(c, "last", 4, 0));
		exit(0);
	}
	until_asleep(child);
	IS(3, recv(server, buf, sizeof buf, 0));
	REAPS(0, child);
	for (; n > 1; n--)
		IS(3, recv(server, buf, sizeof buf, MSG_DONTWAIT));
	IS(1, poll(&pf, 1, 0));
	IS(4, recv(server, buf, sizeof buf, MSG_DONTWAIT));
	FAILS(EAGAIN, recv(server, buf, sizeof buf, MSG_DONTWAIT));

	/* What was sent before the sender closed, arrives. */
	IS(3, send(c, "bye", 3, 0));
	OK(close(c));
	IS(3, recv(server, buf, sizeof buf, 0));
	/* With the receiver gone, those who wait for room are refused. */
	c = unix_client(SOCK_DGRAM, "@viv-dgram");
	while (send(c, "msg", 3, MSG_DONTWAIT) == 3)
		;
	child = check_fork();
	if (child == 0) {
		OK(close(server));
		FAILS(ECONNREFUSED, send(c, "msg", 3, 0));
		exit(0);
	}
	until_asleep(child);
	OK(close(server));
	REAPS(0, child);
	return 0;
}
