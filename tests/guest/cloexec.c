/* SPDX-License-Identifier: MIT */
/*
 * Close-on-exec: which descriptors an exec closes.  The program runs itself,
 * with the descriptors it expects open and closed as arguments.
 */
#include "tests/guest/check.h"

static int
after_exec(char **argv)
{
	FAILS(EBADF, fcntl(atoi(argv[1]), F_GETFD));
	FAILS(EBADF, fcntl(atoi(argv[2]), F_GETFD));
	IS(0, fcntl(atoi(argv[3]), F_GETFD));
	/* The open description came along, offset and all. */
	IS(3, lseek(atoi(argv[3]), 0, SEEK_CUR));
	return 0;
}

static void
exec_self(char *self, int a, int b, int c)
{
	char num[3][12];

	snprintf(num[0], 12, "%d", a);
	snprintf(num[1], 12, "%d", b);
	snprintf(num[2], 12, "%d", c);
	execl(self, self, num[0], num[1], num[2], NULL);
	OK(-1);
}

int
main(int argc, char **argv)
{
	char *none[] = {"none", NULL};
	int a, b, c, p[2];

	if (argc == 4)
		return after_exec(argv);

	a = OK(open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0600));
	b = OK(fcntl(a, F_DUPFD, 200));
	OK(fcntl(b, F_SETFD, FD_CLOEXEC));
	c = OK(dup(a));
	IS(3, write(a, "abc", 3));
	EXITS(0, exec_self("/proc/self/exe", a, b, c));

	/* A failed exec closes nothing. */
	FAILS(ENOENT, execv("none", none));
	IS(FD_CLOEXEC, fcntl(a, F_GETFD));

	/* vfork-like sharing: the pipe's close tells of the exec. */
	OK(pipe2(p, O_CLOEXEC));
	if (check_fork() == 0)
		exec_self("/proc/self/exe", a, b, c);
	OK(close(p[1]));
	IS(0, read(p[0], argv[0], 1));
	REAPS(0, check_pid);
	return 0;
}
