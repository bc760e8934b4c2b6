/* SPDX-License-Identifier: MIT */
/* ppoll(2): poll with a signal mask, and a timeout that counts down. */
#include "tests/guest/check.h"

#include <poll.h>

static long
ppoll_(struct pollfd *p, unsigned int n, struct timespec *t,
       const sigset_t *mask)
{
	return syscall(SYS_ppoll, p, n, t, mask, 8);
}

int
main(void)
{
	struct timespec t = {0, 30000000}, bad = {0, 1000000000};
	sigset_t none, usr1, now;
	struct pollfd pf = {.events = POLLIN};
	long start = now_ms();
	int p[2];

	OK(pipe(p));
	pf.fd = p[0];
	IS(0, ppoll_(&pf, 1, &t, NULL));
	CHECK(now_ms() - start >= 29);
	IS(0, t.tv_nsec + t.tv_sec); /* the system call tells what is left */
	t = (struct timespec){100, 0};
	IS(1, write(p[1], "x", 1));
	IS(1, ppoll_(&pf, 1, &t, NULL));
	CHECK(t.tv_sec == 99 && t.tv_nsec > 0);

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	catch_signal(SIGUSR1, 0);
	OK(sigprocmask(SIG_BLOCK, &usr1, NULL));
	OK(raise(SIGUSR1));
	t = (struct timespec){5, 0};
	FAILS(EINTR, ppoll_(NULL, 0, &t, &none));
	IS(1, caught[SIGUSR1]);
	OK(sigprocmask(SIG_BLOCK, NULL, &now));
	IS(1, sigismember(&now, SIGUSR1));
	/* Ready comes before the signal, which stays pending. */
	OK(raise(SIGUSR1));
	IS(1, ppoll_(&pf, 1, NULL, &none));
	IS(1, caught[SIGUSR1]);

	FAILS(EINVAL, ppoll_(&pf, 1, &bad, NULL));
	FAILS(EINVAL, syscall(SYS_ppoll, &pf, 1, NULL, &none, 7));
	FAILS(EFAULT, ppoll_(&pf, 1, unmapped_page(), NULL));
	FAILS(EFAULT, ppoll_(&pf, 1, NULL, unmapped_page()));
	return 0;
}
