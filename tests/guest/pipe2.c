/* SPDX-License-Identifier: MIT */
/* pipe2(2): its flags; O_DIRECT keeps writes apart. */
#include "tests/guest/check.h"

static void
flags(void)
{
	char c;
	int p[2] = {-7, -7};

	OK(pipe2(p, O_CLOEXEC | O_NONBLOCK));
	IS(FD_CLOEXEC, fcntl(p[0], F_GETFD));
	IS(FD_CLOEXEC, fcntl(p[1], F_GETFD));
	IS(O_NONBLOCK, fcntl(p[0], F_GETFL));
	IS(O_WRONLY | O_NONBLOCK, fcntl(p[1], F_GETFL));
	FAILS(EAGAIN, read(p[0], &c, 1));
	p[0] = p[1] = -7;
	FAILS(EINVAL, pipe2(p, O_RDWR));
	FAILS(EINVAL, pipe2(p, O_APPEND));
	FAILS(EINVAL, pipe2(p, -1));
	IS(-7, p[0]);
	FAILS(EFAULT, pipe2(unmapped_page(), 0));
}

static void
packets(void)
{
	static char big[10000];
	char buf[8] = "";
	int p[2];

	OK(pipe2(p, O_DIRECT | O_NONBLOCK));
	IS(O_NONBLOCK, fcntl(p[0], F_GETFL));
	IS(O_WRONLY | O_DIRECT | O_NONBLOCK, fcntl(p[1], F_GETFL));
	IS(3, write(p[1], "abc", 3));
	IS(2, write(p[1], "de", 2));
	IS(3, read(p[0], buf, sizeof buf));
	IS(0, memcmp(buf, "abc", 3));
	IS(1, read(p[0], buf, 1)); /* the rest of "de" is dropped */
	FAILS(EAGAIN, read(p[0], buf, 1));
	/* More than PIPE_BUF is cut into several. */
	IS(10000, write(p[1], big, 10000));
	IS(4096, read(p[0], big, sizeof big));
	IS(4096, read(p[0], big, sizeof big));
	IS(1808, read(p[0], big, sizeof big));
	/* The mode can be set later, too. */
	OK(fcntl(p[1], F_SETFL, O_NONBLOCK));
	IS(1, write(p[1], "x", 1));
	IS(1, write(p[1], "y", 1));
	IS(2, read(p[0], buf, 8));
}

int
main(void)
{
	flags();
	packets();
	return 0;
}
