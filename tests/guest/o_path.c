/* SPDX-License-Identifier: MIT */
/* open(2) with O_PATH: a place in the tree, not an open file. */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

static void
does_no_io(void)
{
	char c;
	int fd, number;

	put_file("f", "hello");
	fd = OK(open("f", O_PATH | O_RDWR | O_APPEND));
	IS(O_PATH, fcntl(fd, F_GETFL));
	FAILS(EBADF, read(fd, &c, 1));
	FAILS(EBADF, write(fd, "x", 1));
	FAILS(EBADF, lseek(fd, 0, SEEK_SET));
	FAILS(EBADF, pread(fd, &c, 1, 0));
	FAILS(EBADF, ftruncate(fd, 0));
	FAILS(EBADF, fchmod(fd, 0600));
	FAILS(EBADF, fchown(fd, -1, -1));
	FAILS(EBADF, fsync(fd));
	FAILS(EBADF, ioctl(fd, FIONREAD, &number));
	FAILS(EBADF, fcntl(fd, F_SETFL, O_NONBLOCK));
	FAILS(EBADF, fgetxattr(fd, "user.x", &c, 1));
	FAILS(EBADF, mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
	IS(1, poll(&(struct pollfd){fd, POLLIN, 0}, 1, 0)); /* POLLNVAL */
}

static void
has_a_number_and_a_place(void)
{
	struct stat st;
	char path[64];
	int fd = OK(open("f", O_PATH | O_CLOEXEC)), d, copy;

	IS(FD_CLOEXEC, fcntl(fd, F_GETFD));
	OK(fstat(fd, &st));
	IS(5, st.st_size);
	copy = OK(dup(fd));
	OK(close(fd));
	OK(fcntl(copy, F_DUPFD, 50));
	snprintf(path, sizeof path, "/proc/self/fd/%d", copy);
	fd = OK(open(path, O_RDWR)); /* the way to open it for real */
	IS(1, write(fd, "j", 1));
	OK(mkdir("d", 0755));
	put_file("d/x", "");
	d = OK(open("d", O_PATH));
	OK(faccessat(d, "x", F_OK, 0));
	OK(unlinkat(d, "x", 0));
	OK(fchdir(d));
	OK(access("../f", F_OK));
	OK(chdir(".."));
	OK(rename("f", "g"));
	OK(fstat(copy, &st));
	IS(5, st.st_size);
}

static void
needs_no_right_on_the_file(void)
{
	int fd;

	put_file("secret", "s");
	OK(chmod("secret", 0));
	OK(chmod("d", 0));
	AS_NOBODY(OK(fd = open("secret", O_PATH)); char path[64];
		  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		  FAILS(EACCES, open(path, O_RDONLY)); OK(open("d", O_PATH));
		  FAILS(EACCES, open("d/x", O_PATH)));
}

static void
links_themselves(void)
{
	char buf[16] = "";
	int fd;

	OK(symlink("g", "l"));
	OK(symlink("nowhere", "dangling"));
	fd = OK(open("l", O_PATH | O_NOFOLLOW));
	IS(1, readlinkat(fd, "", buf, sizeof buf));
	IS('g', buf[0]);
	FAILS(ELOOP, open("l", O_NOFOLLOW | O_RDONLY));
	FAILS(ENOENT, open("dangling", O_PATH));
	OK(open("dangling", O_PATH | O_NOFOLLOW));
	FAILS(ENOTDIR, open("g", O_PATH | O_DIRECTORY));
	/* Other flags are dropped. */
	FAILS(ENOENT, open("new", O_PATH | O_CREAT, 0600));
	OK(open("g", O_PATH | O_TRUNC));
	CHECK(lseek(OK(open("g", O_RDONLY)), 0, SEEK_END) == 5);
}

int
main(void)
{
	does_no_io();
	has_a_number_and_a_place();
	needs_no_right_on_the_file();
	links_themselves();
	return 0;
}
