/* SPDX-License-Identifier: MIT */
/* getdents(2): the old layout, with the type in the last byte. */
#include "tests/guest/check.h"

#include <dirent.h>

struct old {
	unsigned long ino, off;
	unsigned short len;
	char name[];
};

int
main(void)
{
	static char buf[4096] __attribute__((aligned(8)));
	struct old *e = (struct old *)buf;
	struct stat st;
	int fd, seen = 0;
	long n;

	OK(mkdir("d", 0755));
	put_file("d/file", "");
	OK(symlink("x", "d/link"));
	fd = OK(open("d", O_RDONLY));
	n = OK(syscall(SYS_getdents, fd, buf, sizeof buf));
	for (; (char *)e < buf + n; e = (struct old *)((char *)e + e->len)) {
		OK(fstatat(fd, e->name, &st, AT_SYMLINK_NOFOLLOW));
		IS(IFTODT(st.st_mode), ((char *)e)[e->len - 1]);
		seen++;
	}
	IS(4, seen);
	IS(0, syscall(SYS_getdents, fd, buf, sizeof buf));
	IS(0, lseek(fd, 0, SEEK_SET));
	FAILS(EINVAL, syscall(SYS_getdents, fd, buf, 10));
	FAILS(EFAULT, syscall(SYS_getdents, fd, unmapped_page(), 100));
	FAILS(EBADF, syscall(SYS_getdents, -1, buf, 100));
	return 0;
}
