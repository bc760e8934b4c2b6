/* SPDX-License-Identifier: MIT */
/* vmsplice(2): memory to a pipe, and a pipe to memory. */
#include "tests/guest/check.h"

#include <sys/uio.h>

int
main(void)
{
	char a[] = "hello", b[8] = "";
	struct iovec v[] = {{a, 5}, {b, 0}}, into = {b, sizeof b};
	int p[2], fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	OK(pipe2(p, O_NONBLOCK));
	IS(5, vmsplice(p[1], v, 2, 0));
	IS(3, read(p[0], b, 3));
	IS(0, memcmp(b, "hel", 3));
	IS(2, vmsplice(p[0], &into, 1, 0));
	IS(0, memcmp(b, "lo", 2));
	IS(0, vmsplice(p[1], v, 0, 0));
	FAILS(EAGAIN, vmsplice(p[0], &into, 1, SPLICE_F_NONBLOCK));

	FAILS(EBADF, vmsplice(-1, v, 1, 0));
	FAILS(EBADF, vmsplice(fd, v, 1, 0));
	FAILS(EINVAL, vmsplice(p[1], v, 1, 0x100));
	FAILS(EINVAL, vmsplice(p[1], v, 1025, 0));
	FAILS(EFAULT, vmsplice(p[1], unmapped_page(), 1, 0));
	v[0].iov_base = unmapped_page();
	FAILS(EFAULT, vmsplice(p[1], v, 1, 0));
	return 0;
}
