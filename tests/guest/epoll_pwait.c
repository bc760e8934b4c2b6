/* SPDX-License-Identifier: MIT */
/* epoll_pwait(2): a signal mask for the time of waiting. */
#include "tests/guest/check.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

static long
pwait_(int ep, struct epoll_event *ev, int ms, const sigset_t *mask)
{
	return syscall(SYS_epoll_pwait, ep, ev, 4, ms, mask, 8);
}

int
main(void)
{
	struct epoll_event ev = {EPOLLIN, {.u64 = 77}}, got[4];
	sigset_t none, usr1, now;
	int ep = OK(epoll_create1(0));

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	catch_signal(SIGUSR1, 0);
	OK(sigprocmask(SIG_BLOCK, &usr1, NULL));
	OK(raise(SIGUSR1));
	IS(0, caught[SIGUSR1]);
	/* Let in while waiting; blocked again afterwards. */
	FAILS(EINTR, pwait_(ep, got, 5000, &none));
	IS(1, caught[SIGUSR1]);
	OK(sigprocmask(SIG_BLOCK, NULL, &now));
	IS(1, sigismember(&now, SIGUSR1));
	IS(0, pwait_(ep, got, 0, &none));

	OK(epoll_ctl(ep, EPOLL_CTL_ADD, OK(eventfd(1, 0)), &ev));
	IS(1, pwait_(ep, got, -1, NULL));
	IS(77, got[0].data.u64);
	/* When there is an event, the signal does not count. */
	OK(raise(SIGUSR1));
	IS(1, pwait_(ep, got, -1, &usr1));
	IS(1, caught[SIGUSR1]);
	FAILS(EINVAL, syscall(SYS_epoll_pwait, ep, got, 4, 0, &none, 4));
	FAILS(EFAULT, pwait_(ep, got, 0, unmapped_page()));
	return 0;
}
