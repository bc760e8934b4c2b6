/* SPDX-License-Identifier: MIT */
/* dup(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

static void
shares_the_description(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	int copy = OK(dup(fd));

	CHECK(copy > fd);
	IS(3, write(fd, "abc", 3));
	IS(3, lseek(copy, 0, SEEK_CUR));
	OK(fcntl(copy, F_SETFL, O_APPEND));
	CHECK(fcntl(fd, F_GETFL) & O_APPEND);
	/* But not the descriptor's own flag. */
	IS(0, fcntl(copy, F_GETFD));
	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	OK(close(fd));
	IS(1, write(copy, "d", 1));
	IS(fd, dup(copy)); /* the lowest that is free */
}

static void
refuses(void)
{
	struct rlimit limit;
	int fd;

	FAILS(EBADF, dup(-1));
	FAILS(EBADF, dup(1000));
	OK(getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = 50;
	OK(setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = dup(0)) >= 0)
		CHECK(fd < 50);
	IS(EMFILE, errno);
	FAILS(EBADF, dup(60)); /* looked at before the limit */
}

int
main(void)
{
	shares_the_description();
	EXITS(0, refuses());
	return 0;
}
