/* SPDX-License-Identifier: MIT */
/*
 * Large reads and writes while others change what they move: munmap(2),
 * mprotect(2), fork(2), ftruncate(2), madvise(2), msync(2), kill(2).  What a
 * call says it has moved is there, and nobody else's memory changes.
 */
#include "tests/guest/check.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/uio.h>

#define SIZE  (256 << 10)
#define MS(n) ((n)*1000000ll)

static volatile int stop;
static char *buf; /* SIZE bytes that are read to */
static int file_a, file_b;

static int64_t
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static bool
is_all(const char *p, size_t n, char c)
{
	return !n || (p[0] == c && !memcmp(p, p + 1, n - 1));
}

static int
file_of(const char *name, char c)
{
	int fd = (int)OK(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));
	char *p = malloc(SIZE);

	memset(p, c, SIZE);
	IS(SIZE, pwrite(fd, p, SIZE, 0));
	free(p);
	return fd;
}

/* @change, again and again in another thread, while @use runs for @ns. */
static void
together(void *(*change)(void *), void (*use)(void), int64_t ns)
{
	int64_t end = now() + ns;
	pthread_t t;

	stop = 0;
	IS(0, pthread_create(&t, NULL, change, NULL));
	while (now() < end)
		use();
	stop = 1;
	IS(0, pthread_join(t, NULL));
}

/* --- what is read must stay --- */

static void
read_both(void)
{
	IS(SIZE, pread(file_a, buf, SIZE, 0));
	CHECK(is_all(buf, SIZE, 'a'));
	IS(SIZE, pread(file_b, buf, SIZE, 0));
	CHECK(is_all(buf, SIZE, 'b'));
}

/* A child's memory is of one moment, and then its own. */
static void *
forks(void *arg)
{
	(void)arg;
	while (!stop) {
		pid_t pid = fork();

		if (!pid) {
			unsigned sum[3] = {0};

			for (int i = 0; i < 3; i++)
				for (int at = 0; at < SIZE; at += 512)
					sum[i] = sum[i] * 31 +
						 ((volatile char *)buf)[at];
			_exit(sum[0] != sum[1] || sum[1] != sum[2]);
		}
		REAPS(0, pid);
	}
	return NULL;
}

/* What is read may fail half-way then; what it says it read is there. */
static void *
protects(void *arg)
{
	(void)arg;
	while (!stop) {
		OK(mprotect(buf + SIZE / 2, SIZE / 4, PROT_READ));
		OK(mprotect(buf + SIZE / 2, SIZE / 4, RW));
	}
	return NULL;
}

static void
read_some(void)
{
	static bool is_b;
	int fd = is_b ? file_b : file_a;
	long n = pread(fd, buf, SIZE, 0);

	if (n < 0)
		CHECK(errno == EFAULT);
	else
		CHECK(is_all(buf, (size_t)n, is_b ? 'b' : 'a'));
	is_b = !is_b;
}

/* --- where it is read to goes --- */

static void *
unmaps(void *arg)
{
	(void)arg;
	while (!stop) {
		OK(munmap(buf, SIZE));
		(void)MAPPED(mmap(buf, SIZE, RW,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
				  0));
	}
	return NULL;
}

static void *
drops(void *arg)
{
	(void)arg;
	while (!stop)
		OK(madvise(buf, SIZE, MADV_DONTNEED));
	return NULL;
}

static void
read_anywhere(void)
{
	long n = pread(file_a, buf, SIZE, 0);

	CHECK(n >= 0 || errno == EFAULT);
	n = pwrite(file_b, buf, SIZE, 0);
	CHECK(n >= 0 || errno == EFAULT);
}

static void
read_dropped(void)
{
	IS(SIZE, pread(file_a, buf, SIZE, 0));
	for (int at = 0; at < SIZE; at += 4096)
		CHECK(buf[at] == 'a' || !buf[at]);
}

/* --- the file changes --- */

static void *
truncates(void *arg)
{
	char *p = malloc(SIZE);

	(void)arg;
	memset(p, 'c', SIZE);
	while (!stop) {
		OK(ftruncate(file_b, SIZE / 3));
		OK(ftruncate(file_b, SIZE));
		IS(SIZE, pwrite(file_b, p, SIZE, 0));
	}
	free(p);
	return NULL;
}

static void
read_cut(void)
{
	long n = OK(pread(file_b, buf, SIZE, 0));

	for (long at = 0; at < n; at++)
		CHECK(buf[at] == 'c' || !buf[at]);
}

static void *
writes_x(void *arg)
{
	char *p = malloc(SIZE);

	(void)arg;
	memset(p, 'x', SIZE);
	while (!stop)
		IS(SIZE, pwrite(file_b, p, SIZE, 0));
	free(p);
	return NULL;
}

static void
write_y(void)
{
	memset(buf, 'y', SIZE);
	IS(SIZE, pwrite(file_b, buf, SIZE, 0));
}

/* Of writes to a file one comes after the other. */
static void
writes_are_whole(void)
{
	together(writes_x, write_y, MS(50));
	IS(SIZE, pread(file_b, buf, SIZE, 0));
	CHECK(is_all(buf, SIZE, 'x') || is_all(buf, SIZE, 'y'));
}

