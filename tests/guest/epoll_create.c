/* SPDX-License-Identifier: MIT */
/* epoll_create1(2), and epoll_create(2). */
#include "tests/guest/check.h"

#include <sys/epoll.h>

int
main(void)
{
	char c;
	int fd = OK(syscall(SYS_epoll_create1, EPOLL_CLOEXEC));

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(0, fcntl(OK(syscall(SYS_epoll_create1, 0)), F_GETFD));
	FAILS(EINVAL, syscall(SYS_epoll_create1, 1));
	FAILS(EINVAL, syscall(SYS_epoll_create1, -1));
	/* The old call's size is a hint, but positive. */
	IS(0, fcntl(OK(syscall(SYS_epoll_create, 1)), F_GETFD));
	FAILS(EINVAL, syscall(SYS_epoll_create, 0));
	FAILS(EINVAL, syscall(SYS_epoll_create, -1));
	FAILS(EINVAL, read(fd, &c, 1));
	FAILS(EINVAL, write(fd, "x", 1));
	return 0;
}
