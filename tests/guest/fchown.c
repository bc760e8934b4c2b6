/* SPDX-License-Identifier: MIT */
/* fchown(2). */
#include "tests/guest/check.h"

int
main(void)
{
	struct stat st;
	int fd = OK(open("f", O_CREAT | O_RDONLY, 0600)), p[2];

	OK(fchown(fd, -1, -1));
	FAILS(EBADF, fchown(-1, -1, -1));
	FAILS(EBADF, fchown(99, 0, 0));
	FAILS(EBADF, fchown(OK(open("f", O_PATH)), -1, -1));
	if (geteuid() != 0) {
		FAILS(EPERM, fchown(fd, 0, -1));
		return 0;
	}
	OK(unlink("f"));
	OK(fchown(fd, 12, 34));
	OK(fstat(fd, &st));
	IS(12, st.st_uid);
	IS(34, st.st_gid);
	OK(pipe(p));
	OK(fchown(p[1], 56, -1));
	OK(fstat(p[0], &st));
	IS(56, st.st_uid);
	AS_NOBODY(FAILS(EPERM, fchown(fd, 65534, -1)));
	return 0;
}
