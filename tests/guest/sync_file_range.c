/* SPDX-License-Identifier: MIT */
/* sync_file_range(2). */
#include "tests/guest/check.h"

int
main(void)
{
	int all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
		  SYNC_FILE_RANGE_WAIT_AFTER;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];

	IS(5, write(fd, "hello", 5));
	OK(sync_file_range(fd, 0, 5, all));
	OK(sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE));
	OK(sync_file_range(fd, 0, 0, 0));
	OK(sync_file_range(OK(open(".", O_RDONLY)), 0, 0, all));
	FAILS(EINVAL, sync_file_range(fd, 0, 5, 8));
	FAILS(EINVAL, sync_file_range(fd, -1, 5, all));
	FAILS(EINVAL, sync_file_range(fd, 0, -1, all));
	FAILS(EINVAL, sync_file_range(fd, 0x7fffffffffffffff, 1, all));
	FAILS(EBADF, sync_file_range(-1, 0, 5, all));
	OK(pipe(p));
	FAILS(ESPIPE, sync_file_range(p[1], 0, 5, all));
	return 0;
}
