/* SPDX-License-Identifier: MIT */
/* listen(2) of AF_UNIX: the queue of those not accepted yet. */
#include "tests/guest/unix.h"

int
main(void)
{
	int fd = OK(socket(AF_UNIX, SOCK_STREAM, 0)), c, p[2], s[2];
	socklen_t len = sizeof c;
	pid_t child;

	FAILS(EINVAL, listen(fd, 1)); /* without a name */
	OK(bind(fd, UNIX_ADDR("s")));
	c = OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(ECONNREFUSED, connect(c, UNIX_ADDR("s")));
	OK(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &c, &len));
	IS(0, c);
	OK(listen(fd, 0));
	OK(getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &c, &len));
	IS(1, c);

	/* One more than asked for gets in, the next waits. */
	OK(unix_client(SOCK_STREAM, "s"));
	c = OK(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
	FAILS(EAGAIN, connect(c, UNIX_ADDR("s")));
	child = check_fork();
	if (child == 0) {
		unix_client(SOCK_STREAM, "s");
		exit(0);
	}
	until_asleep(child);
	OK(accept(fd, NULL, NULL));
	REAPS(0, child);
	OK(listen(fd, 5)); /* may change */
	OK(connect(c, UNIX_ADDR("s")));

	/* The other end closes: those in the queue are reset. */
	OK(close(fd));
	FAILS(EPIPE, send(c, "x", 1, MSG_NOSIGNAL));

	FAILS(EBADF, listen(-1, 1));
	OK(pipe(p));
	FAILS(ENOTSOCK, listen(p[0], 1));
	FAILS(EOPNOTSUPP, listen(OK(socket(AF_UNIX, SOCK_DGRAM, 0)), 1));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EINVAL, listen(s[0], 1));
	return 0;
}
