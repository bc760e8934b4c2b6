/* SPDX-License-Identifier: MIT */
/* fadvise64(2): advice changes nothing but speed; bad advice is told so. */
#include "tests/guest/check.h"

static long
fadvise_(int fd, long off, long len, int advice)
{
	return syscall(SYS_fadvise64, fd, off, len, advice);
}

int
main(void)
{
	int fd, advice, p[2];
	char c;

	put_file("f", "hello");
	fd = OK(open("f", O_RDWR));
	for (advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++)
		OK(fadvise_(fd, 0, 0, advice));
	OK(fadvise_(fd, 1 << 30, 1 << 30, POSIX_FADV_WILLNEED));
	OK(fadvise_(fd, -1, 5, POSIX_FADV_DONTNEED));
	IS(1, write(fd, "j", 1)); /* dirty pages survive DONTNEED */
	OK(fadvise_(fd, 0, 0, POSIX_FADV_DONTNEED));
	IS(1, pread(fd, &c, 1, 0));
	IS('j', c);

	FAILS(EINVAL, fadvise_(fd, 0, 0, 6));
	FAILS(EINVAL, fadvise_(fd, 0, 0, -1));
	FAILS(EINVAL, fadvise_(fd, 0, -1, POSIX_FADV_NORMAL));
	FAILS(EBADF, fadvise_(-1, 0, 0, 6));
	FAILS(EBADF, fadvise_(OK(open("f", O_PATH)), 0, 0, 0));
	OK(pipe(p));
	FAILS(ESPIPE, fadvise_(p[0], 0, 0, POSIX_FADV_NORMAL));
	return 0;
}
