/* SPDX-License-Identifier: MIT */
/* fcntl(2): F_ADD_SEALS, F_GET_SEALS on memfds. */
#include "tests/guest/check.h"

static int
memfd(void)
{
	int fd = OK(memfd_create("m", MFD_ALLOW_SEALING));

	OK(ftruncate(fd, 8192));
	return fd;
}

static void
size_seals(void)
{
	int fd = memfd();
	char page[4096] = "";

	IS(0, fcntl(fd, F_GET_SEALS));
	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK));
	FAILS(EPERM, ftruncate(fd, 4096));
	OK(ftruncate(fd, 12288));
	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	FAILS(EPERM, ftruncate(fd, 16384));
	FAILS(EPERM, pwrite(fd, "x", 1, 12288));
	FAILS(EPERM, fallocate(fd, 0, 0, 16384));
	IS(1, pwrite(fd, "x", 1, 0));
	/* A write that crosses the end is cut short there. */
	IS(96, pwrite(fd, page, 4096, 12192));
	IS(F_SEAL_SHRINK | F_SEAL_GROW, fcntl(fd, F_GET_SEALS));
}

static void
write_seal(void)
{
	int fd = memfd();
	void *map = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));

	IS(1, write(fd, "a", 1));
	FAILS(EBUSY, fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	OK(munmap(map, 4096));
	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	FAILS(EPERM, write(fd, "b", 1));
	FAILS(EPERM, fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
			       0, 4096));
	FAILS(EPERM, mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	/* Private ones and reading are fine. */
	OK(mmap(NULL, 4096, RW, MAP_PRIVATE, fd, 0));
	OK(ftruncate(fd, 100));
}

static void
future_write_seal(void)
{
	int fd = memfd();
	char *map = MAPPED(mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	char c;

	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	FAILS(EPERM, write(fd, "b", 1));
	FAILS(EPERM, mmap(NULL, 4096, RW, MAP_SHARED, fd, 0));
	*map = 'z'; /* the mapping made before may go on */
	IS(1, pread(fd, &c, 1, 0));
	IS('z', c);
}

static void
sealing(void)
{
	int fd = memfd(), file = OK(open("f", O_CREAT | O_RDWR, 0600));
	char path[64];

	FAILS(EINVAL, fcntl(fd, F_ADD_SEALS, 0x8000));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	FAILS(EPERM, fcntl(OK(open(path, O_RDONLY)), F_ADD_SEALS, 0));
	OK(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL));
	FAILS(EPERM, fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
	/* Without MFD_ALLOW_SEALING it is sealed against seals. */
	fd = OK(memfd_create("m", 0));
	IS(F_SEAL_SEAL, fcntl(fd, F_GET_SEALS));
	FAILS(EPERM, fcntl(fd, F_ADD_SEALS, F_SEAL_GROW));
	/* Files on disk have none; those on tmpfs have the last one. */
	CHECK(fcntl(file, F_GET_SEALS) == F_SEAL_SEAL || errno == EINVAL);
	CHECK(fcntl(file, F_ADD_SEALS, 0) == -1);
	FAILS(EBADF, fcntl(-1, F_GET_SEALS));
}

int
main(void)
{
	size_seals();
	write_seal();
	future_write_seal();
	sealing();
	return 0;
}
