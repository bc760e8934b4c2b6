/* SPDX-License-Identifier: MIT */
/* pipe(2): order, end of file, capacity, atomic writes, waiting. */
#include "tests/guest/check.h"

#include <sys/ioctl.h>

static void
two_ends(void)
{
	char buf[16];
	int p[2], n;

	OK(syscall(SYS_pipe, p));
	CHECK(p[0] != p[1]);
	IS(O_RDONLY, fcntl(p[0], F_GETFL));
	IS(O_WRONLY, fcntl(p[1], F_GETFL));
	IS(0, fcntl(p[0], F_GETFD));
	FAILS(EBADF, write(p[0], "x", 1));
	FAILS(EBADF, read(p[1], buf, 1));
	IS(3, write(p[1], "abc", 3));
	IS(2, write(p[1], "de", 2));
	OK(ioctl(p[0], FIONREAD, &n));
	IS(5, n);
	IS(4, read(p[0], buf, 4)); /* writes leave no borders */
	IS(0, memcmp(buf, "abcd", 4));
	OK(close(p[1]));
	IS(1, read(p[0], buf, 4));
	IS(0, read(p[0], buf, 4));
	FAILS(EFAULT, syscall(SYS_pipe, unmapped_page()));
	FAILS(EFAULT, syscall(SYS_pipe, edge_of_memory(4)));
}

static void
broken(void)
{
	int p[2];

	OK(pipe(p));
	OK(close(p[0]));
	DIES(SIGPIPE, write(p[1], "x", 1));
	signal(SIGPIPE, SIG_IGN);
	FAILS(EPIPE, write(p[1], "x", 1));
	IS(0, write(p[1], "x", 0)); /* nothing to write is no harm */
	signal(SIGPIPE, SIG_DFL);
}

static void
up_to_pipe_buf_at_once(void)
{
	static char page[8192];
	long n;
	int p[2];

	OK(pipe2(p, O_NONBLOCK));
	OK(fcntl(p[1], F_SETPIPE_SZ, 8192));
	IS(4096, write(p[1], page, 4096));
	IS(1, write(p[1], page, 1));
	/* 4096 would not fit whole; of more, a part may go. */
	FAILS(EAGAIN, write(p[1], page, 4096));
	n = OK(write(p[1], page, 4097)); /* how much is not promised */
	CHECK(n > 0 && n < 4096);
	IS(4097 + n, read(p[0], page, 8192));
	IS(8192, write(p[1], page, 8192));
}

static void
a_writer_waits_for_room(void)
{
	static char page[4096], big[100000];
	long total = 0, n;
	pid_t child;
	int p[2];

	OK(pipe(p));
	child = check_fork();
	if (child == 0) {
		OK(close(p[0]));
		IS(sizeof big, write(p[1], big, sizeof big));
		exit(0);
	}
	until_asleep(child);
	OK(close(p[1]));
	while ((n = OK(read(p[0], page, sizeof page))) > 0)
		total += n;
	IS(sizeof big, total);
	REAPS(0, child);
}

static void
interrupted_write_counts(void)
{
	static char big[100000];
	int p[2];

	OK(pipe(p));
	ticks_start(0);
	IS(65536, write(p[1], big, sizeof big));
	FAILS(EINTR, write(p[1], big, 1));
	ticks_stop();
}

static void
readers_gone_while_writing(void)
{
	static char big[100000];
	int p[2];
	pid_t child;

	OK(pipe(p));
	child = check_fork();
	if (child == 0) {
		OK(close(p[0]));
		signal(SIGPIPE, SIG_IGN);
		IS(65536, write(p[1], big, sizeof big));
		FAILS(EPIPE, write(p[1], big, 1));
		exit(0);
	}
	until_asleep(child);
	OK(close(p[0]));
	REAPS(0, child);
}

static void
many_writers_do_not_mix(void)
{
	static char line[1000];
	int p[2], i, k;

	OK(pipe(p));
	for (i = 0; i < 4; i++)
		if (check_fork() == 0) {
			memset(line, 'a' + i, sizeof line);
			for (k = 0; k < 100; k++)
				IS(1000, write(p[1], line, 1000));
			exit(0);
		}
	OK(close(p[1]));
	for (i = 0; i < 400; i++) {
		long n = 0;

		while (n < 1000)
			n += OK(read(p[0], line + n, 1000 - n));
		for (k = 1; k < 1000; k++)
			CHECK(line[k] == line[0]);
	}
	for (i = 0; i < 4; i++) {
		int status;

		OK(wait(&status));
		IS(0, status);
	}
}

/* A pipe without a name never waits to be opened, as a FIFO would. */
static void
opened_again(void)
{
	char path[40], c;
	int p[2], fd;

	OK(pipe(p));
	IS(2, write(p[1], "ab", 2));
	OK(close(p[1]));
	snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
	fd = OK(open(path, O_RDONLY));
	OK(close(p[0]));
	IS(1, read(fd, &c, 1));
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	p[0] = OK(open(path, O_RDONLY | O_NONBLOCK));
	OK(close(fd));
	IS(1, read(p[0], &c, 1));
	IS(0, read(p[0], &c, 1));

	/* The other end, through this one. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
	p[1] = OK(open(path, O_WRONLY));
	IS(1, write(p[1], "c", 1));
	IS(1, read(p[0], &c, 1));
	OK(close(p[0]));
	snprintf(path, sizeof path, "/proc/self/fd/%d", p[1]);
	fd = OK(open(path, O_WRONLY | O_NONBLOCK)); /* no ENXIO */
	signal(SIGPIPE, SIG_IGN);
	FAILS(EPIPE, write(fd, "d", 1));
	signal(SIGPIPE, SIG_DFL);
	OK(close(p[1]));
	OK(close(fd));
}

int
main(void)
{
	opened_again();
	two_ends();
	broken();
	up_to_pipe_buf_at_once();
	a_writer_waits_for_room();
	interrupted_write_counts();
	readers_gone_while_writing();
	many_writers_do_not_mix();
	return 0;
}
