/* SPDX-License-Identifier: MIT */
/* splice(2). */
#include "tests/guest/check.h"

static int p[2];

static void
file_to_pipe_to_file(void)
{
	char buf[16] = "";
	loff_t off = 2;
	int in, out;

	put_file("in", "hello world");
	in = OK(open("in", O_RDONLY));
	out = OK(open("out", O_CREAT | O_RDWR, 0600));
	IS(5, splice(in, NULL, p[1], NULL, 5, 0));
	IS(5, lseek(in, 0, SEEK_CUR));
	IS(3, splice(in, &off, p[1], NULL, 3, SPLICE_F_MOVE));
	IS(5, off);
	IS(5, lseek(in, 0, SEEK_CUR));
	IS(8, splice(p[0], NULL, out, NULL, 100, SPLICE_F_MORE));
	IS(8, lseek(out, 0, SEEK_CUR));
	IS(8, pread(out, buf, sizeof buf, 0));
	IS(0, memcmp(buf, "hellollo", 8));
	off = 100;
	IS(1, write(p[1], "x", 1));
	IS(1, splice(p[0], NULL, out, &off, 1, 0));
	IS(101, off);
	IS(0, lseek(in, 0, SEEK_END) - 11);
	IS(0, splice(in, NULL, p[1], NULL, 5, 0)); /* at the end */
}

static void
pipe_to_pipe(void)
{
	char buf[8];
	int q[2];

	OK(pipe(q));
	IS(6, write(p[1], "abcdef", 6));
	IS(4, splice(p[0], NULL, q[1], NULL, 4, 0));
	IS(2, splice(p[0], NULL, q[1], NULL, 10, 0));
	IS(6, read(q[0], buf, sizeof buf));
	IS(0, memcmp(buf, "abcdef", 6));
	FAILS(EAGAIN, splice(p[0], NULL, q[1], NULL, 1, SPLICE_F_NONBLOCK));
	FAILS(EINVAL, splice(p[0], NULL, p[1], NULL, 1, 0)); /* itself */
	OK(close(q[1]));
	IS(0, splice(q[0], NULL, p[1], NULL, 1, 0));
	OK(close(q[0]));
}

static void
refuses(void)
{
	int in = OK(open("in", O_RDONLY)), out = OK(open("out", O_RDWR));
	int app = OK(open("out", O_WRONLY | O_APPEND));
	loff_t off = 0;

	FAILS(EINVAL, splice(in, NULL, out, NULL, 1, 0)); /* no pipe */
	FAILS(EBADF, splice(-1, NULL, p[1], NULL, 1, 0));
	FAILS(EBADF, splice(in, NULL, -1, NULL, 1, 0));
	FAILS(EBADF, splice(in, NULL, p[0], NULL, 1, 0));
	FAILS(EBADF, splice(p[1], NULL, out, NULL, 1, 0));
	FAILS(ESPIPE, splice(p[0], &off, out, NULL, 1, 0));
	FAILS(ESPIPE, splice(in, NULL, p[1], &off, 1, 0));
	FAILS(EINVAL, splice(in, NULL, p[1], NULL, 1, 0x100));
	IS(0, splice(-1, NULL, -1, NULL, 0, 0)); /* asked for nothing */
	IS(1, write(p[1], "x", 1));
	FAILS(EINVAL, splice(p[0], NULL, app, NULL, 1, 0));
	FAILS(EFAULT, splice(in, unmapped_page(), p[1], NULL, 1, 0));
	off = -1;
	FAILS(EINVAL, splice(in, &off, p[1], NULL, 1, 0));
}

static void
waits(void)
{
	int q[2], out = OK(open("out", O_RDWR));
	pid_t child;

	OK(pipe(q));
	child = check_fork();
	if (child == 0) {
		IS(1, splice(q[0], NULL, out, NULL, 10, 0));
		exit(0);
	}
	until_asleep(child);
	IS(1, write(q[1], "x", 1));
	REAPS(0, child);
	ticks_start(0);
	FAILS(EINTR, splice(q[0], NULL, out, NULL, 10, 0));
	ticks_stop();
}

int
main(void)
{
	OK(pipe(p));
	file_to_pipe_to_file();
	pipe_to_pipe();
	refuses();
	waits();
	return 0;
}
