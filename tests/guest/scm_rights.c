/* SPDX-License-Identifier: MIT */
/* SCM_RIGHTS: descriptors in messages. */
#include "tests/guest/check.h"

#include <sys/socket.h>

static long
send_fds(int s, const int *fds, int n)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(300 * sizeof(int))];
	} c;
	struct iovec v = {"x", 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = CMSG_SPACE(n * sizeof(int))};

	c.h.cmsg_level = SOL_SOCKET;
	c.h.cmsg_type = SCM_RIGHTS;
	c.h.cmsg_len = CMSG_LEN(n * sizeof(int));
	memcpy(CMSG_DATA(&c.h), fds, n * sizeof(int));
	return sendmsg(s, &m, 0);
}

/* Receives a byte, and up to @max descriptors; returns how many. */
static int
recv_fds(int s, int *fds, int max, int flags, int *msg_flags)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(300 * sizeof(int))];
	} c;
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = CMSG_LEN(max * sizeof(int))};
	int n;

	if (max == 0)
		m.msg_controllen = 0;
	IS(1, recvmsg(s, &m, flags));
	*msg_flags = m.msg_flags;
	if (m.msg_controllen == 0)
		return 0;
	IS(SOL_SOCKET, c.h.cmsg_level);
	IS(SCM_RIGHTS, c.h.cmsg_type);
	n = (c.h.cmsg_len - CMSG_LEN(0)) / sizeof(int);
	memcpy(fds, CMSG_DATA(&c.h), n * sizeof(int));
	return n;
}

static void
same_open_file(int s[2])
{
	int fd = OK(open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0600)), got[2], fl;

	IS(3, write(fd, "abc", 3));
	IS(1, send_fds(s[0], (int[]){fd, fd}, 2));
	IS(2, recv_fds(s[1], got, 2, 0, &fl));
	IS(0, fl);
	CHECK(got[0] != fd && got[0] != got[1]);
	IS(3, lseek(got[0], 0, SEEK_CUR)); /* offset shared */
	IS(1, lseek(got[1], 1, SEEK_SET));
	IS(1, lseek(fd, 0, SEEK_CUR));
	IS(0, fcntl(got[0], F_GETFD)); /* flag not */
	OK(close(got[0]));
	OK(close(got[1]));
	IS(1, send_fds(s[0], &fd, 1));
	OK(close(fd)); /* on its way it is open */
	IS(1, recv_fds(s[1], got, 1, MSG_CMSG_CLOEXEC, &fl));
	IS(MSG_CMSG_CLOEXEC, fl);
	IS(FD_CLOEXEC, fcntl(got[0], F_GETFD));
	IS(1, write(got[0], "d", 1));
	OK(close(got[0]));
}

static void
between_processes(int s[2])
{
	int p[2], got, fl;
	char c;

	if (check_fork() == 0) {
		OK(pipe(p));
		IS(5, write(p[1], "hello", 5));
		IS(1, send_fds(s[0], p, 1));
		exit(0);
	}
	REAPS(0, check_pid);
	IS(1, recv_fds(s[1], &got, 1, 0, &fl));
	IS(1, read(got, &c, 1)); /* its maker is gone */
	IS('h', c);
	OK(close(got));
}

static void
too_little_room(int s[2])
{
	int p[2], got[3], fl;
	char c;

	OK(pipe2(p, O_NONBLOCK));
	IS(1, send_fds(s[0], (int[]){p[1], p[1]}, 2));
	OK(close(p[1]));
	IS(1, recv_fds(s[1], got, 1, 0, &fl));
	IS(MSG_CTRUNC, fl);
	FAILS(EAGAIN, read(p[0], &c, 1));
	OK(close(got[0])); /* what did not fit was closed */
	IS(0, read(p[0], &c, 1));
	OK(close(p[0]));

	OK(pipe2(p, O_NONBLOCK));
	IS(1, send_fds(s[0], &p[1], 1));
	OK(close(p[1]));
	IS(0, recv_fds(s[1], got, 0, 0, &fl));
	IS(MSG_CTRUNC, fl);
	IS(0, read(p[0], &c, 1));
	/* And read(2) drops them. */
	OK(pipe2(p, O_NONBLOCK));
	IS(1, send_fds(s[0], &p[1], 1));
	OK(close(p[1]));
	IS(1, read(s[1], &c, 1));
	IS(0, read(p[0], &c, 1));
}

/* In a stream, a read ends behind the data that came with descriptors. */
static void
borders_in_streams(int s[2])
{
	int fd = OK(open(".", O_RDONLY)), got, fl;
	char buf[8];

	IS(2, write(s[0], "ab", 2));
	IS(1, send_fds(s[0], &fd, 1));
	IS(2, write(s[0], "cd", 2));
	IS(2, read(s[1], buf, 2));
	IS(1, recv_fds(s[1], &got, 1, MSG_PEEK, &fl)); /* made anew each time */
	OK(close(got));
	IS(1, recv_fds(s[1], &got, 1, 0, &fl));
	OK(close(got));
	IS(2, read(s[1], buf, sizeof buf));
	IS(2, write(s[0], "ab", 2));
	IS(1, send_fds(s[0], &fd, 1));
	IS(2, write(s[0], "cd", 2));
	IS(3, read(s[1], buf, sizeof buf));
	IS(2, read(s[1], buf, sizeof buf));
	OK(close(fd));
}

static void
refuses(int s[2])
{
	int many[254], i;

	for (i = 0; i < 254; i++)
		many[i] = 0;
	many[3] = 999;
	FAILS(EBADF, send_fds(s[0], many, 4));
	FAILS(EINVAL, send_fds(s[0], many, 254));
	many[3] = 0;
	IS(1, send_fds(s[0], many, 253));
	OK(read(s[1], many, 1));
}

int
main(void)
{
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	same_open_file(s);
	between_processes(s);
	too_little_room(s);
	borders_in_streams(s);
	refuses(s);
	return 0;
}
