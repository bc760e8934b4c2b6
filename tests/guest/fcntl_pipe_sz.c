/* SPDX-License-Identifier: MIT */
/* fcntl(2): F_SETPIPE_SZ, F_GETPIPE_SZ. */
#include "tests/guest/check.h"

int
main(void)
{
	static char page[4096];
	char c;
	int p[2], fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	OK(pipe2(p, O_NONBLOCK));
	IS(65536, fcntl(p[0], F_GETPIPE_SZ));
	IS(65536, fcntl(p[1], F_GETPIPE_SZ));
	/* Rounded up to a power of two of pages. */
	IS(4096, fcntl(p[0], F_SETPIPE_SZ, 1));
	IS(16384, fcntl(p[1], F_SETPIPE_SZ, 8193));
	IS(16384, fcntl(p[0], F_GETPIPE_SZ));
	IS(4096, fcntl(p[0], F_SETPIPE_SZ, 0));

	/* It can't shrink below what it holds, can grow with it. */
	IS(8192, fcntl(p[0], F_SETPIPE_SZ, 8192));
	IS(4096, write(p[1], page, 4096));
	IS(1, write(p[1], "x", 1));
	FAILS(EBUSY, fcntl(p[0], F_SETPIPE_SZ, 4096));
	IS(16384, fcntl(p[0], F_SETPIPE_SZ, 16384));
	IS(4096, read(p[0], page, 4096));
	IS(1, read(p[0], &c, 1));
	IS('x', c);

	FAILS(EINVAL, fcntl(p[0], F_SETPIPE_SZ, 0x80000001));
	FAILS(EBADF, fcntl(fd, F_GETPIPE_SZ));
	FAILS(EBADF, fcntl(fd, F_SETPIPE_SZ, 4096));
	AS_NOBODY(IS(1 << 20, fcntl(p[0], F_SETPIPE_SZ, 1 << 20));
		  FAILS(EPERM, fcntl(p[0], F_SETPIPE_SZ, (1 << 20) + 1)));
	return 0;
}
