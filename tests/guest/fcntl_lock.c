/* SPDX-License-Identifier: MIT */
/*
 * fcntl(2): record locks of processes: F_SETLK, F_SETLKW, F_GETLK.  The other
 * process is always a child, which says what it meets by its exit status.
 */
#include "tests/guest/check.h"

static int fd;

static int
lock(int cmd, short type, long start, long len)
{
	struct flock l = {.l_type = type, .l_start = start, .l_len = len};

	return fcntl(fd, cmd, &l);
}

/* What lies in the way of locking here; type F_UNLCK if nothing does. */
static struct flock
probe(short type, long start, long len)
{
	struct flock l = {.l_type = type, .l_start = start, .l_len = len};

	OK(fcntl(fd, F_GETLK, &l));
	return l;
}

static void
shared_and_exclusive(void)
{
	OK(lock(F_SETLK, F_WRLCK, 10, 10));
	EXITS(0, FAILS(EAGAIN, lock(F_SETLK, F_WRLCK, 19, 1));
	      FAILS(EAGAIN, lock(F_SETLK, F_RDLCK, 0, 0));
	      OK(lock(F_SETLK, F_WRLCK, 0, 10));
	      OK(lock(F_SETLK, F_WRLCK, 20, 0)));
	OK(lock(F_SETLK, F_RDLCK, 10, 10)); /* downgraded */
	EXITS(0, OK(lock(F_SETLK, F_RDLCK, 0, 0));
	      FAILS(EAGAIN, lock(F_SETLK, F_WRLCK, 15, 1)));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

static void
getlk_tells_the_holder(void)
{
	OK(lock(F_SETLK, F_WRLCK, 10, 10));
	IS(F_UNLCK, probe(F_WRLCK, 0, 0).l_type); /* one's own don't count */
	EXITS(0, struct flock l = probe(F_RDLCK, 0, 0); IS(F_WRLCK, l.l_type);
	      IS(10, l.l_start); IS(10, l.l_len); IS(getppid(), l.l_pid);
	      IS(SEEK_SET, l.l_whence);
	      IS(F_UNLCK, probe(F_WRLCK, 20, 0).l_type));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

static void
split_and_joined(void)
{
	OK(lock(F_SETLK, F_WRLCK, 0, 30));
	OK(lock(F_SETLK, F_UNLCK, 10, 10));
	EXITS(0, struct flock l = probe(F_WRLCK, 0, 0); IS(0, l.l_start);
	      IS(10, l.l_len); l = probe(F_WRLCK, 10, 0); IS(20, l.l_start);
	      IS(10, l.l_len); OK(lock(F_SETLK, F_WRLCK, 10, 10)));
	OK(lock(F_SETLK, F_WRLCK, 10, 10));
	EXITS(0, IS(30, probe(F_WRLCK, 0, 0).l_len));
	OK(lock(F_SETLK, F_RDLCK, 5, 5));
	EXITS(0, IS(5, probe(F_RDLCK, 0, 0).l_len);
	      IS(10, probe(F_RDLCK, 5, 0).l_start));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

static void
ranges(void)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_END};

	/* A negative length reaches back. */
	OK(lock(F_SETLK, F_WRLCK, 20, -5));
	EXITS(0, IS(15, probe(F_WRLCK, 0, 0).l_start));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
	OK(ftruncate(fd, 100));
	l.l_start = -10;
	OK(fcntl(fd, F_SETLK, &l));
	EXITS(0, IS(90, probe(F_WRLCK, 0, 0).l_start);
	      IS(0, probe(F_WRLCK, 0, 0).l_len));
	IS(60, lseek(fd, 60, SEEK_SET));
	l.l_whence = SEEK_CUR;
	l.l_type = F_UNLCK;
	l.l_start = 0;
	OK(fcntl(fd, F_SETLK, &l));
	EXITS(0, OK(lock(F_SETLK, F_WRLCK, 0, 0)));
	FAILS(EINVAL, lock(F_SETLK, F_WRLCK, -1, 1));
	FAILS(EINVAL, lock(F_SETLK, F_WRLCK, 4, -5));
	FAILS(EINVAL, lock(F_SETLK, 9, 0, 0));
	FAILS(EOVERFLOW, lock(F_SETLK, F_WRLCK, 0x7fffffffffffffff, 2));
}

static void
refuses(void)
{
	struct flock l = {.l_type = F_WRLCK};
	int ro = OK(open("l", O_RDONLY)), wo = OK(open("l", O_WRONLY));

	FAILS(EBADF, fcntl(ro, F_SETLK, &l));
	l.l_type = F_RDLCK;
	FAILS(EBADF, fcntl(wo, F_SETLK, &l));
	FAILS(EBADF, fcntl(-1, F_SETLK, &l));
	FAILS(EFAULT, fcntl(fd, F_SETLK, unmapped_page()));
	FAILS(EFAULT, fcntl(fd, F_GETLK, unmapped_page()));
	l.l_type = F_UNLCK;
	FAILS(EINVAL, fcntl(fd, F_GETLK, &l));
}

static void
any_close_releases(void)
{
	OK(lock(F_SETLK, F_WRLCK, 0, 0));
	/* Not inherited by a child, whose closing releases nothing. */
	EXITS(0, FAILS(EAGAIN, lock(F_SETLK, F_RDLCK, 0, 0)); OK(close(fd)));
	EXITS(0, FAILS(EAGAIN, lock(F_SETLK, F_RDLCK, 0, 0)));
	/* The process's own does, of any descriptor of the file. */
	OK(close(OK(open("l", O_RDONLY))));
	EXITS(0, OK(lock(F_SETLK, F_WRLCK, 0, 0)));
	/* And so does the end of the child just now. */
	OK(lock(F_SETLK, F_WRLCK, 0, 0));
	OK(lock(F_SETLK, F_UNLCK, 0, 0));
}

int
main(void)
{
	fd = OK(open("l", O_CREAT | O_RDWR, 0600));
	shared_and_exclusive();
	getlk_tells_the_holder();
	split_and_joined();
	ranges();
	refuses();
	any_close_releases();
	return 0;
}
