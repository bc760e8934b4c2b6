/* SPDX-License-Identifier: MIT */
/* epoll_pwait2(2): epoll_pwait with a finer timeout. */
#include "tests/guest/check.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

static long
pwait2_(int ep, struct epoll_event *ev, const struct timespec *t,
	const sigset_t *mask)
{
	return syscall(SYS_epoll_pwait2, ep, ev, 4, t, mask, 8);
}

int
main(void)
{
	struct epoll_event ev = {EPOLLIN, {.u64 = 7}}, got[4];
	struct timespec t = {0, 30000000};
	long start = now_ms();
	sigset_t none;
	int ep = OK(epoll_create1(0));

	IS(0, pwait2_(ep, got, &t, NULL));
	CHECK(now_ms() - start >= 29);
	IS(30000000, t.tv_nsec); /* left as it was */
	t.tv_nsec = 0;
	IS(0, pwait2_(ep, got, &t, NULL));
	sigemptyset(&none);
	ticks_start(0);
	FAILS(EINTR, pwait2_(ep, got, NULL, &none));
	ticks_stop();
	OK(epoll_ctl(ep, EPOLL_CTL_ADD, OK(eventfd(1, 0)), &ev));
	IS(1, pwait2_(ep, got, NULL, NULL));
	IS(7, got[0].data.u64);
	t.tv_nsec = 1000000000;
	FAILS(EINVAL, pwait2_(ep, got, &t, NULL));
	t.tv_nsec = -1;
	FAILS(EINVAL, pwait2_(ep, got, &t, NULL));
	FAILS(EFAULT, pwait2_(ep, got, unmapped_page(), NULL));
	FAILS(EBADF, pwait2_(-1, got, NULL, NULL));
	return 0;
}
