/* SPDX-License-Identifier: MIT */
/* accept4(2): accept with flags. */
#include "tests/guest/unix.h"

int
main(void)
{
	int server = unix_server(SOCK_STREAM | SOCK_NONBLOCK, "@viv-accept4");
	int fd;

	FAILS(EAGAIN, accept4(server, NULL, NULL, 0));
	unix_client(SOCK_STREAM, "@viv-accept4");
	FAILS(EINVAL, accept4(server, NULL, NULL, 1));
	fd = OK(accept4(server, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK));
	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(O_RDWR | O_NONBLOCK, fcntl(fd, F_GETFL));
	unix_client(SOCK_STREAM, "@viv-accept4");
	fd = OK(accept4(server, NULL, NULL, 0));
	IS(0, fcntl(fd, F_GETFD));
	IS(O_RDWR, fcntl(fd, F_GETFL));
	FAILS(EBADF, accept4(-1, NULL, NULL, 0));
	return 0;
}
