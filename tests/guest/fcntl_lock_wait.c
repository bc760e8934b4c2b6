/* SPDX-License-Identifier: MIT */
/* fcntl(2): F_SETLKW: waiting, being interrupted, deadlock. */
#include "tests/guest/check.h"

static int fd;

static int
lock(int cmd, short type, long start, long len)
{
	struct flock l = {.l_type = type, .l_start = start, .l_len = len};

	return fcntl(fd, cmd, &l);
}

static void
waits(void)
{
	pid_t child;

	OK(lock(F_SETLK, F_WRLCK, 0, 10));
	child = check_fork();
	if (child == 0) {
		OK(lock(F_SETLKW, F_WRLCK, 5, 10));
		exit(7);
	}
	until_asleep(child);
	/* Only when all that is in the way is gone. */
	OK(lock(F_SETLK, F_UNLCK, 0, 7));
	until_asleep(child);
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
	REAPS(7, child);
}

static void
holder_dies(void)
{
	pid_t holder = check_fork(), waiter;

	if (holder == 0) {
		OK(lock(F_SETLK, F_WRLCK, 0, 0));
		pause();
	}
	until_asleep(holder);
	waiter = check_fork();
	if (waiter == 0) {
		OK(lock(F_SETLKW, F_RDLCK, 0, 0));
		exit(0);
	}
	until_asleep(waiter);
	OK(kill(holder, SIGKILL));
	IS(holder, waitpid(holder, NULL, 0));
	REAPS(0, waiter);
}

static void
is_interrupted(void)
{
	OK(lock(F_SETLK, F_WRLCK, 0, 0));
	EXITS(0, ticks_start(0); FAILS(EINTR, lock(F_SETLKW, F_RDLCK, 0, 0)));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

static void
deadlock(void)
{
	pid_t child;

	OK(lock(F_SETLK, F_WRLCK, 0, 1));
	child = check_fork();
	if (child == 0) {
		OK(lock(F_SETLK, F_WRLCK, 1, 1));
		OK(lock(F_SETLKW, F_WRLCK, 0, 1));
		exit(0);
	}
	until_asleep(child);
	FAILS(EDEADLK, lock(F_SETLKW, F_WRLCK, 1, 1));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
	REAPS(0, child);
}

int
main(void)
{
	fd = OK(open("l", O_CREAT | O_RDWR, 0600));
	waits();
	holder_dies();
	is_interrupted();
	deadlock();
	return 0;
}
