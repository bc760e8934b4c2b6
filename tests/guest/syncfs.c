/* SPDX-License-Identifier: MIT */
/* syncfs(2): any descriptor names its file system. */
#include "tests/guest/check.h"

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_WRONLY, 0600)), p[2];

	IS(5, write(fd, "hello", 5));
	OK(syncfs(fd));
	OK(syncfs(OK(open(".", O_RDONLY))));
	OK(pipe(p));
	OK(syncfs(p[0]));
	FAILS(EBADF, syncfs(-1));
	FAILS(EBADF, syncfs(OK(open("f", O_PATH))));
	return 0;
}
