/* SPDX-License-Identifier: MIT */
/* fallocate(2). */
#include "tests/guest/check.h"

#include <linux/falloc.h>

static long
size_of(int fd)
{
	struct stat st;

	OK(fstat(fd, &st));
	return st.st_size;
}

static void
allocates(int fd)
{
	struct stat st;
	char c;

	OK(fallocate(fd, 0, 0, 10000));
	IS(10000, size_of(fd));
	OK(fstat(fd, &st));
	CHECK(st.st_blocks * 512 >= 10000);
	OK(fallocate(fd, 0, 5000, 1000)); /* never shrinks */
	IS(10000, size_of(fd));
	OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 50000));
	IS(10000, size_of(fd));
	IS(1, pread(fd, &c, 1, 9999));
	IS(0, c);
}

static void
punches(int fd)
{
	static char page[16384], back[16384];

	memset(page, 'x', sizeof page);
	IS(sizeof page, pwrite(fd, page, sizeof page, 0));
	OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100,
		     8192));
	memset(page + 100, 0, 8192);
	IS(sizeof back, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(page, back, sizeof page));
	IS(16384, size_of(fd));
	/* Beyond the end is fine, and nothing. */
	OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 20000,
		     100));
	IS(16384, size_of(fd));
}

static void
refuses(int fd)
{
	int p[2];

	FAILS(EINVAL, fallocate(fd, 0, -1, 10));
	FAILS(EINVAL, fallocate(fd, 0, 0, 0));
	FAILS(EINVAL, fallocate(fd, 0, 0, -1));
	FAILS(EFBIG, fallocate(fd, 0, 0x7fffffffffffffff, 1));
	FAILS(EOPNOTSUPP, fallocate(fd, 0x1000, 0, 10));
	FAILS(EOPNOTSUPP, fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
	FAILS(EBADF, fallocate(-1, 0, 0, 10));
	FAILS(EBADF, fallocate(OK(open("f", O_RDONLY)), 0, 0, 10));
	OK(pipe(p));
	FAILS(ESPIPE, fallocate(p[1], 0, 0, 10));
	FAILS(ENODEV, fallocate(OK(open("/dev/null", O_WRONLY)), 0, 0, 10));
	FAILS(EBADF, fallocate(OK(open(".", O_RDONLY)), 0, 0, 10));
}

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	allocates(fd);
	punches(fd);
	refuses(fd);
	return 0;
}
