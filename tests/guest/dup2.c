/* SPDX-License-Identifier: MIT */
/* dup2(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

static long
dup2_(int from, int to)
{
	return syscall(SYS_dup2, from, to);
}

static void
replaces(void)
{
	int p[2], fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char c;

	IS(100, dup2_(fd, 100));
	IS(1, write(100, "x", 1));
	IS(1, lseek(fd, 0, SEEK_CUR));

	/* What was there before is closed. */
	OK(pipe(p));
	IS(p[1], dup2_(fd, p[1]));
	IS(0, read(p[0], &c, 1));

	/* The copy is never close-on-exec, the same number is left alone. */
	OK(fcntl(fd, F_SETFD, FD_CLOEXEC));
	IS(101, dup2_(fd, 101));
	IS(0, fcntl(101, F_GETFD));
	OK(fcntl(101, F_SETFD, FD_CLOEXEC));
	IS(101, dup2_(fd, 101));
	IS(0, fcntl(101, F_GETFD));
	IS(fd, dup2_(fd, fd));
	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
}

static void
refuses(void)
{
	struct rlimit limit;
	int fd = OK(open("f", O_RDONLY));

	OK(getrlimit(RLIMIT_NOFILE, &limit));
	FAILS(EBADF, dup2_(-1, 5));
	FAILS(EBADF, dup2_(90, 5));
	FAILS(EBADF, dup2_(90, 90));
	FAILS(EBADF, dup2_(fd, -1));
	FAILS(EBADF, dup2_(fd, limit.rlim_cur));
	IS((long)limit.rlim_cur - 1, dup2_(fd, limit.rlim_cur - 1));
	/* A failure closes nothing. */
	FAILS(EBADF, dup2_(90, fd));
	OK(fcntl(fd, F_GETFD));
	limit.rlim_cur = fd + 1;
	OK(setrlimit(RLIMIT_NOFILE, &limit));
	FAILS(EBADF, dup2_(fd, fd + 1));
}

int
main(void)
{
	replaces();
	EXITS(0, refuses());
	return 0;
}
