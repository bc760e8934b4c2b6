/* SPDX-License-Identifier: MIT */
/* preadv(2): the offset comes in two halves. */
#include "tests/guest/check.h"

#include <sys/uio.h>

int
main(void)
{
	char a[3] = "", b[8] = "";
	struct iovec v[] = {{a, 2}, {b, 7}};
	int fd, p[2];

	put_file("f", "hello");
	fd = OK(open("f", O_RDWR));
	IS(4, syscall(SYS_preadv, fd, v, 2, 1, 0));
	IS(0, strcmp(a, "el"));
	IS(0, strcmp(b, "lo"));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(0, syscall(SYS_preadv, fd, v, 2, 5, 0));
	IS(0, syscall(SYS_preadv, fd, v, 0, 0, 0));

	/* On 64 bits the low half is the offset, the high one shifted out. */
	IS(4, syscall(SYS_preadv, fd, v, 2, 1, 7));
	OK(ftruncate(fd, (5l << 32) + 2));
	IS(2, syscall(SYS_preadv, fd, v, 2, 5l << 32, 0));

	FAILS(EINVAL, preadv(fd, v, 2, -1));
	FAILS(EINVAL, preadv(-1, v, 2, -1));
	FAILS(EBADF, preadv(-1, v, 2, 0));
	FAILS(EINVAL, preadv(fd, v, -1, 0));
	FAILS(EINVAL, preadv(fd, v, 1025, 0));
	FAILS(EFAULT, preadv(fd, unmapped_page(), 1, 0));
	v[1].iov_base = unmapped_page();
	IS(2, preadv(fd, v, 2, 0));
	FAILS(EFAULT, preadv(fd, v + 1, 1, 0));
	OK(pipe(p));
	FAILS(ESPIPE, preadv(p[0], v, 1, 0));
	return 0;
}
