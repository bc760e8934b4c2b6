/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/files.c - files that exist: names, contents, directories.
 */
#include "bench/micro/micro.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LARGE 65536

static long
op_stat(long n)
{
	struct stat st;

	for (long i = 0; i < n; i++)
		if (stat("bench-file", &st) < 0)
			die("stat");
	return n;
}

static long
op_open_close(long n)
{
	for (long i = 0; i < n; i++) {
		int fd = open("bench-file", O_RDONLY);

		if (fd < 0)
			die("open");
		close(fd);
	}
	return n;
}

/* Read @size bytes again and again; the file is in the cache. */
static long
read_cached(long n, long size)
{
	static char buf[LARGE];
	int fd = open("bench-file", O_RDONLY);

	for (long i = 0; i < n; i++)
		if (pread(fd, buf, (size_t)size, i * size % LARGE) != size)
			die("pread");
	close(fd);
	return n;
}

static long
op_pread_4k(long n)
{
	return read_cached(n, PAGE);
}

static long
op_pread_64k(long n)
{
	return read_cached(n, LARGE);
}

static long
write_cached(long n, long size)
{
	static char buf[LARGE];
	int fd = open("bench-file", O_WRONLY);

	for (long i = 0; i < n; i++)
		if (pwrite(fd, buf, (size_t)size, i * size % LARGE) != size)
			die("pwrite");
	close(fd);
	return n;
}

static long
op_pwrite_4k(long n)
{
	return write_cached(n, PAGE);
}

static long
op_pwrite_64k(long n)
{
	return write_cached(n, LARGE);
}

/* Two processes at once, @n times each: what one of them waits for. */
static long
two_at_once(long n, long (*some)(long, long))
{
	int ready[2];
	double start;
	char c;

	if (pipe(ready) < 0)
		die("pipe");
	if (start_child() == 0) {
		(void)some(1, LARGE);
		_exit(write(ready[1], &c, 1) != 1 || some(n, LARGE) != n);
	}
	(void)some(1, LARGE);
	if (read(ready[0], &c, 1) != 1)
		die("two at once");
	start = now_ns();
	(void)some(n, LARGE);
	wait(NULL);
	spent_ns = now_ns() - start;
	close(ready[0]);
	close(ready[1]);
	return n;
}

static long
op_pread_two(long n)
{
	return two_at_once(n, read_cached);
}

/* Each to a file of its own. */
static long
write_own(long n, long size)
{
	static char buf[LARGE];
	char name[] = "bench-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0 || unlink(name) < 0)
		die("bench-XXXXXX");
	for (long i = 0; i < n; i++)
		if (pwrite(fd, buf, (size_t)size, 0) != size)
			die("pwrite");
	close(fd);
	return n;
}

static long
op_pwrite_two(long n)
{
	return two_at_once(n, write_own);
}

/* A directory of 100 files: opened, read, closed. */
static long
op_readdir(long n)
{
	static char buf[32768];

	for (long i = 0; i < n; i++) {
		int fd = open("bench-dir", O_RDONLY | O_DIRECTORY);

		if (fd < 0)
			die("bench-dir");
		while (syscall(SYS_getdents64, fd, buf, sizeof buf) > 0)
			;
		close(fd);
	}
	return n;
}

const struct op file_ops[] = {
	{"stat", op_stat, 0},
	{"open+close", op_open_close, 0},
	{"pread 4 KiB", op_pread_4k, 0},
	{"pread 64 KiB", op_pread_64k, 0},
	{"pwrite 4 KiB", op_pwrite_4k, 0},
	{"pwrite 64 KiB", op_pwrite_64k, 0},
	{"pread 64 KiB, two at once", op_pread_two, 0},
	{"pwrite 64 KiB, two at once", op_pwrite_two, 0},
	{"readdir of 100", op_readdir, 0},
	{NULL, NULL, 0},
};
