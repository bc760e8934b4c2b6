/* SPDX-License-Identifier: MIT */
/* socket(2): what AF_UNIX offers, flags, errors. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static int
type_of(int fd)
{
	socklen_t len = sizeof(int);
	int type;

	OK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len));
	return type;
}

int
main(void)
{
	struct stat st;
	int fd = OK(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
	char c;

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(O_RDWR, fcntl(fd, F_GETFL));
	IS(SOCK_STREAM, type_of(fd));
	OK(fstat(fd, &st));
	CHECK(S_ISSOCK(st.st_mode));
	FAILS(EINVAL, read(fd, &c, 1));
	FAILS(ENOTCONN, send(fd, "x", 1, MSG_NOSIGNAL));
	fd = OK(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
	IS(O_RDWR | O_NONBLOCK, fcntl(fd, F_GETFL));
	FAILS(EAGAIN, recv(fd, &c, 1, 0));
	FAILS(ENOTCONN, send(fd, "x", 1, 0));
	IS(SOCK_SEQPACKET, type_of(OK(socket(AF_UNIX, SOCK_SEQPACKET, 0))));
	OK(socket(AF_UNIX, SOCK_STREAM, AF_UNIX)); /* PF_UNIX will do */

	FAILS(EPROTONOSUPPORT, socket(AF_UNIX, SOCK_STREAM, 99));
	FAILS(ESOCKTNOSUPPORT, socket(AF_UNIX, SOCK_RDM, 0));
	FAILS(EINVAL, socket(AF_UNIX, 0xf, 0));
	FAILS(EINVAL, socket(AF_UNIX, SOCK_STREAM | 0x100, 0));
	FAILS(EAFNOSUPPORT, socket(100, SOCK_STREAM, 0));
	FAILS(EAFNOSUPPORT, socket(-1, SOCK_STREAM, 0));
	return 0;
}
