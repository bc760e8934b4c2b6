/* SPDX-License-Identifier: MIT */
/* readv(2). */
#include "tests/guest/check.h"

#include <sys/uio.h>

static void
scatters(int fd)
{
	char a[3] = "", b[4] = "", c[9] = "";
	struct iovec v[] = {{a, 2}, {NULL, 0}, {b, 3}, {c, 8}};

	IS(8, readv(fd, v, 4));
	IS(0, strcmp(a, "he"));
	IS(0, strcmp(b, "llo"));
	IS(0, strcmp(c, "wor"));
	IS(8, lseek(fd, 0, SEEK_CUR));
	IS(0, readv(fd, v, 4));
	IS(0, readv(fd, v, 0));
	IS(0, readv(fd, NULL, 0));
}

static void
counts(int fd)
{
	static struct iovec v[1025];
	static char c[1024]; /* low: such lengths must not wrap */
	int i;

	IS(0, lseek(fd, 0, SEEK_SET));
	for (i = 0; i < 1024; i++)
		v[i] = (struct iovec){c + i, 1};
	IS(8, readv(fd, v, 1024));
	FAILS(EINVAL, readv(fd, v, 1025));
	FAILS(EINVAL, readv(fd, v, -1));
	v[1].iov_len = -1;
	FAILS(EINVAL, readv(fd, v, 2));
	/* Lengths that only sum up too high are cut. */
	v[0].iov_len = v[1].iov_len = 0x7ffff000;
	IS(0, readv(fd, v, 2));
}

static void
bad_pointers(int fd)
{
	char a[2];
	char *edge = edge_of_memory(sizeof(struct iovec));
	struct iovec v[] = {{a, 2}, {unmapped_page(), 2}};
	int p[2];

	IS(0, lseek(fd, 0, SEEK_SET));
	IS(2, readv(fd, v, 2));
	IS(2, lseek(fd, 0, SEEK_CUR));
	FAILS(EFAULT, readv(fd, v + 1, 1));
	FAILS(EFAULT, readv(fd, unmapped_page(), 1));
	memcpy(edge, v, sizeof *v);
	IS(2, readv(fd, (struct iovec *)edge, 1));
	FAILS(EFAULT, readv(fd, (struct iovec *)edge, 2));
	IS(4, lseek(fd, 0, SEEK_CUR));

	OK(pipe(p));
	IS(4, write(p[1], "abcd", 4));
	FAILS(EFAULT, readv(p[0], v, 2));
	IS(2, readv(p[0], v, 1));
	IS(0, memcmp(a, "ab", 2));
}

int
main(void)
{
	char c;
	struct iovec v = {&c, 1};
	int fd;

	put_file("f", "hellowor");
	fd = OK(open("f", O_RDONLY));
	scatters(fd);
	counts(fd);
	bad_pointers(fd);
	FAILS(EBADF, readv(-1, &v, 1));
	FAILS(EBADF, readv(OK(open("f", O_WRONLY)), &v, 1));
	FAILS(EISDIR, readv(OK(open(".", O_RDONLY)), &v, 1));
	return 0;
}
