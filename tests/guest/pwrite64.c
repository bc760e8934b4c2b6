/* SPDX-License-Identifier: MIT */
/* pwrite64(2): writes at an offset, moves none. */
#include "tests/guest/check.h"

static void
writes_and_extends(void)
{
	char back[16] = "";
	struct stat st;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	IS(5, write(fd, "hello", 5));
	IS(2, pwrite(fd, "EY", 2, 1));
	IS(1, pwrite(fd, "!", 1, 8));
	IS(0, pwrite(fd, "", 0, 100));
	IS(5, lseek(fd, 0, SEEK_CUR));
	IS(9, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "hEYlo\0\0\0!", 9));
	OK(fstat(fd, &st));
	IS(9, st.st_size);
	OK(close(fd));

	/* Linux: a file opened for appending is appended to all the same. */
	fd = OK(open("f", O_APPEND | O_RDWR));
	IS(2, pwrite(fd, "ab", 2, 0));
	IS(0, lseek(fd, 0, SEEK_CUR));
	IS(11, pread(fd, back, sizeof back, 0));
	IS(0, memcmp(back, "hEYlo\0\0\0!ab", 11));
}

static void
refuses(void)
{
	int fd = OK(open("f", O_RDWR)), p[2];

	FAILS(EINVAL, pwrite(fd, "x", 1, -1));
	FAILS(EINVAL, pwrite(-1, "x", 1, -1));
	FAILS(EBADF, pwrite(-1, "x", 1, 0));
	FAILS(EBADF, pwrite(OK(open("f", O_RDONLY)), "x", 1, 0));
	FAILS(EFAULT, pwrite(fd, unmapped_page(), 1, 0));
	/* What can be read of the buffer may be written. */
	IS(2, pwrite(fd, memset(edge_of_memory(2), 'e', 2), 5, 0));
	OK(pipe(p));
	FAILS(ESPIPE, pwrite(p[1], "x", 1, 0));
	FAILS(EINVAL, pwrite(fd, "x", 1, 0x7fffffffffffffff));
}

static void
clears_set_id_bits(void)
{
	struct stat st;
	int fd = OK(open("f", O_RDWR));

	OK(fchmod(fd, 06755));
	AS_NOBODY(IS(1, pwrite(fd, "x", 1, 0)));
	OK(fstat(fd, &st));
	IS(S_IFREG | 0755, st.st_mode);
}

int
main(void)
{
	writes_and_extends();
	refuses();
	clears_set_id_bits();
	return 0;
}
