/* SPDX-License-Identifier: MIT */
/* connect(2) of AF_UNIX. */
#include "tests/guest/unix.h"

static int
fresh(int type)
{
	return OK(socket(AF_UNIX, type, 0));
}

static void
streams(void)
{
	struct sockaddr_un un;
	int server = unix_server(SOCK_STREAM, "s"), c;

	c = unix_client(SOCK_STREAM, "s");
	FAILS(EISCONN, connect(c, UNIX_ADDR("s")));
	IS(4, unix_name(c, &un, true));
	IS(0, strcmp(un.sun_path, "s"));
	/* The file's name is what counts, and only when connecting. */
	OK(rename("s", "moved"));
	FAILS(ENOENT, connect(fresh(SOCK_STREAM), UNIX_ADDR("s")));
	unix_client(SOCK_STREAM, "moved");
	OK(symlink("moved", "link"));
	unix_client(SOCK_STREAM, "link");
	FAILS(EPROTOTYPE, connect(fresh(SOCK_SEQPACKET), UNIX_ADDR("moved")));
	FAILS(EPROTOTYPE, connect(fresh(SOCK_DGRAM), UNIX_ADDR("moved")));
	OK(chmod("moved", 0500)); /* it takes the right to write */
	AS_NOBODY(
		FAILS(EACCES, connect(fresh(SOCK_STREAM), UNIX_ADDR("moved"))));
	OK(chmod("moved", 0777));
	AS_NOBODY(OK(connect(fresh(SOCK_STREAM), UNIX_ADDR("moved"))));
	OK(close(server));
	FAILS(ECONNREFUSED, connect(fresh(SOCK_STREAM), UNIX_ADDR("moved")));
}

static void
datagrams(void)
{
	int server = unix_server(SOCK_DGRAM, "d"), c = fresh(SOCK_DGRAM);
	int other = unix_server(SOCK_DGRAM, "d2");
	struct sockaddr none = {AF_UNSPEC, ""};
	char buf[8];

	OK(connect(c, UNIX_ADDR("d")));
	IS(1, send(c, "a", 1, 0));
	IS(1, recv(server, buf, sizeof buf, 0));
	OK(connect(c, UNIX_ADDR("d2"))); /* may change its mind */
	IS(1, send(c, "b", 1, 0));
	FAILS(EAGAIN, recv(server, buf, sizeof buf, MSG_DONTWAIT));
	IS(1, recv(other, buf, sizeof buf, 0));
	OK(connect(c, &none, sizeof none)); /* or leave */
	FAILS(ENOTCONN, send(c, "c", 1, 0));
	/* A socket that is connected takes from its peer alone. */
	OK(connect(server, UNIX_ADDR("d2")));
	FAILS(EPERM, sendto(c, "x", 1, 0, UNIX_ADDR("d")));
	FAILS(EPERM, connect(c, UNIX_ADDR("d")));
	FAILS(EPROTOTYPE, connect(fresh(SOCK_STREAM), UNIX_ADDR("d")));
}

static void
refuses(void)
{
	struct sockaddr_un un = {.sun_family = AF_INET, .sun_path = "x"};
	int p[2], server = unix_server(SOCK_STREAM, "@viv-connect");

	put_file("file", "");
	FAILS(ECONNREFUSED, connect(fresh(SOCK_STREAM), UNIX_ADDR("file")));
	FAILS(ENOENT, connect(fresh(SOCK_STREAM), UNIX_ADDR("no")));
	FAILS(ECONNREFUSED, connect(fresh(SOCK_STREAM), UNIX_ADDR("@viv-no")));
	FAILS(EINVAL, connect(fresh(SOCK_STREAM), (struct sockaddr *)&un, 4));
	FAILS(EINVAL, connect(server, UNIX_ADDR("@viv-connect")));
	FAILS(EFAULT, connect(fresh(SOCK_STREAM), unmapped_page(), 4));
	FAILS(EBADF, connect(-1, UNIX_ADDR("s")));
	OK(pipe(p));
	FAILS(ENOTSOCK, connect(p[0], UNIX_ADDR("s")));
}

int
main(void)
{
	umask(0);
	streams();
	datagrams();
	refuses();
	return 0;
}
