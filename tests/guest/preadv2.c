/* SPDX-License-Identifier: MIT */
/* preadv2(2): preadv with flags, and offset -1 for the file's own. */
#include "tests/guest/check.h"

#include <sys/uio.h>

static long
preadv2_(int fd, struct iovec *v, int n, long off, int flags)
{
	return syscall(SYS_preadv2, fd, v, n, off, 0, flags);
}

int
main(void)
{
	char a[9] = "";
	struct iovec v = {a, 2};
	long n;
	int fd, p[2];

	put_file("f", "hello");
	fd = OK(open("f", O_RDWR));
	IS(2, preadv2_(fd, &v, 1, 1, 0));
	IS(0, strcmp(a, "el"));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(2, preadv2_(fd, &v, 1, -1, 0));
	IS(0, strcmp(a, "he"));
	IS(2, lseek(fd, 0, SEEK_CUR));
	IS(2, preadv2_(fd, &v, 1, 0, RWF_HIPRI));

	/* The page is cached: it was just written. Else EAGAIN is right. */
	n = preadv2_(fd, &v, 1, 0, RWF_NOWAIT);
	CHECK(n == 2 || (n == -1 && (errno == EAGAIN || errno == EOPNOTSUPP)));

	FAILS(EOPNOTSUPP, preadv2_(fd, &v, 1, 0, 1 << 20));
	FAILS(EOPNOTSUPP, preadv2_(fd, &v, 1, 0, -1));
	FAILS(EINVAL, preadv2_(fd, &v, 1, -2, 0));
	FAILS(EBADF, preadv2_(-1, &v, 1, 0, 0));
	FAILS(EBADF, preadv2_(-1, &v, 1, -1, 0));
	FAILS(EINVAL, preadv2_(fd, &v, 1025, -1, 0));

	/* With -1 a pipe will do. */
	OK(pipe(p));
	IS(2, write(p[1], "ab", 2));
	FAILS(ESPIPE, preadv2_(p[0], &v, 1, 0, 0));
	IS(2, preadv2_(p[0], &v, 1, -1, 0));
	FAILS(EAGAIN, preadv2_(p[0], &v, 1, -1, RWF_NOWAIT));
	return 0;
}
