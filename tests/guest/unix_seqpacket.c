/* SPDX-License-Identifier: MIT */
/* AF_UNIX, SOCK_SEQPACKET: connections that keep borders. */
#include "tests/guest/unix.h"

int
main(void)
{
	int server = unix_server(SOCK_SEQPACKET, "@viv-seq"), c, a;
	char buf[8];

	c = unix_client(SOCK_SEQPACKET, "@viv-seq");
	a = OK(accept(server, NULL, NULL));
	IS(3, send(c, "abc", 3, 0));
	IS(2, send(c, "de", 2, 0));
	IS(3, recv(a, buf, sizeof buf, 0));
	IS(2, recv(a, buf, sizeof buf, 0));
	IS(3, send(c, "xyz", 3, 0));
	IS(3, recv(a, buf, 1, MSG_TRUNC)); /* the real length */
	FAILS(EAGAIN, recv(a, buf, 1, MSG_DONTWAIT));
	IS(2, send(c, "ok", 2, 0));
	OK(close(c));
	IS(2, recv(a, buf, sizeof buf, 0));
	IS(0, recv(a, buf, sizeof buf, 0));
	FAILS(EPIPE, send(a, "x", 1, MSG_NOSIGNAL));
	/* Abstract names are apart for each type. */
	FAILS(ECONNREFUSED, connect(OK(socket(AF_UNIX, SOCK_STREAM, 0)),
				    UNIX_ADDR("@viv-seq")));
	return 0;
}