/* --- the file's own pages are read to --- */

static void *
syncs(void *arg)
{
	(void)arg;
	while (!stop)
		OK(msync(buf, SIZE, MS_SYNC));
	return NULL;
}

static void
reads_reach_a_mapped_file(void)
{
	int fd = file_of("mapped", 'm');
	char *was = buf, *p = malloc(SIZE);

	buf = MAPPED(mmap(NULL, SIZE, RW, MAP_SHARED, fd, 0));
	together(syncs, read_both, MS(50));
	IS(SIZE, pread(file_a, buf, SIZE, 0));
	OK(fsync(fd));
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	IS(SIZE, pread(fd, p, SIZE, 0));
	CHECK(is_all(p, SIZE, 'a'));
	OK(munmap(buf, SIZE));
	OK(close(fd));
	free(p);
	buf = was;
}

/* --- between processes --- */

static void
send_all(int fd, char c)
{
	char *p = malloc(SIZE);

	memset(p, c, SIZE);
	for (int left = SIZE; left;)
		left -= (int)OK(write(fd, p, (size_t)left));
	free(p);
}

static void
receive_all(int fd, char c)
{
	for (int left = SIZE; left;) {
		long n = OK(read(fd, buf, (size_t)left));

		CHECK(n > 0 && is_all(buf, (size_t)n, c));
		left -= (int)n;
	}
}

static void
streams_stay_in_order(const int fd[2])
{
	pid_t pid = check_fork();

	if (!pid) {
		for (char c = 'a'; c <= 'z'; c++)
			send_all(fd[1], c);
		exit(0);
	}
	for (char c = 'a'; c <= 'z'; c++)
		receive_all(fd[0], c);
	REAPS(0, pid);
	OK(close(fd[0]));
	OK(close(fd[1]));
}

static void
streams(void)
{
	int fd[2];

	OK(pipe(fd));
	streams_stay_in_order(fd);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	streams_stay_in_order(fd);
}

/* Killed at any moment, in the middle of a copy as well. */
static void
killed(void)
{
	for (int i = 0; i < 10; i++) {
		pid_t pid = check_fork();

		if (!pid)
			for (;;)
				read_both();
		poll(NULL, 0, i % 3);
		OK(kill(pid, SIGKILL));
		check_pid = pid;
		check_child(__FILE__, __LINE__, "killed", SIGKILL);
	}
}

static void
others_memory(void)
{
	struct iovec here = {malloc(SIZE), SIZE}, there = {buf, SIZE};
	pid_t pid = check_fork();

	if (!pid)
		for (;;)
			pause();
	read_both();
	IS(SIZE, process_vm_writev(pid, &there, 1, &there, 1, 0));
	IS(SIZE, process_vm_readv(pid, &here, 1, &there, 1, 0));
	CHECK(is_all(here.iov_base, SIZE, 'b'));
	/* What is behind the end is not moved. */
	there.iov_base = buf + SIZE / 2;
	OK(munmap(buf + SIZE - 4096, 4096));
	IS(SIZE / 2 - 4096, process_vm_writev(pid, &there, 1, &there, 1, 0));
	(void)MAPPED(mmap(buf + SIZE - 4096, 4096, RW,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	OK(kill(pid, SIGKILL));
	check_pid = pid;
	check_child(__FILE__, __LINE__, "others_memory", SIGKILL);
	free(here.iov_base);
}

/* A fault in the middle: the part before counts, in the file, too. */
static void
faults_in_the_middle(void)
{
	int fd = file_of("short", 's');
	char *p = MMAP(SIZE, RW, MAP_PRIVATE);

	OK(munmap(p + SIZE / 2, SIZE / 2));
	memset(p, 'p', SIZE / 2);
	IS(SIZE / 2 - 100, pwrite(fd, p + 100, SIZE, SIZE));
	IS(SIZE + SIZE / 2 - 100, lseek(fd, 0, SEEK_END));
	IS(SIZE / 2 - 100, pwrite(fd, p + 100, SIZE, 0));
	IS(SIZE / 2, pread(fd, p, SIZE, 0));
	CHECK(is_all(p, SIZE / 2 - 100, 'p'));
	CHECK(is_all(p + SIZE / 2 - 100, 100, 's'));
	FAILS(EFAULT, pread(fd, p + SIZE / 2, SIZE, 0));
	OK(munmap(p, SIZE / 2));
	OK(close(fd));
}

int
main(void)
{
	file_a = file_of("a", 'a');
	file_b = file_of("b", 'b');
	buf = MMAP(SIZE, RW, MAP_PRIVATE);

	faults_in_the_middle();
	together(forks, read_both, MS(200));
	together(protects, read_some, MS(100));
	together(drops, read_dropped, MS(50));
	reads_reach_a_mapped_file();
	streams();
	killed();
	others_memory();
	together(unmaps, read_anywhere, MS(100));
	file_b = file_of("b", 'c');
	together(truncates, read_cut, MS(100));
	writes_are_whole();
	return 0;
}
