/* SPDX-License-Identifier: MIT */
/* lseek(2), but for SEEK_DATA and SEEK_HOLE: lseek_hole.c. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static void
regular_file(void)
{
	int fd, copy;
	struct stat st;

	put_file("f", "hello");
	fd = OK(open("f", O_RDWR));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(3, lseek(fd, 3, SEEK_SET));
	IS(1, lseek(fd, -2, SEEK_CUR));
	IS(4, lseek(fd, -1, SEEK_END));
	IS(15, lseek(fd, 10, SEEK_END));
	FAILS(EINVAL, lseek(fd, -1, SEEK_SET));
	FAILS(EINVAL, lseek(fd, -16, SEEK_CUR));
	FAILS(EINVAL, lseek(fd, -6, SEEK_END));
	FAILS(EINVAL, lseek(fd, 0, 5));
	FAILS(EINVAL, lseek(fd, 0, -1));
	IS(15, lseek(fd, 0, SEEK_CUR));
	/* Seeking alone never extends. */
	OK(fstat(fd, &st));
	IS(5, st.st_size);
	IS(1l << 40, lseek(fd, 1l << 40, SEEK_SET));

	/* Duplicates share the offset, other opens don't. */
	copy = OK(dup(fd));
	IS(2, lseek(copy, 2, SEEK_SET));
	IS(2, lseek(fd, 0, SEEK_CUR));
	IS(0, lseek(OK(open("f", O_RDONLY)), 0, SEEK_CUR));
	EXITS(0, IS(4, lseek(fd, 4, SEEK_SET)));
	IS(4, lseek(fd, 0, SEEK_CUR));
}

static void
other_files(void)
{
	int p[2], s[2], null = OK(open("/dev/null", O_RDWR));

	FAILS(EBADF, lseek(-1, 0, SEEK_SET));
	FAILS(EBADF, lseek(OK(open("f", O_PATH)), 0, SEEK_SET));
	OK(pipe(p));
	FAILS(ESPIPE, lseek(p[0], 0, SEEK_CUR));
	FAILS(ESPIPE, lseek(p[1], 0, SEEK_SET));
	FAILS(EINVAL, lseek(p[0], 0, 99));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	FAILS(ESPIPE, lseek(s[0], 0, SEEK_CUR));
	IS(0, lseek(null, 17, SEEK_SET));
	OK(lseek(OK(open(".", O_RDONLY)), 0, SEEK_SET));
}

int
main(void)
{
	regular_file();
	other_files();
	return 0;
}
