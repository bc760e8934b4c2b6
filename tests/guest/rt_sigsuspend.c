/* SPDX-License-Identifier: MIT */
/* rt_sigsuspend(2) and pause(2). */
#include "tests/guest/check.h"

static sigset_t none, usr1;
static volatile bool was_blocked;

static void
note(int sig)
{
	sigset_t now;

	sigprocmask(SIG_BLOCK, NULL, &now);
	was_blocked = sigismember(&now, SIGUSR2);
	caught[sig]++;
}

static void
pending_is_taken_at_once(void)
{
	sigset_t now;

	catch_signal(SIGUSR1, SA_RESTART);
	OK(sigprocmask(SIG_BLOCK, &usr1, NULL));
	OK(raise(SIGUSR1));
	FAILS(EINTR, sigsuspend(&none));
	IS(1, caught[SIGUSR1]);
	OK(sigprocmask(SIG_BLOCK, NULL, &now));
	IS(1, sigismember(&now, SIGUSR1)); /* the old mask is back */
}

/* The handler runs under the temporary mask. */
static void
mask_inside(void)
{
	struct sigaction sa = {.sa_handler = note};
	sigset_t set;

	OK(sigaction(SIGUSR1, &sa, NULL));
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	OK(raise(SIGUSR1));
	FAILS(EINTR, sigsuspend(&set));
	CHECK(was_blocked);
	OK(sigprocmask(SIG_SETMASK, &none, NULL));
	OK(raise(SIGUSR1));
	CHECK(!was_blocked);
}

/* Only a signal that runs a handler ends it. */
static void
waits(void)
{
	pid_t me = getpid();

	signal(SIGUSR2, SIG_IGN);
	catch_signal(SIGUSR1, 0);
	if (!check_fork()) {
		sleep_ms(30);
		OK(kill(me, SIGUSR2));
		OK(kill(me, SIGCHLD));
		sleep_ms(30);
		for (;;) { /* lest the first came too early */
			if (kill(me, SIGUSR1) < 0 || getppid() != me)
				_exit(0);
			sleep_ms(20);
		}
	}
	long begin = now_ms();
	FAILS(EINTR, sigsuspend(&none));
	CHECK(now_ms() - begin >= 50);
	FAILS(EINTR, pause());
	CHECK(caught[SIGUSR1] >= 2);
	OK(kill(check_pid, SIGKILL));
	OK(waitpid(check_pid, NULL, 0));
}

int
main(void)
{
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	FAILS(EINVAL, syscall(SYS_rt_sigsuspend, &none, 4));
	FAILS(EFAULT, syscall(SYS_rt_sigsuspend, unmapped_page(), 8));
	pending_is_taken_at_once();
	mask_inside();
	waits();
	DIES(SIGTERM, {
		alarm(0);
		OK(sigprocmask(SIG_BLOCK, &usr1, NULL));
		pid_t me = getpid();
		if (!OK(fork())) {
			sleep_ms(20);
			OK(kill(me, SIGTERM));
			_exit(0);
		}
		pause();
	});
	return 0;
}
