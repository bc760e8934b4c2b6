/* SPDX-License-Identifier: MIT */
/* dup3(2): dup2 with O_CLOEXEC, and an error for the same number. */
#include "tests/guest/check.h"

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];
	char c;

	IS(50, dup3(fd, 50, O_CLOEXEC));
	IS(FD_CLOEXEC, fcntl(50, F_GETFD));
	IS(50, dup3(fd, 50, 0));
	IS(0, fcntl(50, F_GETFD));
	OK(pipe(p));
	IS(p[1], dup3(fd, p[1], 0));
	IS(0, read(p[0], &c, 1));

	FAILS(EINVAL, dup3(fd, fd, 0));
	FAILS(EINVAL, dup3(99, 99, 0));
	FAILS(EINVAL, dup3(fd, 51, O_NONBLOCK));
	FAILS(EINVAL, dup3(fd, 51, O_CLOEXEC | 1));
	FAILS(EBADF, dup3(99, 51, 0));
	FAILS(EBADF, dup3(-1, 51, 0));
	FAILS(EBADF, dup3(fd, -1, 0));
	FAILS(EBADF, dup3(fd, 0x7fffffff, 0));
	FAILS(EBADF, fcntl(51, F_GETFD));
	return 0;
}
