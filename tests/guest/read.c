/* SPDX-License-Identifier: MIT */
/* read(2). */
#include "tests/guest/check.h"

static void
files(void)
{
	char buf[16] = "";
	int fd;

	put_file("f", "hello");
	fd = OK(open("f", O_RDONLY));
	IS(2, read(fd, buf, 2));
	IS(0, strcmp(buf, "he"));
	IS(3, read(fd, buf, sizeof buf));
	IS(0, memcmp(buf, "llo", 3));
	IS(0, read(fd, buf, sizeof buf));
	IS(0, read(fd, buf, 0));
	IS(5, lseek(fd, 0, SEEK_CUR));
	IS(1000, lseek(fd, 1000, SEEK_SET));
	IS(0, read(fd, buf, sizeof buf));
	IS(1000, lseek(fd, 0, SEEK_CUR));
	/* More than there is, more than one call moves. */
	IS(0, lseek(fd, 0, SEEK_SET));
	IS(5, read(fd, MMAP(1 << 20, RW, MAP_PRIVATE), 1 << 20));
}

static void
sees_appended_data(void)
{
	char buf[8];
	int r = OK(open("f", O_RDONLY)), w = OK(open("f", O_WRONLY | O_APPEND));

	IS(5, read(r, buf, sizeof buf));
	IS(0, read(r, buf, sizeof buf));
	IS(3, write(w, "xyz", 3));
	IS(3, read(r, buf, sizeof buf));
	IS(0, memcmp(buf, "xyz", 3));
	OK(ftruncate(w, 5));
}

static void
bad_pointers(void)
{
	int fd = OK(open("f", O_RDONLY));
	char *edge = edge_of_memory(2);

	FAILS(EFAULT, read(fd, unmapped_page(), 1));
	FAILS(EFAULT, read(fd, NULL, 5));
	FAILS(EFAULT, read(fd, (void *)-4096, 5));
	FAILS(EFAULT, syscall(SYS_read, fd, edge, -1l));
	FAILS(EFAULT, read(fd, MMAP(4096, PROT_READ, MAP_PRIVATE), 5));
	IS(0, lseek(fd, 0, SEEK_CUR));
	/* What fits is read, and counted. */
	IS(2, read(fd, edge, 5));
	IS(0, memcmp(edge, "he", 2));
	IS(2, lseek(fd, 0, SEEK_CUR));
	/* At the end nothing is stored, so nothing is wrong. */
	IS(5, lseek(fd, 0, SEEK_END));
	IS(0, read(fd, unmapped_page(), 1));
	IS(0, read(fd, NULL, 0));
}

static void
bad_descriptors(void)
{
	char c;

	FAILS(EBADF, read(-1, &c, 1));
	FAILS(EBADF, read(-1, NULL, 1));
	FAILS(EBADF, read(OK(open("f", O_WRONLY)), &c, 0));
	FAILS(EBADF, read(OK(open("f", O_PATH)), &c, 1));
	FAILS(EISDIR, read(OK(open(".", O_RDONLY)), &c, 1));
}

static void
pipes(void)
{
	char buf[16] = "";
	int p[2];

	OK(pipe(p));
	IS(6, write(p[1], "abcdef", 6));
	IS(2, read(p[0], buf, 2));
	IS(0, read(p[0], buf, 0));
	/* A pipe gives nothing away to a bad address. */
	FAILS(EFAULT, read(p[0], unmapped_page(), 4));
	IS(4, read(p[0], buf, sizeof buf));
	IS(0, memcmp(buf, "cdef", 4));
	OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, read(p[0], buf, 1));
	OK(close(p[1]));
	IS(0, read(p[0], buf, 1));
}

static void
blocks_and_is_interrupted(void)
{
	char c;
	int p[2];

	OK(pipe(p));
	ticks_start(0);
	FAILS(EINTR, read(p[0], &c, 1));
	ticks_start(SA_RESTART);
	if (check_fork() == 0) {
		sleep_ms(100);
		IS(1, write(p[1], "x", 1));
		exit(0);
	}
	IS(1, read(p[0], &c, 1));
	CHECK(caught[SIGALRM] > 0);
	ticks_stop();
	REAPS(0, check_pid);
}

int
main(void)
{
	files();
	sees_appended_data();
	bad_pointers();
	bad_descriptors();
	pipes();
	blocks_and_is_interrupted();
	return 0;
}
