/* SPDX-License-Identifier: MIT */
/* shutdown(2). */
#include "tests/guest/unix.h"

#include <poll.h>

static int s[2];
static char buf[8];

static void
writing(void)
{
	struct pollfd pf = {.events = POLLIN | POLLRDHUP};

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	pf.fd = s[1];
	IS(2, write(s[0], "ab", 2));
	OK(shutdown(s[0], SHUT_WR));
	OK(shutdown(s[0], SHUT_WR));
	FAILS(EPIPE, send(s[0], "x", 1, MSG_NOSIGNAL));
	DIES(SIGPIPE, write(s[0], "x", 1));
	IS(2, read(s[1], buf, sizeof buf));
	IS(0, read(s[1], buf, sizeof buf));
	IS(1, poll(&pf, 1, 0));
	IS(POLLIN | POLLRDHUP, pf.revents);
	IS(2, write(s[1], "cd", 2)); /* the other way is open */
	IS(2, read(s[0], buf, sizeof buf));
}

static void
reading(void)
{
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(2, write(s[1], "ab", 2));
	OK(shutdown(s[0], SHUT_RD));
	IS(2, read(s[0], buf, sizeof buf)); /* what came before, stays */
	IS(0, read(s[0], buf, sizeof buf));
	FAILS(EPIPE, send(s[1], "x", 1, MSG_NOSIGNAL));
	IS(1, write(s[0], "y", 1));
	IS(1, read(s[1], buf, sizeof buf));
}

/* It counts for the socket, not for the descriptor; and wakes sleepers. */
static void
both_for_all(void)
{
	struct pollfd pf = {.events = POLLIN};
	pid_t child;

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	child = check_fork();
	if (child == 0) {
		IS(0, read(s[0], buf, sizeof buf));
		exit(0);
	}
	until_asleep(child);
	EXITS(0, OK(shutdown(s[0], SHUT_RDWR)));
	REAPS(0, child);
	IS(0, read(s[0], buf, 1));
	IS(0, read(s[1], buf, 1));
	pf.fd = s[1];
	IS(1, poll(&pf, 1, 0));
	IS(POLLIN | POLLHUP, pf.revents);
}

static void
listener(void)
{
	int server = unix_server(SOCK_STREAM, "@viv-shut");
	pid_t child = check_fork();

	if (child == 0) {
		FAILS(EINVAL, accept(server, NULL, NULL));
		exit(0);
	}
	until_asleep(child);
	OK(shutdown(server, SHUT_RD));
	REAPS(0, child);
	FAILS(ECONNREFUSED, connect(OK(socket(AF_UNIX, SOCK_STREAM, 0)),
				    UNIX_ADDR("@viv-shut")));
}

int
main(void)
{
	int p[2];

	writing();
	reading();
	both_for_all();
	listener();
	FAILS(EINVAL, shutdown(s[0], 3));
	FAILS(EINVAL, shutdown(s[0], -1));
	FAILS(EBADF, shutdown(-1, SHUT_RD));
	OK(pipe(p));
	FAILS(ENOTSOCK, shutdown(p[0], SHUT_RD));
	return 0;
}
