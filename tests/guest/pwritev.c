/* SPDX-License-Identifier: MIT */
/* pwritev(2). */
#include "tests/guest/check.h"

#include <sys/uio.h>

int
main(void)
{
	struct iovec v[] = {{"ab", 2}, {"cd", 2}};
	char back[8];
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];

	IS(4, syscall(SYS_pwritev, fd, v, 2, 1, 0));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(5, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "\0abcd", 5));
	/* The high half is shifted out on 64 bits. */
	IS(4, syscall(SYS_pwritev, fd, v, 2, 0, 9));
	IS(5, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "abcdd", 5));
	IS(0, pwritev(fd, v, 0, 0));

	FAILS(EINVAL, pwritev(fd, v, 2, -1));
	FAILS(EINVAL, pwritev(-1, v, 2, -1));
	FAILS(EBADF, pwritev(-1, v, 2, 0));
	FAILS(EBADF, pwritev(OK(open("f", O_RDONLY)), v, 2, 0));
	FAILS(EINVAL, pwritev(fd, v, 1025, 0));
	FAILS(EFAULT, pwritev(fd, unmapped_page(), 1, 0));
	v[1].iov_base = unmapped_page();
	IS(2, pwritev(fd, v, 2, 0));
	FAILS(EFAULT, pwritev(fd, v + 1, 1, 0));
	OK(pipe(p));
	FAILS(ESPIPE, pwritev(p[1], v, 1, 0));
	return 0;
}
