/* SPDX-License-Identifier: MIT */
/* /dev: null, zero, full, random, urandom, tty, shm, std*. */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/sysmacros.h>

static char buf[4096], other[4096];

static int
device(const char *path, unsigned int major, unsigned int minor)
{
	struct stat st;
	int fd = OK(open(path, O_RDWR));

	OK(fstat(fd, &st));
	IS(S_IFCHR | 0666, st.st_mode);
	IS(makedev(major, minor), st.st_rdev);
	return fd;
}

static void
null(void)
{
	int fd = device("/dev/null", 1, 3);
	struct pollfd pf = {fd, POLLIN | POLLOUT, 0};

	IS(0, read(fd, buf, sizeof buf));
	IS(sizeof buf, write(fd, buf, sizeof buf));
	IS(1 << 20, write(fd, unmapped_page(), 1 << 20)); /* never looked at */
	IS(1, poll(&pf, 1, 0));
	IS(POLLIN | POLLOUT, pf.revents);
	IS(0, lseek(fd, 100, SEEK_SET));
	OK(close(OK(open("/dev/null", O_WRONLY | O_TRUNC | O_CREAT, 0600))));
	FAILS(ENODEV, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
}

static void
zero(void)
{
	int fd = device("/dev/zero", 1, 5);
	char *map;

	memset(buf, 'x', sizeof buf);
	IS(sizeof buf, read(fd, buf, sizeof buf));
	IS(0, memcmp(buf, other, sizeof buf));
	IS(10, write(fd, buf, 10));
	FAILS(EFAULT, read(fd, unmapped_page(), 10));
	/* Mapped it is memory: private, or shared with children. */
	map = MAPPED(mmap(NULL, 4096, RW, MAP_PRIVATE, fd, 0));
	map[0] = 'a';
	map = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	IS(0, map[0]);
	EXITS(0, map[0] = 'b');
	IS('b', map[0]);
}

static void
full(void)
{
	int fd = device("/dev/full", 1, 7);

	memset(buf, 'x', sizeof buf);
	IS(sizeof buf, read(fd, buf, sizeof buf));
	IS(0, memcmp(buf, other, sizeof buf));
	FAILS(ENOSPC, write(fd, "x", 1));
}

static void
randomness(const char *path, int minor)
{
	int fd = device(path, 1, minor), i, same = 0;

	IS(sizeof buf, read(fd, buf, sizeof buf));
	IS(sizeof other, read(fd, other, sizeof other));
	for (i = 0; i < (int)sizeof buf; i++)
		same += buf[i] == other[i];
	CHECK(same < 100); /* 16 would be fair */
	IS(4, write(fd, "seed", 4));
	memset(other, 0, sizeof other);
}

static void
shared_memory(void)
{
	struct stat st;
	int fd = OK(open("/dev/shm/viv-test", O_CREAT | O_RDWR, 0600));

	OK(stat("/dev/shm", &st));
	IS(S_IFDIR | 01777, st.st_mode);
	IS(5, write(fd, "hello", 5));
	IS(0,
	   memcmp(MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0)), "hello", 5));
	OK(unlink("/dev/shm/viv-test"));
}

static void
links_and_tty(void)
{
	IS(13, readlink("/dev/fd", buf, sizeof buf));
	IS(0, memcmp(buf, "/proc/self/fd", 13));
	IS(15, readlink("/dev/stdin", buf, sizeof buf));
	IS(15, readlink("/dev/stdout", buf, sizeof buf));
	IS(15, readlink("/dev/stderr", buf, sizeof buf));
	EXITS(0, OK(setsid()); FAILS(ENXIO, open("/dev/tty", O_RDWR)));
}

int
main(void)
{
	null();
	zero();
	full();
	randomness("/dev/random", 8);
	randomness("/dev/urandom", 9);
	shared_memory();
	links_and_tty();
	return 0;
}
