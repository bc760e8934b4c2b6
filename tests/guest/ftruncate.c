/* SPDX-License-Identifier: MIT */
/* ftruncate(2). */
#include "tests/guest/check.h"

int
main(void)
{
	struct stat st;
	char *map;
	int fd = OK(open("f", O_CREAT | O_RDWR | O_APPEND, 0600)), p[2];

	IS(5, write(fd, "hello", 5));
	OK(ftruncate(fd, 2));
	IS(1, write(fd, "y", 1));
	OK(fstat(fd, &st));
	IS(3, st.st_size);
	/* The right to write was given when it was opened. */
	OK(fchmod(fd, 0));
	OK(ftruncate(fd, 10000));
	OK(unlink("f"));
	OK(ftruncate(fd, 10001));

	/* Mappings see it: gone beyond the end, zeros to the page's end. */
	map = MAPPED(mmap(NULL, 12288, RW, MAP_SHARED, fd, 0));
	map[10] = 'a';
	map[5000] = 'b';
	OK(ftruncate(fd, 10));
	IS(SIGBUS, touch(map + 5000, 'r'));
	IS(0, map[10]);
	OK(ftruncate(fd, 8192));
	IS(0, map[5000]);
	IS(SIGBUS, touch(map + 8192, 'w'));

	FAILS(EBADF, ftruncate(-1, 0));
	FAILS(EINVAL, ftruncate(99, -1));
	FAILS(EINVAL, ftruncate(fd, -1));
	FAILS(EINVAL, ftruncate(OK(open("/proc/self/exe", O_RDONLY)), 0));
	FAILS(EINVAL, ftruncate(OK(open(".", O_RDONLY)), 0));
	FAILS(EBADF, ftruncate(OK(open(".", O_PATH)), 0));
	OK(pipe(p));
	FAILS(EINVAL, ftruncate(p[1], 0));
	return 0;
}
