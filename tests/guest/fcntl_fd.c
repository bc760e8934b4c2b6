/* SPDX-License-Identifier: MIT */
/* fcntl(2): descriptors: F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD. */
#include "tests/guest/check.h"

#include <sys/resource.h>

int
main(void)
{
	struct rlimit limit;
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));

	IS(40, fcntl(fd, F_DUPFD, 40));
	IS(41, fcntl(fd, F_DUPFD, 40));
	IS(42, fcntl(fd, F_DUPFD_CLOEXEC, 40));
	IS(0, fcntl(41, F_GETFD));
	IS(FD_CLOEXEC, fcntl(42, F_GETFD));
	IS(43, fcntl(42, F_DUPFD, 0x20 + 8));
	IS(0, fcntl(43, F_GETFD));

	/* Only one bit counts. */
	OK(fcntl(fd, F_SETFD, -1));
	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	OK(fcntl(fd, F_SETFD, ~FD_CLOEXEC));
	IS(0, fcntl(fd, F_GETFD));

	OK(getrlimit(RLIMIT_NOFILE, &limit));
	FAILS(EINVAL, fcntl(fd, F_DUPFD, -1));
	FAILS(EINVAL, fcntl(fd, F_DUPFD, (int)limit.rlim_cur));
	IS(limit.rlim_cur - 1, fcntl(fd, F_DUPFD, (int)limit.rlim_cur - 1));
	FAILS(EMFILE, fcntl(fd, F_DUPFD, (int)limit.rlim_cur - 1));
	FAILS(EBADF, fcntl(99, F_DUPFD, -1));
	FAILS(EBADF, fcntl(-1, F_GETFD));
	FAILS(EBADF, fcntl(99, F_SETFD, 0));
	FAILS(EINVAL, fcntl(fd, 9999));
	FAILS(EBADF, fcntl(99, 9999));
	return 0;
}
