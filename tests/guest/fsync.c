/* SPDX-License-Identifier: MIT */
/* fsync(2). */
#include "tests/guest/check.h"

#include <sys/socket.h>

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2], s[2];
	char *map;

	IS(5, write(fd, "hello", 5));
	OK(fsync(fd));
	OK(unlink("f"));
	OK(fsync(fd));
	map = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	map[0] = 'j';
	OK(fsync(fd));
	/* Opened for reading will do; so will a directory. */
	put_file("g", "x");
	OK(fsync(OK(open("g", O_RDONLY))));
	OK(fsync(OK(open(".", O_RDONLY))));

	FAILS(EBADF, fsync(-1));
	FAILS(EBADF, fsync(99));
	FAILS(EBADF, fsync(OK(open("g", O_PATH))));
	OK(pipe(p));
	FAILS(EINVAL, fsync(p[0]));
	FAILS(EINVAL, fsync(p[1]));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(EINVAL, fsync(s[0]));
	FAILS(EINVAL, fsync(OK(open("/dev/null", O_WRONLY))));
	return 0;
}
