/* SPDX-License-Identifier: MIT */
/* flock(2). */
#include "tests/guest/check.h"

#include <sys/file.h>

static void
shared_and_exclusive(int a, int b)
{
	OK(flock(a, LOCK_SH));
	OK(flock(b, LOCK_SH));
	FAILS(EAGAIN, flock(b, LOCK_EX | LOCK_NB));
	/* Linux: a failed conversion has given up the old lock. */
	OK(flock(a, LOCK_EX | LOCK_NB));
	FAILS(EAGAIN, flock(b, LOCK_SH | LOCK_NB));
	OK(flock(a, LOCK_EX | LOCK_NB));
	OK(flock(a, LOCK_UN));
	OK(flock(a, LOCK_UN));
	OK(flock(b, LOCK_EX | LOCK_NB));
	OK(flock(b, LOCK_UN));
}

static void
belongs_to_the_open_file(int a, int b)
{
	int copy = OK(dup(a));
	struct flock l = {.l_type = F_WRLCK};

	OK(flock(a, LOCK_EX));
	OK(flock(copy, LOCK_EX | LOCK_NB));
	OK(close(copy));
	FAILS(EAGAIN, flock(b, LOCK_SH | LOCK_NB));
	/* Record locks know nothing of it. */
	OK(fcntl(b, F_SETLK, &l));
	/* Any holder of the open file may unlock it. */
	EXITS(0, OK(flock(a, LOCK_UN)));
	OK(flock(b, LOCK_EX | LOCK_NB));
	OK(flock(b, LOCK_UN));
}

static void
close_releases(int b)
{
	int c = OK(open("l", O_RDONLY)), copy = OK(dup(c));

	OK(flock(c, LOCK_EX)); /* needs no right to write */
	OK(close(c));
	FAILS(EAGAIN, flock(b, LOCK_SH | LOCK_NB));
	OK(close(copy));
	OK(flock(b, LOCK_SH | LOCK_NB));
	OK(flock(b, LOCK_UN));
}

static void
waits(int a, int b)
{
	pid_t child;

	OK(flock(a, LOCK_EX));
	child = check_fork();
	if (child == 0) {
		OK(flock(b, LOCK_SH));
		exit(0);
	}
	until_asleep(child);
	OK(flock(a, LOCK_UN));
	REAPS(0, child);
	ticks_start(0);
	FAILS(EINTR, flock(a, LOCK_EX));
	ticks_stop();
}

int
main(void)
{
	int a = OK(open("l", O_CREAT | O_RDWR, 0600));
	int b = OK(open("l", O_RDWR));

	shared_and_exclusive(a, b);
	belongs_to_the_open_file(a, b);
	close_releases(b);
	waits(a, b);
	FAILS(EINVAL, flock(a, 0));
	FAILS(EINVAL, flock(a, LOCK_SH | LOCK_EX));
	FAILS(EINVAL, flock(a, LOCK_NB));
	FAILS(EBADF, flock(-1, LOCK_SH));
	FAILS(EBADF, flock(OK(open("l", O_PATH)), LOCK_SH));
	OK(flock(OK(open(".", O_RDONLY)), LOCK_EX));
	return 0;
}
