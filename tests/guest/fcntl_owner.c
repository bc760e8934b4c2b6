/* SPDX-License-Identifier: MIT */
/*
 * fcntl(2): who is told of input: F_SETOWN, F_GETOWN, F_SETOWN_EX,
 * F_GETOWN_EX, F_SETSIG, F_GETSIG, and O_ASYNC.
 */
#include "tests/guest/check.h"

static void
set_and_get(int fd)
{
	struct f_owner_ex ex = {-1, -1};

	IS(0, fcntl(fd, F_GETOWN));
	OK(fcntl(fd, F_SETOWN, getpid()));
	IS(getpid(), fcntl(fd, F_GETOWN));
	OK(fcntl(fd, F_GETOWN_EX, &ex));
	IS(F_OWNER_PID, ex.type);
	IS(getpid(), ex.pid);

	OK(fcntl(fd, F_SETOWN, -getpgrp()));
	OK(fcntl(fd, F_GETOWN_EX, &ex));
	IS(F_OWNER_PGRP, ex.type);
	IS(getpgrp(), ex.pid);

	ex = (struct f_owner_ex){F_OWNER_TID, gettid()};
	OK(fcntl(fd, F_SETOWN_EX, &ex));
	IS(gettid(), fcntl(fd, F_GETOWN));
	ex.type = 7;
	FAILS(EINVAL, fcntl(fd, F_SETOWN_EX, &ex));
	ex = (struct f_owner_ex){F_OWNER_PID, 0x3fffffff};
	FAILS(ESRCH, fcntl(fd, F_SETOWN_EX, &ex));
	FAILS(ESRCH, fcntl(fd, F_SETOWN, 0x3fffffff));
	FAILS(EFAULT, fcntl(fd, F_SETOWN_EX, unmapped_page()));
	FAILS(EFAULT, fcntl(fd, F_GETOWN_EX, unmapped_page()));
	OK(fcntl(fd, F_SETOWN, 0));
	IS(0, fcntl(fd, F_GETOWN));

	IS(0, fcntl(fd, F_GETSIG));
	OK(fcntl(fd, F_SETSIG, SIGRTMIN));
	IS(SIGRTMIN, fcntl(fd, F_GETSIG));
	FAILS(EINVAL, fcntl(fd, F_SETSIG, 65));
	FAILS(EINVAL, fcntl(fd, F_SETSIG, -1));
	OK(fcntl(fd, F_SETSIG, 0));
}

static siginfo_t got;

static void
on_input(int sig, siginfo_t *info, void *uc)
{
	(void)sig;
	(void)uc;
	got = *info;
}

static void
signals_input(int fd, int to)
{
	struct sigaction sa = {.sa_sigaction = on_input,
			       .sa_flags = SA_SIGINFO};

	catch_signal(SIGIO, 0);
	OK(sigaction(SIGRTMIN, &sa, NULL));
	OK(fcntl(fd, F_SETOWN, getpid()));
	IS(1, write(to, "x", 1));
	IS(0, caught[SIGIO]); /* not asked for yet */
	OK(fcntl(fd, F_SETFL, O_ASYNC | O_NONBLOCK));
	CHECK(fcntl(fd, F_GETFL) & O_ASYNC);
	IS(1, write(to, "x", 1));
	IS(1, caught[SIGIO]);

	/* With F_SETSIG the signal tells which descriptor. */
	OK(fcntl(fd, F_SETSIG, SIGRTMIN));
	IS(1, write(to, "x", 1));
	IS(1, caught[SIGIO]);
	IS(SIGRTMIN, got.si_signo);
	IS(fd, got.si_fd);
	IS(POLL_IN, got.si_code);
	OK(fcntl(fd, F_SETFL, 0));
	got.si_signo = 0;
	IS(1, write(to, "x", 1));
	IS(0, got.si_signo);
}

int
main(void)
{
	int p[2];

	OK(pipe(p));
	set_and_get(p[0]);
	signals_input(p[0], p[1]);
	return 0;
}
