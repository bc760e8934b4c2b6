/* SPDX-License-Identifier: MIT */
/* fdatasync(2). */
#include "tests/guest/check.h"

#include <sys/socket.h>

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2], s[2];
	char *map;

	IS(5, write(fd, "hello", 5));
	OK(fdatasync(fd));
	OK(unlink("f"));
	OK(fdatasync(fd));
	map = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	map[0] = 'j';
	OK(fdatasync(fd));
	/* Opened for reading will do; so will a directory. */
	put_file("g", "x");
	OK(fdatasync(OK(open("g", O_RDONLY))));
	OK(fdatasync(OK(open(".", O_RDONLY))));

	FAILS(EBADF, fdatasync(-1));
	FAILS(EBADF, fdatasync(99));
	FAILS(EBADF, fdatasync(OK(open("g", O_PATH))));
	OK(pipe(p));
	FAILS(EINVAL, fdatasync(p[0]));
	FAILS(EINVAL, fdatasync(p[1]));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EINVAL, fdatasync(s[0]));
	FAILS(EINVAL, fdatasync(OK(open("/dev/null", O_WRONLY))));
	return 0;
}
