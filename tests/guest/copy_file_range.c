/* SPDX-License-Identifier: MIT */
/* copy_file_range(2). */
#include "tests/guest/check.h"

int
main(void)
{
	char buf[32] = "";
	loff_t from = 6, to = 20;
	int in, out, p[2];

	put_file("in", "hello world");
	in = OK(open("in", O_RDWR));
	out = OK(open("out", O_CREAT | O_RDWR, 0600));
	IS(5, copy_file_range(in, NULL, out, NULL, 5, 0));
	IS(5, lseek(in, 0, SEEK_CUR));
	IS(5, lseek(out, 0, SEEK_CUR));
	IS(5, copy_file_range(in, &from, out, &to, 100, 0));
	IS(11, from);
	IS(25, to);
	IS(5, lseek(out, 0, SEEK_CUR));
	IS(25, pread(out, buf, sizeof buf, 0));
	IS(0, memcmp(buf, "hello\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0world", 25));
	IS(0, copy_file_range(in, &from, out, &to, 100, 0));
	IS(0, copy_file_range(in, NULL, out, NULL, 0, 0));
	/* Within one file, but not over itself. */
	from = 0;
	to = 11;
	IS(5, copy_file_range(in, &from, in, &to, 5, 0));
	from = 0;
	to = 3;
	FAILS(EINVAL, copy_file_range(in, &from, in, &to, 5, 0));

	FAILS(EINVAL, copy_file_range(in, NULL, out, NULL, 1, 1));
	FAILS(EBADF, copy_file_range(-1, NULL, out, NULL, 1, 0));
	FAILS(EBADF, copy_file_range(in, NULL, -1, NULL, 1, 0));
	FAILS(EBADF,
	      copy_file_range(OK(open("in", O_WRONLY)), NULL, out, NULL, 1, 0));
	FAILS(EBADF,
	      copy_file_range(in, NULL, OK(open("out", O_RDONLY)), NULL, 1, 0));
	FAILS(EBADF,
	      copy_file_range(in, NULL, OK(open("out", O_WRONLY | O_APPEND)),
			      NULL, 1, 0));
	FAILS(EISDIR,
	      copy_file_range(OK(open(".", O_RDONLY)), NULL, out, NULL, 1, 0));
	OK(pipe(p));
	FAILS(EINVAL, copy_file_range(p[0], NULL, out, NULL, 1, 0));
	FAILS(EFAULT, copy_file_range(in, unmapped_page(), out, NULL, 1, 0));
	return 0;
}
