/* SPDX-License-Identifier: MIT */
/* accept(2) of AF_UNIX. */
#include "tests/guest/unix.h"

#include <poll.h>

static void
accepts(int server)
{
	struct sockaddr_un un;
	socklen_t len = sizeof un;
	char buf[8] = "";
	int c = unix_client(SOCK_STREAM, "s"), a;

	IS(2, write(c, "hi", 2)); /* connected before it is accepted */
	a = OK(syscall(SYS_accept, server, &un, &len));
	IS(2, len); /* the client has no name */
	IS(AF_UNIX, un.sun_family);
	IS(0, fcntl(a, F_GETFD));
	IS(O_RDWR, fcntl(a, F_GETFL));
	IS(2, read(a, buf, sizeof buf));
	IS(2, write(a, "yo", 2));
	IS(2, read(c, buf, sizeof buf));
	IS(2 + 2, unix_name(a, &un, false)); /* the server's name */
	IS(0, strcmp(un.sun_path, "s"));
	OK(close(a));
	IS(0, read(c, buf, sizeof buf));
	OK(close(c));
}

static void
named_client(int server)
{
	struct sockaddr_un un;
	socklen_t len = 4;
	int c = OK(socket(AF_UNIX, SOCK_STREAM, 0));

	OK(bind(c, UNIX_ADDR("client")));
	OK(connect(c, UNIX_ADDR("s")));
	memset(&un, '#', sizeof un);
	OK(accept(server, (struct sockaddr *)&un, &len));
	IS(2 + 7, len); /* the full length, of which 4 bytes fit */
	IS('c', un.sun_path[0]);
	IS('#', un.sun_path[2]);
}

static void
in_order_and_in_time(int server)
{
	struct pollfd pf = {server, POLLIN, 0};
	char c;
	int i, a;
	pid_t child;

	IS(0, poll(&pf, 1, 0));
	for (i = 0; i < 3; i++)
		IS(1, write(unix_client(SOCK_STREAM, "s"), &"abc"[i], 1));
	IS(1, poll(&pf, 1, 0));
	for (i = 0; i < 3; i++) {
		a = OK(accept(server, NULL, NULL));
		IS(1, read(a, &c, 1));
		IS('a' + i, c);
	}
	child = check_fork();
	if (child == 0) {
		OK(accept(server, NULL, NULL));
		exit(0);
	}
	until_asleep(child);
	unix_client(SOCK_STREAM, "s");
	REAPS(0, child);
	ticks_start(0);
	FAILS(EINTR, accept(server, NULL, NULL));
	ticks_stop();
	OK(fcntl(server, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, accept(server, NULL, NULL));
	/* That is the server's own: an accepted one blocks. */
	unix_client(SOCK_STREAM, "s");
	IS(O_RDWR, fcntl(OK(accept(server, NULL, NULL)), F_GETFL));
}

static void
refuses(int server)
{
	socklen_t len = -1;
	struct sockaddr_un un;
	int p[2], s[2];

	FAILS(EBADF, accept(-1, NULL, NULL));
	OK(pipe(p));
	FAILS(ENOTSOCK, accept(p[0], NULL, NULL));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EINVAL, accept(s[0], NULL, NULL));
	FAILS(EOPNOTSUPP,
	      accept(OK(socket(AF_UNIX, SOCK_DGRAM, 0)), NULL, NULL));
	/* A bad address costs the connection. */
	unix_client(SOCK_STREAM, "s");
	FAILS(EINVAL, accept(server, (struct sockaddr *)&un, &len));
	FAILS(EAGAIN, accept(server, NULL, NULL));
	unix_client(SOCK_STREAM, "s");
	FAILS(EFAULT, accept(server, (struct sockaddr *)&un, unmapped_page()));
	FAILS(EAGAIN, accept(server, NULL, NULL));
}

int
main(void)
{
	int server = unix_server(SOCK_STREAM, "s");

	accepts(server);
	named_client(server);
	in_order_and_in_time(server);
	refuses(server);
	return 0;
}
