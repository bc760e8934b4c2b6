/* SPDX-License-Identifier: MIT */
/* eventfd2(2), and eventfd(2) without flags. */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/eventfd.h>

static long
eventfd2_(unsigned int start, int flags)
{
	return syscall(SYS_eventfd2, start, flags);
}

static void
counts(void)
{
	uint64_t v = 3;
	int fd = OK(eventfd2_(7, EFD_NONBLOCK | EFD_CLOEXEC));

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(O_RDWR | O_NONBLOCK, fcntl(fd, F_GETFL));
	IS(8, write(fd, &v, 8));
	IS(8, read(fd, &v, 8));
	IS(10, v);
	FAILS(EAGAIN, read(fd, &v, 8));
	v = UINT64_MAX - 1;
	IS(8, write(fd, &v, 8));
	v = 0;
	IS(8, write(fd, &v, 8));
	v = 1;
	FAILS(EAGAIN, write(fd, &v, 8));
	v = UINT64_MAX;
	FAILS(EINVAL, write(fd, &v, 8));
	IS(8, read(fd, &v, 8));
	IS(UINT64_MAX - 1, v);
	fd = OK(syscall(SYS_eventfd, 5));
	IS(O_RDWR, fcntl(fd, F_GETFL));
	IS(8, read(fd, &v, 8));
	IS(5, v);
}

static void
semaphore(void)
{
	uint64_t v = 0;
	int fd = OK(eventfd2_(2, EFD_SEMAPHORE | EFD_NONBLOCK));

	IS(8, read(fd, &v, 8));
	IS(1, v);
	IS(8, read(fd, &v, 8));
	FAILS(EAGAIN, read(fd, &v, 8));
}

static void
polls(void)
{
	uint64_t v = UINT64_MAX - 1;
	struct pollfd p = {OK(eventfd2_(0, 0)), POLLIN | POLLOUT, 0};

	IS(1, poll(&p, 1, 0));
	IS(POLLOUT, p.revents);
	IS(8, write(p.fd, &v, 8));
	IS(1, poll(&p, 1, 0));
	IS(POLLIN, p.revents);
	IS(8, read(p.fd, &v, 8));
	v = 1;
	IS(8, write(p.fd, &v, 8));
	IS(1, poll(&p, 1, 0));
	IS(POLLIN | POLLOUT, p.revents);
}

static void
waits(void)
{
	uint64_t v = 0;
	int fd = OK(eventfd2_(0, 0));
	pid_t child = check_fork();

	if (child == 0) {
		IS(8, read(fd, &v, 8));
		exit((int)v);
	}
	until_asleep(child);
	v = 9;
	IS(8, write(fd, &v, 8));
	REAPS(9, child);

	v = UINT64_MAX - 1;
	IS(8, write(fd, &v, 8));
	child = check_fork();
	if (child == 0) {
		IS(8, write(fd, &v, 8)); /* needs it empty */
		exit(0);
	}
	until_asleep(child);
	IS(8, read(fd, &v, 8));
	REAPS(0, child);
	IS(8, read(fd, &v, 8));
	ticks_start(0);
	FAILS(EINTR, read(fd, &v, 8));
	ticks_stop();
}

int
main(void)
{
	uint64_t v[2] = {1, 1};
	int fd = OK(eventfd2_(1, 0));

	counts();
	semaphore();
	polls();
	waits();
	FAILS(EINVAL, eventfd2_(0, 2));
	FAILS(EINVAL, read(fd, v, 7));
	FAILS(EINVAL, write(fd, v, 7));
	IS(8, read(fd, v, 16));
	FAILS(EFAULT, write(fd, unmapped_page(), 8));
	IS(0, lseek(fd, 5, SEEK_SET)); /* of no effect */
	return 0;
}
