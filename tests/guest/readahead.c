/* SPDX-License-Identifier: MIT */
/* readahead(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int fd, p[2];

	put_file("f", "hello");
	fd = OK(open("f", O_RDWR));
	OK(readahead(fd, 0, 4096));
	OK(readahead(fd, 1 << 20, 4096));
	IS(0, lseek(fd, 0, SEEK_CUR));
	FAILS(EBADF, readahead(-1, 0, 1));
	FAILS(EBADF, readahead(OK(open("f", O_WRONLY)), 0, 1));
	FAILS(EINVAL, readahead(OK(open(".", O_RDONLY)), 0, 1));
	OK(pipe(p));
	FAILS(EINVAL, readahead(p[0], 0, 1));
	return 0;
}
