/* SPDX-License-Identifier: MIT */
/* pread64(2): reads at an offset, moves none. */
#include "tests/guest/check.h"

int
main(void)
{
	char buf[8] = "";
	int fd, p[2];

	put_file("f", "hello");
	fd = OK(open("f", O_RDONLY));
	IS(1, lseek(fd, 1, SEEK_SET));
	IS(3, pread(fd, buf, 3, 2));
	IS(0, strcmp(buf, "llo"));
	IS(2, pread(fd, buf, sizeof buf, 3));
	IS(0, pread(fd, buf, sizeof buf, 5));
	IS(0, pread(fd, buf, sizeof buf, 1l << 40));
	IS(0, pread(fd, buf, 0, 0));
	IS(1, lseek(fd, 0, SEEK_CUR));

	FAILS(EINVAL, pread(fd, buf, 1, -1));
	FAILS(EINVAL, pread(-1, buf, 1, -1)); /* the offset comes first */
	FAILS(EBADF, pread(-1, buf, 1, 0));
	FAILS(EBADF, pread(OK(open("f", O_WRONLY)), buf, 1, 0));
	FAILS(EFAULT, pread(fd, unmapped_page(), 1, 0));
	IS(2, pread(fd, edge_of_memory(2), 5, 0));
	FAILS(EISDIR, pread(OK(open(".", O_RDONLY)), buf, 1, 0));
	OK(pipe(p));
	FAILS(ESPIPE, pread(p[0], buf, 1, 0));
	FAILS(EINVAL, pread(p[0], buf, 1, -1));
	FAILS(ESPIPE, pread(p[1], buf, 1, 0));

	/* A hole reads as zeros. */
	fd = OK(open("hole", O_CREAT | O_RDWR, 0600));
	IS(1, pwrite(fd, "x", 1, 100000));
	IS(8, pread(fd, memset(buf, 'y', 8), 8, 50000));
	IS(0, memcmp(buf, "\0\0\0\0\0\0\0", 8));
	IS(3, pread(fd, buf, 8, 99998));
	IS(0, memcmp(buf, "\0\0x", 3));
	return 0;
}
