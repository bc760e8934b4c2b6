/* SPDX-License-Identifier: MIT */
/*
 * lseek(2) with SEEK_DATA and SEEK_HOLE.  A file system may see no holes at
 * all: then the only hole is at the end.
 */
#include "tests/guest/check.h"

enum { MiB = 1 << 20 };

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0600)), p[2];
	long data, hole;

	FAILS(ENXIO, lseek(fd, 0, SEEK_DATA));
	FAILS(ENXIO, lseek(fd, 0, SEEK_HOLE));
	IS(1, pwrite(fd, "x", 1, MiB));
	OK(ftruncate(fd, 3 * MiB));

	data = OK(lseek(fd, 0, SEEK_DATA));
	IS(data, lseek(fd, 0, SEEK_CUR));
	CHECK(data <= MiB);
	hole = OK(lseek(fd, MiB, SEEK_HOLE));
	CHECK(hole > MiB && hole <= 3 * MiB);
	IS(MiB, lseek(fd, MiB, SEEK_DATA));
	if (hole < 3 * MiB) {
		CHECK(data > 0);
		IS(0, lseek(fd, 0, SEEK_HOLE));
		IS(2 * MiB, lseek(fd, 2 * MiB, SEEK_HOLE));
		FAILS(ENXIO, lseek(fd, 2 * MiB, SEEK_DATA));
	}
	FAILS(ENXIO, lseek(fd, 3 * MiB, SEEK_DATA));
	FAILS(ENXIO, lseek(fd, 3 * MiB, SEEK_HOLE));
	FAILS(ENXIO, lseek(fd, -1, SEEK_DATA));
	OK(pipe(p));
	FAILS(ESPIPE, lseek(p[0], 0, SEEK_DATA));
	return 0;
}
