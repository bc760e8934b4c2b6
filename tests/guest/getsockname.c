/* SPDX-License-Identifier: MIT */
/* getsockname(2) and getpeername(2) of AF_UNIX. */
#include "tests/guest/unix.h"

int
main(void)
{
	struct sockaddr_un un;
	struct sockaddr *sa = (struct sockaddr *)&un;
	socklen_t len = sizeof un;
	int server = unix_server(SOCK_STREAM, "name"), c, s[2], p[2];

	OK(syscall(SYS_getsockname, server, sa, &len));
	IS(2 + 5, len);
	IS(AF_UNIX, un.sun_family);
	IS(0, strcmp(un.sun_path, "name"));
	/* What fits is stored, the full length told. */
	memset(&un, '#', sizeof un);
	len = 4;
	OK(syscall(SYS_getsockname, server, sa, &len));
	IS(7, len);
	IS(0, memcmp(un.sun_path, "na#", 3));
	len = 0;
	OK(syscall(SYS_getsockname, server, NULL, &len));
	IS(7, len);

	c = unix_client(SOCK_STREAM, "name");
	IS(7, unix_name(c, &un, true));
	IS(2, unix_name(c, &un, false));
	IS(2, unix_name(OK(accept(server, NULL, NULL)), &un, true));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(2, unix_name(s[0], &un, true));
	OK(close(s[1]));
	IS(2, unix_name(s[0], &un, true)); /* a peer that left was one */
	len = sizeof un;
	FAILS(ENOTCONN, getpeername(server, sa, &len));
	FAILS(ENOTCONN,
	      getpeername(OK(socket(AF_UNIX, SOCK_STREAM, 0)), sa, &len));

	FAILS(EBADF, getsockname(-1, sa, &len));
	FAILS(EBADF, getpeername(-1, sa, &len));
	OK(pipe(p));
	FAILS(ENOTSOCK, getsockname(p[0], sa, &len));
	FAILS(EFAULT, getsockname(server, sa, unmapped_page()));
	FAILS(EFAULT, getsockname(server, unmapped_page(), &len));
	len = -1;
	FAILS(EINVAL, getsockname(server, sa, &len));
	return 0;
}
