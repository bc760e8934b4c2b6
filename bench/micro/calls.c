/* SPDX-License-Identifier: MIT */
/*
 * bench/micro/calls.c - the cheapest calls: what a trap costs, and little else.
 */
#include "bench/micro/micro.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

static long
op_getppid(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getppid);
	return n;
}

static long
op_getpid(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getpid);
	return n;
}

/* What asks nothing of the kernel but to be entered. */
static long
op_getsid(long n)
{
	for (long i = 0; i < n; i++)
		syscall(SYS_getsid, 0);
	return n;
}

static long
op_fstat(long n)
{
	struct stat st;
	int fd = open("bench-file", O_RDONLY);

	for (long i = 0; i < n; i++)
		if (fstat(fd, &st) < 0)
			die("fstat");
	close(fd);
	return n;
}

static long
op_sched_yield(long n)
{
	for (long i = 0; i < n; i++)
		sched_yield();
	return n;
}

static void
ignore(int sig)
{
	(void)sig;
}

/* Installing a handler. */
static long
op_sigaction(long n)
{
	struct sigaction sa = {.sa_handler = ignore};

	for (long i = 0; i < n; i++)
		if (sigaction(SIGUSR1, &sa, NULL) < 0)
			die("sigaction");
	return n;
}

static long
op_uname(long n)
{
	struct utsname uts;

	for (long i = 0; i < n; i++)
		if (uname(&uts) < 0)
			die("uname");
	return n;
}

/* Nobody waits. */
static long
op_futex_wake(long n)
{
	static uint32_t word;

	for (long i = 0; i < n; i++)
		if (syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL,
			    0) != 0)
			die("futex");
	return n;
}

/* Two calls: a write, and the read that takes it. */
static long
op_eventfd(long n)
{
	uint64_t one = 1;
	int fd = eventfd(0, 0);

	if (fd < 0)
		skip("eventfd");
	for (long i = 0; i < n; i++)
		if (write(fd, &one, 8) != 8 || read(fd, &one, 8) != 8)
			die("eventfd");
	close(fd);
	return n;
}

static int
device(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		skip(path);
	return fd;
}

static long
op_read_1(long n)
{
	int fd = device("/dev/zero", O_RDONLY);
	char c;

	for (long i = 0; i < n; i++)
		if (read(fd, &c, 1) != 1)
			die("/dev/zero");
	close(fd);
	return n;
}

static long
op_write_1(long n)
{
	int fd = device("/dev/null", O_WRONLY);

	for (long i = 0; i < n; i++)
		if (write(fd, "", 1) != 1)
			die("/dev/null");
	close(fd);
	return n;
}

/* As programs do it: through libc, and so the vDSO where there is one. */
static long
op_clock_gettime(long n)
{
	struct timespec ts;

	for (long i = 0; i < n; i++)
		clock_gettime(CLOCK_MONOTONIC, &ts);
	return n;
}

const struct op call_ops[] = {
	{"getppid", op_getppid, 0},
	{"getpid", op_getpid, 0},
	{"getsid", op_getsid, 0},
	{"fstat", op_fstat, 0},
	{"sched_yield", op_sched_yield, 0},
	{"sigaction", op_sigaction, 0},
	{"uname", op_uname, 0},
	{"futex wake", op_futex_wake, 0},
	{"eventfd write+read", op_eventfd, 0},
	{"read 1 B of /dev/zero", op_read_1, 0},
	{"write 1 B to /dev/null", op_write_1, 0},
	{"clock_gettime by libc", op_clock_gettime, 0},
	{NULL, NULL, 0},
};
