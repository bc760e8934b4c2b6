/* SPDX-License-Identifier: MIT */
/* fcntl(2): locks of open files: F_OFD_SETLK, F_OFD_SETLKW, F_OFD_GETLK. */
#include "tests/guest/check.h"

static int
lock(int fd, int cmd, short type, long start, long len)
{
	struct flock l = {.l_type = type, .l_start = start, .l_len = len};

	return fcntl(fd, cmd, &l);
}

static void
belongs_to_the_open_file(int a, int b)
{
	struct flock l = {.l_type = F_RDLCK};

	OK(lock(a, F_OFD_SETLK, F_WRLCK, 5, 5));
	FAILS(EAGAIN, lock(b, F_OFD_SETLK, F_RDLCK, 0, 0));
	OK(lock(b, F_OFD_SETLK, F_WRLCK, 10, 0));
	OK(lock(b, F_OFD_SETLK, F_UNLCK, 0, 0));
	OK(fcntl(b, F_OFD_GETLK, &l));
	IS(F_WRLCK, l.l_type);
	IS(5, l.l_start);
	IS(5, l.l_len);
	IS(-1, l.l_pid);
	l.l_pid = 1;
	FAILS(EINVAL, fcntl(b, F_OFD_GETLK, &l));
	FAILS(EINVAL, fcntl(b, F_OFD_SETLK, &l));

	/* A child that inherits the open file shares the lock. */
	EXITS(0, OK(lock(a, F_OFD_SETLK, F_RDLCK, 5, 5)));
	OK(lock(b, F_OFD_SETLK, F_RDLCK, 5, 5));
	OK(lock(b, F_OFD_SETLK, F_UNLCK, 0, 0));
}

static void
conflicts_with_process_locks(int a, int b)
{
	OK(lock(a, F_OFD_SETLK, F_WRLCK, 0, 0));
	FAILS(EAGAIN, lock(b, F_SETLK, F_RDLCK, 0, 0));
	/* Even on the same descriptor. */
	FAILS(EAGAIN, lock(a, F_SETLK, F_RDLCK, 0, 0));
	OK(lock(a, F_OFD_SETLK, F_UNLCK, 0, 0));
	OK(lock(a, F_SETLK, F_WRLCK, 0, 0));
	FAILS(EAGAIN, lock(a, F_OFD_SETLK, F_RDLCK, 0, 0));
	OK(lock(a, F_SETLK, F_UNLCK, 0, 0));
}

static void
last_close_releases(int b)
{
	int c = OK(open("l", O_RDWR)), copy = OK(dup(c));

	OK(lock(c, F_OFD_SETLK, F_WRLCK, 0, 0));
	OK(close(OK(open("l", O_RDWR))));
	OK(close(c));
	FAILS(EAGAIN, lock(b, F_OFD_SETLK, F_WRLCK, 0, 0));
	OK(close(copy));
	OK(lock(b, F_OFD_SETLK, F_WRLCK, 0, 0));
	OK(lock(b, F_OFD_SETLK, F_UNLCK, 0, 0));
}

static void
waits(int a, int b)
{
	pid_t child;

	OK(lock(a, F_OFD_SETLK, F_WRLCK, 0, 0));
	child = check_fork();
	if (child == 0) {
		OK(lock(b, F_OFD_SETLKW, F_WRLCK, 0, 0));
		exit(0);
	}
	until_asleep(child);
	OK(lock(a, F_OFD_SETLK, F_UNLCK, 0, 0));
	REAPS(0, child);
	/* The child is gone, but its open file is ours as well. */
	FAILS(EAGAIN, lock(a, F_OFD_SETLK, F_WRLCK, 0, 0));
	ticks_start(0);
	FAILS(EINTR, lock(a, F_OFD_SETLKW, F_WRLCK, 0, 0));
	ticks_stop();
}

int
main(void)
{
	int a = OK(open("l", O_CREAT | O_RDWR, 0600));
	int b = OK(open("l", O_RDWR));

	belongs_to_the_open_file(a, b);
	conflicts_with_process_locks(a, b);
	last_close_releases(b);
	waits(a, b);
	return 0;
}
