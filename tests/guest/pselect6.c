/* SPDX-License-Identifier: MIT */
/* pselect6(2): its sixth argument points to a mask and its size. */
#include "tests/guest/check.h"

#include <sys/select.h>

struct mask {
	const sigset_t *set;
	size_t size;
};

static long
pselect_(int n, fd_set *r, struct timespec *t, struct mask *m)
{
	return syscall(SYS_pselect6, n, r, NULL, NULL, t, m);
}

int
main(void)
{
	struct timespec t = {0, 30000000};
	sigset_t none, usr1, now;
	struct mask m = {&none, 8};
	long start = now_ms();
	fd_set in;
	int p[2];

	IS(0, pselect_(0, NULL, &t, NULL));
	CHECK(now_ms() - start >= 29);
	IS(0, t.tv_sec + t.tv_nsec);

	OK(pipe(p));
	FD_ZERO(&in);
	FD_SET(p[0], &in);
	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	catch_signal(SIGUSR1, 0);
	OK(sigprocmask(SIG_BLOCK, &usr1, NULL));
	OK(raise(SIGUSR1));
	t = (struct timespec){5, 0};
	FAILS(EINTR, pselect_(p[0] + 1, &in, &t, &m));
	IS(1, caught[SIGUSR1]);
	OK(sigprocmask(SIG_BLOCK, NULL, &now));
	IS(1, sigismember(&now, SIGUSR1));
	IS(1, write(p[1], "x", 1));
	FD_SET(p[0], &in);
	IS(1, pselect_(p[0] + 1, &in, NULL, &m));

	/* No set, no size to be wrong. */
	m = (struct mask){NULL, 3};
	t = (struct timespec){0, 0};
	IS(0, pselect_(0, NULL, &t, &m));
	m = (struct mask){&none, 3};
	FAILS(EINVAL, pselect_(0, NULL, &t, &m));
	m = (struct mask){unmapped_page(), 8};
	FAILS(EFAULT, pselect_(0, NULL, &t, &m));
	FAILS(EFAULT, pselect_(0, NULL, &t, unmapped_page()));
	t.tv_nsec = -1;
	FAILS(EINVAL, pselect_(0, NULL, &t, NULL));
	return 0;
}
