/* SPDX-License-Identifier: MIT */
/* pwritev2(2): pwritev with flags, and offset -1 for the file's own. */
#include "tests/guest/check.h"

#include <sys/uio.h>

static long
pwritev2_(int fd, struct iovec *v, int n, long off, int flags)
{
	return syscall(SYS_pwritev2, fd, v, n, off, 0, flags);
}

int
main(void)
{
	struct iovec v = {"ab", 2};
	char back[8];
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];

	IS(2, pwritev2_(fd, &v, 1, 1, 0));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(2, pwritev2_(fd, &v, 1, -1, 0));
	IS(2, lseek(fd, 0, SEEK_CUR));
	IS(3, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "abb", 3));

	/* Appending for this one call; with -1 it moves the offset. */
	IS(2, pwritev2_(fd, &v, 1, 0, RWF_APPEND));
	IS(2, lseek(fd, 0, SEEK_CUR));
	IS(5, lseek(fd, 0, SEEK_END));
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(2, pwritev2_(fd, &v, 1, -1, RWF_APPEND));
	IS(7, lseek(fd, 0, SEEK_CUR));
	IS(7, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "abbabab", 7));

	IS(2, pwritev2_(fd, &v, 1, 0, RWF_SYNC));
	IS(2, pwritev2_(fd, &v, 1, 0, RWF_DSYNC | RWF_HIPRI));
	FAILS(EOPNOTSUPP, pwritev2_(fd, &v, 1, 0, 1 << 20));
	FAILS(EINVAL, pwritev2_(fd, &v, 1, -2, 0));
	FAILS(EBADF, pwritev2_(-1, &v, 1, -1, 0));
	OK(pipe(p));
	FAILS(ESPIPE, pwritev2_(p[1], &v, 1, 0, 0));
	IS(2, pwritev2_(p[1], &v, 1, -1, 0));
	return 0;
}
