/* SPDX-License-Identifier: MIT */
/* close_range(2). */
#include "tests/guest/check.h"

#include <linux/close_range.h>
#include <sched.h>

static long
close_range_(unsigned int first, unsigned int last, unsigned int flags)
{
	return syscall(SYS_close_range, first, last, flags);
}

static void
fill(void)
{
	int null = OK(open("/dev/null", O_RDONLY)), fd;

	for (fd = 20; fd < 30; fd++)
		IS(fd, dup2(null, fd));
}

static int
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

static void
closes(void)
{
	fill();
	OK(close_range_(22, 24, 0));
	CHECK(is_open(21) && !is_open(22) && !is_open(24) && is_open(25));
	OK(close_range_(22, 24, 0)); /* nothing there is fine */
	OK(close_range_(28, ~0u, 0));
	CHECK(is_open(27) && !is_open(28) && !is_open(29));
	OK(close_range_(100000, 200000, 0));
	FAILS(EINVAL, close_range_(5, 4, 0));
	FAILS(EINVAL, close_range_(20, 21, 1));
	CHECK(is_open(20));
}

static void
marks(void)
{
	fill();
	OK(close_range_(22, 24, CLOSE_RANGE_CLOEXEC));
	IS(0, fcntl(21, F_GETFD));
	IS(FD_CLOEXEC, fcntl(22, F_GETFD));
	IS(FD_CLOEXEC, fcntl(24, F_GETFD));
	IS(0, fcntl(25, F_GETFD));
}

static int
shares_table(void *arg)
{
	OK(close_range_(22, *(unsigned int *)arg, CLOSE_RANGE_UNSHARE));
	CHECK(!is_open(22) && is_open(20));
	exit(0);
}

static void
unshares(unsigned int last)
{
	static char stack[65536];

	fill();
	REAPS(0, clone(shares_table, stack + sizeof stack,
		       CLONE_FILES | SIGCHLD, &last));
	CHECK(is_open(22) && is_open(29));
}

int
main(void)
{
	closes();
	marks();
	unshares(24);
	unshares(~0u);
	return 0;
}
