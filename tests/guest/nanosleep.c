/* SPDX-License-Identifier: MIT */
/* nanosleep(2). */
#include "tests/guest/check.h"

static void
refuses(void)
{
	struct timespec bad = {0, 1000000000}, neg = {-1, 0}, odd = {0, -1};
	struct timespec left = {7, 7};

	FAILS(EINVAL, nanosleep(&bad, &left));
	FAILS(EINVAL, nanosleep(&neg, &left));
	FAILS(EINVAL, nanosleep(&odd, &left));
	IS(7, left.tv_sec);
	FAILS(EFAULT, nanosleep(unmapped_page(), &left));
}

static void
sleeps(void)
{
	struct timespec t = {0, 0}, left = {7, 7};
	long begin = now_ms();

	OK(nanosleep(&t, &left));
	t.tv_nsec = 1;
	OK(nanosleep(&t, NULL));
	t.tv_nsec = 70000000;
	OK(nanosleep(&t, &left));
	CHECK(now_ms() - begin >= 69 && now_ms() - begin < 5000);
	IS(7, left.tv_sec); /* written only when interrupted */
	t.tv_sec = 1;
	t.tv_nsec = 0;
	begin = now_ms();
	OK(nanosleep(&t, NULL));
	CHECK(now_ms() - begin >= 999);
}

static void
interrupted(void)
{
	struct timespec t = {100, 0}, left = {0, 0};

	ticks_start(SA_RESTART); /* no restart for this one */
	FAILS(EINTR, nanosleep(&t, &left));
	CHECK(left.tv_sec == 99 && left.tv_nsec > 0 &&
	      left.tv_nsec < 1000000000);
	FAILS(EINTR, nanosleep(&t, &t)); /* both in one place */
	IS(99, t.tv_sec);
	FAILS(EINTR, nanosleep(&t, NULL));
	FAILS(EFAULT, nanosleep(&t, unmapped_page()));
	ticks_stop();
}

/* Stopped and continued, it sleeps no longer than it should. */
static void
stopped(void)
{
	struct timespec t = {0, 150000000};
	long begin = now_ms();
	pid_t pid = OK(fork());

	if (!pid) {
		OK(nanosleep(&t, NULL));
		CHECK(now_ms() - begin >= 149);
		_exit(0);
	}
	for (int i = 0; i < 3; i++) {
		sleep_ms(10);
		OK(kill(pid, SIGSTOP));
		IS(pid, waitpid(pid, NULL, WUNTRACED));
		OK(kill(pid, SIGCONT));
	}
	REAPS(0, pid);
}

int
main(void)
{
	refuses();
	sleeps();
	interrupted();
	stopped();
	return 0;
}
