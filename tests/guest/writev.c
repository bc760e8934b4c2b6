/* SPDX-License-Identifier: MIT */
/* writev(2). */
#include "tests/guest/check.h"

#include <sys/uio.h>

static void
gathers(int fd)
{
	char back[16] = "";
	struct iovec v[] = {{"he", 2}, {NULL, 0}, {"llo", 3}};

	IS(5, writev(fd, v, 3));
	IS(5, lseek(fd, 0, SEEK_CUR));
	IS(5, pread(fd, back, sizeof back, 0));
	IS(0, strcmp(back, "hello"));
	IS(0, writev(fd, v, 0));
	IS(0, writev(fd, v + 1, 1));
}

static void
counts(int fd)
{
	static struct iovec v[1025];
	struct stat st;
	int i;

	for (i = 0; i < 1025; i++)
		v[i] = (struct iovec){"x", 1};
	OK(ftruncate(fd, 0));
	IS(1024, writev(fd, v, 1024));
	FAILS(EINVAL, writev(fd, v, 1025));
	FAILS(EINVAL, writev(fd, v, -1));
	v[1].iov_len = 1ul << 63;
	FAILS(EINVAL, writev(fd, v, 2));
	OK(fstat(fd, &st));
	IS(5 + 1024, st.st_size);
}

static void
bad_pointers(int fd)
{
	struct iovec v[] = {{"ab", 2}, {unmapped_page(), 2}};
	int p[2];

	IS(0, lseek(fd, 0, SEEK_SET));
	IS(2, writev(fd, v, 2));
	IS(2, lseek(fd, 0, SEEK_CUR));
	FAILS(EFAULT, writev(fd, v + 1, 1));
	FAILS(EFAULT, writev(fd, unmapped_page(), 1));
	OK(pipe(p));
	FAILS(EFAULT, writev(p[1], v + 1, 1));
}

static void
one_write_to_a_pipe(void)
{
	static char page[4096];
	struct iovec v[] = {{page, 2000}, {page, 2000}};
	char buf[8192];
	int p[2];

	/* All or nothing up to PIPE_BUF, for the sum. */
	OK(pipe2(p, O_NONBLOCK));
	OK(fcntl(p[1], F_SETPIPE_SZ, 4096));
	IS(4096, write(p[1], page, 4096));
	FAILS(EAGAIN, writev(p[1], v, 2));
	IS(4096, read(p[0], buf, sizeof buf));
	IS(4000, writev(p[1], v, 2));
	FAILS(EAGAIN, writev(p[1], v, 2));
	IS(4000, read(p[0], buf, sizeof buf));
	OK(close(p[0]));
	signal(SIGPIPE, SIG_IGN);
	FAILS(EPIPE, writev(p[1], v, 2));
}

int
main(void)
{
	struct iovec v = {"x", 1};
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	gathers(fd);
	counts(fd);
	bad_pointers(fd);
	one_write_to_a_pipe();
	FAILS(EBADF, writev(-1, &v, 1));
	FAILS(EBADF, writev(OK(open("f", O_RDONLY)), &v, 1));
	return 0;
}
