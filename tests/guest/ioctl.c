/* SPDX-License-Identifier: MIT */
/* ioctl(2): what works on every descriptor, and what on none. */
#include "tests/guest/check.h"

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

static void
any_descriptor(void)
{
	int p[2], on = 1, off = 0;
	char c;

	OK(pipe(p));
	OK(ioctl(p[0], FIOCLEX));
	IS(FD_CLOEXEC, fcntl(p[0], F_GETFD));
	OK(ioctl(p[0], FIONCLEX));
	IS(0, fcntl(p[0], F_GETFD));
	OK(ioctl(p[0], FIONBIO, &on));
	IS(O_NONBLOCK, fcntl(p[0], F_GETFL));
	FAILS(EAGAIN, read(p[0], &c, 1));
	OK(ioctl(p[0], FIONBIO, &off));
	IS(0, fcntl(p[0], F_GETFL));
	OK(ioctl(p[0], FIOASYNC, &on));
	IS(O_ASYNC, fcntl(p[0], F_GETFL));
	FAILS(EFAULT, ioctl(p[0], FIONBIO, unmapped_page()));
}

static void
how_much_to_read(void)
{
	int fd, n = -1, p[2], s[2];

	put_file("f", "hello");
	fd = OK(open("f", O_RDONLY));
	IS(2, lseek(fd, 2, SEEK_SET));
	OK(ioctl(fd, FIONREAD, &n));
	IS(3, n);
	IS(9, lseek(fd, 9, SEEK_SET));
	OK(ioctl(fd, FIONREAD, &n));
	IS(-4, n);
	OK(pipe(p));
	IS(4, write(p[1], "abcd", 4));
	OK(ioctl(p[0], FIONREAD, &n));
	IS(4, n);
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(3, write(s[0], "abc", 3));
	OK(ioctl(s[1], FIONREAD, &n));
	IS(3, n);
	FAILS(EFAULT, ioctl(fd, FIONREAD, unmapped_page()));
}

static void
not_a_terminal(void)
{
	struct termios t;
	struct winsize w;
	int p[2], null = OK(open("/dev/null", O_RDWR)), f, n;

	OK(pipe(p));
	f = OK(open("f", O_RDWR));
	FAILS(ENOTTY, ioctl(f, TCGETS, &t));
	FAILS(ENOTTY, ioctl(p[0], TCGETS, &t));
	FAILS(ENOTTY, ioctl(null, TCGETS, &t));
	FAILS(ENOTTY, ioctl(f, TIOCGWINSZ, &w));
	FAILS(ENOTTY, ioctl(OK(open(".", O_RDONLY)), TCGETS, &t));
	FAILS(ENOTTY, ioctl(f, 0xdeadbeef, &n));
	FAILS(EBADF, ioctl(-1, TCGETS, &t));
	FAILS(EBADF, ioctl(OK(open("f", O_PATH)), FIOCLEX));
}

int
main(void)
{
	any_descriptor();
	how_much_to_read();
	not_a_terminal();
	return 0;
}
