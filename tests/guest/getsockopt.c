/* SPDX-License-Identifier: MIT */
/* getsockopt(2) and setsockopt(2), level SOL_SOCKET, on AF_UNIX. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static int s[2];

static int
get(int opt)
{
	socklen_t len = sizeof(int);
	int v = -77;

	OK(getsockopt(s[0], SOL_SOCKET, opt, &v, &len));
	IS(sizeof(int), len);
	return v;
}

static int
set(int opt, int v)
{
	return setsockopt(s[0], SOL_SOCKET, opt, &v, sizeof v);
}

static void
facts(void)
{
	IS(SOCK_STREAM, get(SO_TYPE));
	IS(AF_UNIX, get(SO_DOMAIN));
	IS(0, get(SO_PROTOCOL));
	IS(0, get(SO_ERROR));
	IS(0, get(SO_ACCEPTCONN));
	FAILS(ENOPROTOOPT, set(SO_TYPE, SOCK_DGRAM));
	FAILS(ENOPROTOOPT, set(SO_ERROR, 1));
	FAILS(ENOPROTOOPT, set(12345, 1));
}

static void
flags(void)
{
	static const int opts[] = {SO_PASSCRED, SO_REUSEADDR, SO_KEEPALIVE,
				   SO_BROADCAST, SO_DONTROUTE};

	for (size_t i = 0; i < sizeof opts / sizeof *opts; i++) {
		IS(0, get(opts[i]));
		OK(set(opts[i], 5));
		IS(1, get(opts[i])); /* on is 1, whatever was given */
		OK(set(opts[i], 0));
		IS(0, get(opts[i]));
	}
}

static void
buffers(void)
{
	static char page[4096];
	long small = 0, n;

	CHECK(get(SO_SNDBUF) >= 4096 && get(SO_RCVBUF) >= 4096);
	OK(set(SO_SNDBUF, 10000)); /* doubled, for overhead */
	IS(20000, get(SO_SNDBUF));
	OK(set(SO_RCVBUF, 20000));
	IS(40000, get(SO_RCVBUF));
	OK(set(SO_SNDBUF, 0)); /* never below a least size */
	CHECK(get(SO_SNDBUF) >= 2048 && get(SO_SNDBUF) <= 8192);
	while ((n = send(s[0], page, sizeof page, MSG_DONTWAIT)) > 0)
		small += n;
	IS(EAGAIN, errno);
	CHECK(small <= 20000);
}

static void
timeouts(void)
{
	struct timeval t = {0, 40000};
	socklen_t len = sizeof t;
	long start = now_ms();
	char c;

	OK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
	FAILS(EAGAIN, read(s[0], &c, 1));
	CHECK(now_ms() - start >= 39);
	memset(&t, 0, sizeof t);
	OK(getsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, &len));
	IS(40000, t.tv_usec);
	OK(setsockopt(s[0], SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t));
	start = now_ms();
	FAILS(EAGAIN, write(s[0], "x", 1)); /* it is full, by now */
	CHECK(now_ms() - start >= 39);
	ticks_start(SA_RESTART); /* with a timeout, never restarted */
	t.tv_sec = 10;
	OK(setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
	FAILS(EINTR, read(s[0], &c, 1));
	ticks_stop();
	t = (struct timeval){0, 1000000};
	FAILS(EDOM, setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t));
	FAILS(EINVAL, setsockopt(s[0], SOL_SOCKET, SO_RCVTIMEO, &t, 3));
}

static void
lengths(void)
{
	socklen_t len = 2;
	int v = 0x77777777, p[2];

	OK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &len));
	IS(2, len); /* as much as fits */
	IS(0x77770001, v);
	len = -1;
	FAILS(EINVAL, getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &len));
	len = 100;
	OK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, &len));
	IS(4, len);
	FAILS(EFAULT,
	      getsockopt(s[0], SOL_SOCKET, SO_TYPE, &v, unmapped_page()));
	FAILS(EFAULT,
	      getsockopt(s[0], SOL_SOCKET, SO_TYPE, unmapped_page(), &len));
	FAILS(EINVAL, setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, &v, 3));
	FAILS(EFAULT,
	      setsockopt(s[0], SOL_SOCKET, SO_PASSCRED, unmapped_page(), 4));
	FAILS(ENOPROTOOPT, getsockopt(s[0], SOL_SOCKET, 12345, &v, &len));
	FAILS(EOPNOTSUPP, getsockopt(s[0], 99, 1, &v, &len));
	FAILS(EBADF, getsockopt(-1, SOL_SOCKET, SO_TYPE, &v, &len));
	OK(pipe(p));
	FAILS(ENOTSOCK, getsockopt(p[0], SOL_SOCKET, SO_TYPE, &v, &len));
	FAILS(ENOTSOCK, setsockopt(p[0], SOL_SOCKET, SO_PASSCRED, &v, 4));
}

int
main(void)
{
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	facts();
	flags();
	buffers();
	timeouts();
	lengths();
	return 0;
}
