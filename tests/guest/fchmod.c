/* SPDX-License-Identifier: MIT */
/* fchmod(2). */
#include "tests/guest/check.h"

int
main(void)
{
	struct stat st;
	int fd = OK(open("f", O_CREAT | O_RDONLY, 0600)), p[2];

	OK(fchmod(fd, 0123));
	OK(fstat(fd, &st));
	IS(S_IFREG | 0123, st.st_mode);
	OK(unlink("f")); /* a name is not needed */
	OK(fchmod(fd, 0644));
	OK(fstat(fd, &st));
	IS(S_IFREG | 0644, st.st_mode);
	OK(pipe(p));
	OK(fchmod(p[0], 0400));
	OK(fstat(p[1], &st));
	IS(S_IFIFO | 0400, st.st_mode);

	FAILS(EBADF, fchmod(-1, 0600));
	FAILS(EBADF, fchmod(99, 0600));
	FAILS(EBADF, fchmod(OK(open(".", O_PATH)), 0755));
	if (geteuid() == 0)
		AS_NOBODY(FAILS(EPERM, fchmod(fd, 0666)));
	return 0;
}
