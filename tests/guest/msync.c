/* SPDX-License-Identifier: MIT */
/* msync(2). */
#include "tests/guest/check.h"

#include <fcntl.h>

static void
refuses(void)
{
	char *p = MMAP(3 * 4096, RW, MAP_SHARED);

	FAILS(EINVAL, msync(p + 1, 4096, MS_SYNC));
	FAILS(EINVAL, msync(p, 4096, MS_SYNC | MS_ASYNC));
	FAILS(EINVAL, msync(p, 4096, 8));
	OK(msync(p, 4096, 0));
	OK(msync(p, 0, MS_SYNC));
	OK(msync(p, 4096, MS_ASYNC));
	FAILS(ENOMEM, msync(p, -1ul & -4096ul, MS_SYNC));
	OK(munmap(p + 4096, 4096));
	FAILS(ENOMEM, msync(p, 3 * 4096, MS_SYNC));
	FAILS(ENOMEM, msync(p + 4096, 4096, MS_ASYNC));
}

static void
writes_back(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	char *p, back[8] = "";

	OK(ftruncate(fd, 8192));
	p = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
	memcpy(p + 5000, "synced", 7);
	OK(msync(p, 8192, MS_SYNC));
	OK(msync(p + 4096, 100, MS_SYNC | MS_INVALIDATE));
	IS(7, pread(fd, back, 7, 5000));
	IS(0, strcmp(back, "synced"));
	OK(msync(MMAP(4096, RW, MAP_PRIVATE), 4096, MS_SYNC));
	if (mlock(p, 4096) == 0)
		FAILS(EBUSY, msync(p, 4096, MS_INVALIDATE));
	OK(unlink("f"));
}

int
main(void)
{
	refuses();
	writes_back();
	return 0;
}
