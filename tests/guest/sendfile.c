/* SPDX-License-Identifier: MIT */
/* sendfile(2). */
#include "tests/guest/check.h"

#include <sys/sendfile.h>
#include <sys/socket.h>

int
main(void)
{
	char buf[32] = "";
	off_t off = 6;
	int in, out, p[2], s[2];

	put_file("in", "hello world");
	in = OK(open("in", O_RDONLY));
	out = OK(open("out", O_CREAT | O_RDWR, 0600));
	IS(5, sendfile(out, in, NULL, 5));
	IS(5, lseek(in, 0, SEEK_CUR));
	IS(5, sendfile(out, in, &off, 100)); /* from its own offset */
	IS(11, off);
	IS(5, lseek(in, 0, SEEK_CUR));
	IS(10, pread(out, buf, sizeof buf, 0));
	IS(0, memcmp(buf, "helloworld", 10));
	IS(0, sendfile(out, in, &off, 100));
	IS(0, sendfile(out, in, NULL, 0));

	OK(pipe(p));
	off = 0;
	IS(11, sendfile(p[1], in, &off, 11));
	IS(11, read(p[0], buf, sizeof buf));
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	off = 0;
	IS(11, sendfile(s[0], in, &off, 11));
	IS(11, read(s[1], buf, sizeof buf));

	FAILS(EBADF, sendfile(-1, in, NULL, 1));
	FAILS(EBADF, sendfile(out, -1, NULL, 1));
	FAILS(EBADF, sendfile(in, in, NULL, 1));
	FAILS(EBADF, sendfile(out, p[1], NULL, 1));
	FAILS(ESPIPE, sendfile(out, p[0], &off, 1));
	FAILS(EINVAL,
	      sendfile(OK(open("out", O_WRONLY | O_APPEND)), in, NULL, 1));
	FAILS(EFAULT, sendfile(out, in, unmapped_page(), 1));
	off = -1;
	FAILS(EINVAL, sendfile(out, in, &off, 1));
	return 0;
}
