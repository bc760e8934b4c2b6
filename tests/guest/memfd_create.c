/* SPDX-License-Identifier: MIT */
/* memfd_create(2). */
#include "tests/guest/check.h"

int
main(void)
{
	char path[64], link[64] = "", name[260], *map;
	struct stat st;
	int fd = OK(memfd_create("some name", MFD_CLOEXEC)), again;

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	IS(O_RDWR | 0100000, fcntl(fd, F_GETFL));
	OK(fstat(fd, &st));
	CHECK(S_ISREG(st.st_mode));
	IS(0777, st.st_mode & 0777);
	IS(0, st.st_size);
	IS(0, st.st_nlink);
	IS(5, write(fd, "hello", 5));
	OK(ftruncate(fd, 8192));
	map = MAPPED(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
	IS(0, memcmp(map, "hello", 6));
	map[0] = 'j';
	IS(1, pread(fd, link, 1, 0));
	IS('j', link[0]);
	EXITS(0, map[8191] = 'c'); /* shared with children */
	IS('c', map[8191]);

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	OK(readlink(path, link, sizeof link - 1));
	IS(0, strcmp(link, "/memfd:some name (deleted)"));
	again = OK(open(path, O_RDONLY));
	IS(0, lseek(again, 0, SEEK_CUR));
	FAILS(EBADF, write(again, "x", 1));

	OK(memfd_create("", 0));
	memset(name, 'n', sizeof name);
	name[250] = 0;
	FAILS(EINVAL, memfd_create(name, 0));
	name[249] = 0;
	OK(memfd_create(name, 0));
	FAILS(EINVAL, memfd_create("x", 0x4000));
	FAILS(EFAULT, memfd_create(unmapped_page(), 0));
	return 0;
}
