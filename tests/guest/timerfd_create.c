/* SPDX-License-Identifier: MIT */
/* timerfd_create(2), timerfd_settime(2), timerfd_gettime(2). */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/timerfd.h>

static void
counts(void)
{
	int fd =
		OK(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
	struct itimerspec it = {{0, 10000000}, {0, 20000000}}, got;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	uint64_t n;
	long begin = now_ms();

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	FAILS(EAGAIN, read(fd, &n, 8));
	IS(0, poll(&p, 1, 0));
	OK(timerfd_settime(fd, 0, &it, NULL));
	OK(timerfd_gettime(fd, &got));
	CHECK(got.it_value.tv_nsec > 0 && got.it_value.tv_nsec <= 20000000);
	IS(10000000, got.it_interval.tv_nsec);
	IS(1, poll(&p, 1, -1));
	CHECK(now_ms() - begin >= 19);
	sleep_ms(50);
	IS(8, read(fd, &n, 8));
	CHECK(n >= 5 && (long)n <= (now_ms() - begin) / 10);
	FAILS(EINVAL, read(fd, &n, 7));
	/* A new setting forgets what has expired. */
	sleep_ms(15);
	it = (struct itimerspec){{0, 0}, {100, 0}};
	OK(timerfd_settime(fd, 0, &it, &got));
	IS(10000000, got.it_interval.tv_nsec);
	FAILS(EAGAIN, read(fd, &n, 8));
	it.it_value.tv_sec = 0;
	OK(timerfd_settime(fd, 0, &it, NULL));
	OK(timerfd_gettime(fd, &got));
	IS(0, got.it_value.tv_sec + got.it_value.tv_nsec);
	FAILS(EINVAL, write(fd, &n, 8));
	OK(close(fd));
}

static void
waits(void)
{
	int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME};

	for (int i = 0; i < 3; i++) {
		int fd = OK(timerfd_create(clocks[i], 0));
		struct itimerspec it = {{0, 0}, {0, 0}};
		long begin = now_ms();
		uint64_t n;

		OK(clock_gettime(clocks[i], &it.it_value));
		it.it_value.tv_nsec += 30000000;
		it.it_value.tv_sec += it.it_value.tv_nsec / 1000000000;
		it.it_value.tv_nsec %= 1000000000;
		OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL));
		IS(8, read(fd, &n, 8));
		IS(1, n);
		CHECK(now_ms() - begin >= 29);
		it.it_value.tv_sec = 1; /* past: at once */
		OK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &it, NULL));
		IS(8, read(fd, &n, 8));
		IS(1, n);
		it.it_value.tv_sec = 100;
		OK(timerfd_settime(fd, 0, &it, NULL));
		ticks_start(0);
		FAILS(EINTR, read(fd, &n, 8));
		ticks_stop();
		OK(close(fd));
	}
}

/* A child has the same timer. */
static void
shared(void)
{
	int fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
	struct itimerspec it = {{0, 0}, {0, 1000000}};
	uint64_t n;

	EXITS(0, OK(timerfd_settime(fd, 0, &it, NULL)));
	IS(8, read(fd, &n, 8));
	IS(1, n);
	OK(close(fd));
}

static void
refuses(void)
{
	struct itimerspec bad = {{0, 0}, {0, 1000000000}};
	int fd, p[2];

	FAILS(EINVAL, timerfd_create(99, 0));
	FAILS(EINVAL, timerfd_create(CLOCK_PROCESS_CPUTIME_ID, 0));
	FAILS(EINVAL, timerfd_create(CLOCK_MONOTONIC, 1));
	fd = OK(timerfd_create(CLOCK_MONOTONIC, 0));
	FAILS(EINVAL, timerfd_settime(fd, 0, &bad, NULL));
	bad.it_value.tv_nsec = 0;
	FAILS(EINVAL, timerfd_settime(fd, 8, &bad, NULL));
	FAILS(EFAULT, timerfd_settime(fd, 0, unmapped_page(), NULL));
	FAILS(EFAULT, timerfd_gettime(fd, unmapped_page()));
	FAILS(EBADF, timerfd_settime(99, 0, &bad, NULL));
	OK(pipe(p));
	FAILS(EINVAL, timerfd_gettime(p[0], &bad));
	OK(close(fd));
	/* What could wake the machine is not for everybody. */
	AS_NOBODY({
		FAILS(EPERM, timerfd_create(CLOCK_REALTIME_ALARM, 0));
		FAILS(EPERM, timerfd_create(CLOCK_BOOTTIME_ALARM, 0));
	});
}

int
main(void)
{
	counts();
	waits();
	shared();
	refuses();
	return 0;
}
