/* SPDX-License-Identifier: MIT */
/* tee(2). */
#include "tests/guest/check.h"

int
main(void)
{
	char buf[8] = "";
	int p[2], q[2], fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	OK(pipe(p));
	OK(pipe2(q, O_NONBLOCK));
	IS(5, write(p[1], "hello", 5));
	IS(3, tee(p[0], q[1], 3, 0));
	IS(3, read(q[0], buf, sizeof buf));
	IS(0, memcmp(buf, "hel", 3));
	IS(5, tee(p[0], q[1], 100, 0)); /* nothing was consumed */
	IS(5, read(q[0], buf, sizeof buf));
	IS(5, read(p[0], buf, sizeof buf));
	FAILS(EAGAIN, tee(p[0], q[1], 1, SPLICE_F_NONBLOCK));
	IS(0, tee(p[0], q[1], 0, 0));
	IS(0, tee(-1, -1, 0, 0));

	FAILS(EINVAL, tee(p[0], p[1], 1, 0));
	FAILS(EINVAL, tee(fd, q[1], 1, 0));
	FAILS(EINVAL, tee(p[0], fd, 1, 0));
	FAILS(EBADF, tee(-1, q[1], 1, 0));
	FAILS(EBADF, tee(p[1], q[1], 1, 0));
	FAILS(EINVAL, tee(p[0], q[1], 1, 0x100));
	OK(close(p[1]));
	IS(0, tee(p[0], q[1], 1, 0));
	IS(1, write(q[1], "x", 1));
	OK(close(q[0]));
	return 0;
}
