/* SPDX-License-Identifier: MIT */
/* close(2). */
#include "tests/guest/check.h"

static void
number_is_free_again(void)
{
	int fd = OK(open("/dev/null", O_RDWR));

	OK(close(fd));
	FAILS(EBADF, close(fd));
	FAILS(EBADF, write(fd, "x", 1));
	IS(fd, open("/dev/null", O_RDWR));
	OK(close(fd));
	FAILS(EBADF, close(-1));
	FAILS(EBADF, close(0x7fffffff));
	/* The argument is 32 bits wide. */
	fd = OK(open("/dev/null", O_RDWR));
	OK(syscall(SYS_close, 0xffffffff00000000ul | fd));
	FAILS(EBADF, close(fd));
}

static void
last_close_counts(void)
{
	char c;
	int p[2], copy;

	OK(pipe(p));
	copy = OK(dup(p[1]));
	OK(close(p[1]));
	OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, read(p[0], &c, 1));
	OK(close(copy));
	IS(0, read(p[0], &c, 1));
}

static void
childs_copy_counts_too(void)
{
	int p[2], go[2];
	char c;

	OK(pipe(p));
	OK(pipe(go));
	if (check_fork() == 0) {
		OK(close(p[0]));
		IS(1, read(go[0], &c, 1));
		exit(0); /* closes p[1] */
	}
	OK(close(p[1]));
	OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, read(p[0], &c, 1));
	IS(1, write(go[1], "x", 1));
	REAPS(0, check_pid);
	IS(0, read(p[0], &c, 1));
}

static void
unlinked_file_lives_on(void)
{
	char c = 0;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	struct stat st;

	IS(1, write(fd, "x", 1));
	OK(unlink("f"));
	OK(fstat(fd, &st));
	IS(0, st.st_nlink);
	IS(1, pread(fd, &c, 1, 0));
	IS('x', c);
	OK(close(fd));
}

int
main(void)
{
	number_is_free_again();
	last_close_counts();
	childs_copy_counts_too();
	unlinked_file_lives_on();
	return 0;
}
