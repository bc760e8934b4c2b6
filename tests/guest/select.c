/* SPDX-License-Identifier: MIT */
/* select(2). */
#include "tests/guest/check.h"

#include <sys/select.h>

static long
select_(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *t)
{
	return syscall(SYS_select, n, r, w, e, t);
}

static fd_set
set_of(int a, int b)
{
	fd_set s;

	FD_ZERO(&s);
	FD_SET(a, &s);
	FD_SET(b, &s);
	return s;
}

static void
readiness(int r, int w)
{
	struct timeval t = {0, 0};
	fd_set in = set_of(r, w), out = set_of(r, w), ex = set_of(r, w);

	IS(1, select_(w + 1, &in, &out, &ex, &t));
	CHECK(!FD_ISSET(r, &in) && FD_ISSET(w, &out) && !FD_ISSET(w, &ex));
	IS(1, write(w, "x", 1));
	in = set_of(r, r);
	out = set_of(w, w);
	IS(2, select_(w + 1, &in, &out, NULL, NULL)); /* counts bits */
	CHECK(FD_ISSET(r, &in) && FD_ISSET(w, &out));
	/* What lies beyond the count is not looked at. */
	out = set_of(w, w);
	IS(0, select_(w, NULL, &out, NULL, &t));
	in = set_of(r, r);
	IS(1, select_(100000, &in, NULL, NULL, &t));
	in = set_of(OK(open("f", O_CREAT | O_RDWR, 0600)), r);
	IS(2, select_(w + 3, &in, NULL, NULL, &t));
}

static void
end_of_file_is_readable(void)
{
	fd_set in;
	int p[2];

	OK(pipe(p));
	OK(close(p[1]));
	in = set_of(p[0], p[0]);
	IS(1, select_(p[0] + 1, &in, NULL, NULL, NULL));
	OK(close(p[0]));
}

static void
timeouts(void)
{
	struct timeval t = {0, 50000};
	long start = now_ms();

	IS(0, select_(0, NULL, NULL, NULL, &t));
	CHECK(now_ms() - start >= 49);
	IS(0, t.tv_sec + t.tv_usec); /* Linux tells the rest */
	ticks_start(SA_RESTART);
	t.tv_sec = 100;
	FAILS(EINTR, select_(0, NULL, NULL, NULL, &t));
	CHECK(t.tv_sec == 99 && t.tv_usec > 0);
	FAILS(EINTR, select_(0, NULL, NULL, NULL, NULL));
	ticks_stop();
}

static void
waits(int r, int w)
{
	fd_set in = set_of(r, r);
	char c;
	pid_t child;

	IS(1, read(r, &c, 1));
	child = check_fork();
	if (child == 0) {
		IS(1, select_(r + 1, &in, NULL, NULL, NULL));
		exit(0);
	}
	until_asleep(child);
	IS(1, write(w, "x", 1));
	REAPS(0, child);
}

static void
refuses(int r)
{
	struct timeval t = {-1, 0};
	int closed = OK(dup(r));
	fd_set in = set_of(r, closed);

	OK(close(closed));
	FAILS(EBADF, select_(closed + 1, &in, NULL, NULL, NULL));
	FAILS(EINVAL, select_(-1, NULL, NULL, NULL, NULL));
	FAILS(EINVAL, select_(0, NULL, NULL, NULL, &t));
	FAILS(EFAULT, select_(r + 1, unmapped_page(), NULL, NULL, NULL));
	FAILS(EFAULT, select_(0, NULL, NULL, NULL, unmapped_page()));
}

int
main(void)
{
	int p[2];

	OK(pipe(p));
	readiness(p[0], p[1]);
	end_of_file_is_readable();
	timeouts();
	waits(p[0], p[1]);
	refuses(p[0]);
	return 0;
}
