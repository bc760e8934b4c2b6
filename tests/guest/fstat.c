/* SPDX-License-Identifier: MIT */
/* fstat(2): what it says of each kind of descriptor. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static struct stat
of(int fd)
{
	struct stat st;

	memset(&st, 0xee, sizeof st);
	OK(syscall(SYS_fstat, fd, &st));
	return st;
}

int
main(void)
{
	int fd = OK(open("f", O_CREAT | O_RDWR, 0640)), p[2], s[2];
	struct stat st;

	IS(3, write(fd, "abc", 3));
	st = of(fd);
	CHECK(S_ISREG(st.st_mode));
	IS(3, st.st_size);
	OK(unlink("f"));
	IS(0, of(fd).st_nlink);
	IS(st.st_ino, of(fd).st_ino);
	OK(ftruncate(fd, 7)); /* alive all the same */
	IS(7, of(fd).st_size);
	CHECK(S_ISDIR(of(OK(open(".", O_PATH))).st_mode));

	OK(symlink("x", "l"));
	CHECK(S_ISLNK(of(OK(open("l", O_PATH | O_NOFOLLOW))).st_mode));
	OK(pipe(p));
	IS(S_IFIFO | 0600, of(p[0]).st_mode);
	IS(of(p[0]).st_ino, of(p[1]).st_ino);
	IS(4, write(p[1], "data", 4));
	IS(0, of(p[0]).st_size);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(S_IFSOCK | 0777, of(s[0]).st_mode);
	CHECK(of(s[0]).st_ino != of(s[1]).st_ino);

	FAILS(EBADF, syscall(SYS_fstat, -1, &st));
	FAILS(EBADF, syscall(SYS_fstat, 99, NULL));
	FAILS(EFAULT, syscall(SYS_fstat, fd, NULL));
	FAILS(EFAULT, syscall(SYS_fstat, fd, edge_of_memory(100)));
	OK(syscall(SYS_fstat, fd, edge_of_memory(sizeof st)));
	return 0;
}
