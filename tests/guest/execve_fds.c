/* SPDX-License-Identifier: MIT */
/* execve(2) and open files: close-on-exec, offsets, tables once shared. */
#include "tests/guest/check.h"

#include <sched.h>

/* The new program: 10 is open at offset 3, 11 and 12 are not; 13 is. */
static int
look(void)
{
	char c;

	IS(3, lseek(10, 0, SEEK_CUR));
	IS(1, read(10, &c, 1));
	IS('d', c);
	FAILS(EBADF, fcntl(11, F_GETFD));
	FAILS(EBADF, fcntl(12, F_GETFD));
	IS(0, fcntl(13, F_GETFD));
	return 0;
}

static void
prepare(void)
{
	int fd = OK(open("f", O_RDWR | O_CREAT, 0600));

	IS(6, write(fd, "abcdef", 6));
	IS(3, lseek(fd, 3, SEEK_SET));
	OK(dup3(fd, 11, O_CLOEXEC));
	OK(dup2(fd, 10));
	OK(dup2(fd, 12));
	OK(fcntl(12, F_SETFD, FD_CLOEXEC));
	OK(dup2(11, 13)); /* a copy has no flag */
	OK(close(fd));
}

static int
exec_it(void *arg)
{
	EXEC_SELF("look");
	return 1;
}

/* The table is shared until exec, which takes a copy to close in. */
static void
shared_table(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int status;
	pid_t pid = OK(clone(exec_it, stack + sizeof stack,
			     CLONE_FILES | SIGCHLD, NULL));

	IS(pid, waitpid(pid, &status, 0));
	IS(0, status);
	OK(fcntl(11, F_GETFD)); /* still ours */
	OK(fcntl(12, F_GETFD));
}

/* A failed exec closes nothing. */
static void
failed(void)
{
	FAILS(ENOENT, execl("missing", "x", NULL));
	OK(fcntl(11, F_GETFD));
}

/* The writer's end goes with the exec: the reader sees the end. */
static void
pipe_ends(void)
{
	int p[2], hold[2];
	char c;
	pid_t pid;

	OK(pipe2(p, O_CLOEXEC));
	OK(pipe(hold));
	pid = OK(fork());
	if (!pid) {
		OK(dup2(hold[0], 0));
		OK(close(hold[1]));
		EXEC_SELF("wait");
	}
	OK(close(p[1]));
	IS(0, read(p[0], &c, 1)); /* while the child lives */
	OK(close(hold[0]));
	IS(1, write(hold[1], "x", 1));
	REAPS(0, pid);
}

int
main(int argc, char **argv)
{
	char c;

	if (argc > 1 && argv[1][0] == 'l')
		return look();
	if (argc > 1)
		return read(0, &c, 1) == 1 ? 0 : 1;
	prepare();
	failed();
	shared_table();
	OK(lseek(10, 3, SEEK_SET));
	EXITS(0, exec_it(NULL));
	pipe_ends();
	return 0;
}
