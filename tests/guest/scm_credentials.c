/* SPDX-License-Identifier: MIT */
/* SCM_CREDENTIALS, SO_PASSCRED, SO_PEERCRED: who is at the other end. */
#include "tests/guest/unix.h"

static long
send_cred(int s, struct ucred u)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} c = {{.cmsg_level = SOL_SOCKET,
		.cmsg_type = SCM_CREDENTIALS,
		.cmsg_len = CMSG_LEN(sizeof u)}};
	struct iovec v = {"x", 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = sizeof c};

	memcpy(CMSG_DATA(&c.h), &u, sizeof u);
	return sendmsg(s, &m, 0);
}

/* Receives a byte; false if no credentials came along. */
static bool
recv_cred(int s, struct ucred *u)
{
	union {
		struct cmsghdr h;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} c;
	char byte;
	struct iovec v = {&byte, 1};
	struct msghdr m = {.msg_iov = &v,
			   .msg_iovlen = 1,
			   .msg_control = &c,
			   .msg_controllen = sizeof c};

	IS(1, recvmsg(s, &m, 0));
	if (m.msg_controllen == 0)
		return false;
	IS(SCM_CREDENTIALS, c.h.cmsg_type);
	IS(CMSG_LEN(sizeof *u), c.h.cmsg_len);
	memcpy(u, CMSG_DATA(&c.h), sizeof *u);
	return true;
}

static void
passed(void)
{
	struct ucred me = {getpid(), getuid(), getgid()}, u;
	int s[2], on = 1;
	pid_t child;

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(1, write(s[0], "x", 1));
	CHECK(!recv_cred(s[1], &u)); /* only when asked for */
	OK(setsockopt(s[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof on));
	IS(1, write(s[0], "x", 1));
	CHECK(recv_cred(s[1], &u));
	IS(0, memcmp(&u, &me, sizeof u)); /* filled in by the kernel */
	IS(1, send_cred(s[0], me));
	CHECK(recv_cred(s[1], &u));
	child = check_fork();
	if (child == 0) {
		IS(1, write(s[0], "x", 1));
		exit(0);
	}
	REAPS(0, child);
	CHECK(recv_cred(s[1], &u));
	IS(child, u.pid); /* the writer's, not the maker's */
}

static void
lies(void)
{
	struct ucred u = {getpid(), getuid(), getgid()};
	int s[2];

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	AS_NOBODY(u.pid = getpid(); u.uid = getuid(); u.gid = getgid();
		  OK(send_cred(s[0], u)); u.uid++;
		  FAILS(EPERM, send_cred(s[0], u)); u.uid--; u.gid++;
		  FAILS(EPERM, send_cred(s[0], u)); u.gid--; u.pid = getppid();
		  FAILS(EPERM, send_cred(s[0], u)));
	if (geteuid() != 0)
		return;
	u = (struct ucred){getppid(), 1234, 5678}; /* root may */
	OK(send_cred(s[0], u));
	u.pid = 0x3ffffff0;
	FAILS(ESRCH, send_cred(s[0], u));
}

static struct ucred
peer_of(int fd)
{
	struct ucred u = {-7, -7, -7};
	socklen_t len = sizeof u;

	OK(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &len));
	IS(sizeof u, len);
	return u;
}

static void
peers(void)
{
	int s[2], server = unix_server(SOCK_STREAM, "@viv-peer"), c;
	struct ucred u;

	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(getpid(), peer_of(s[0]).pid);
	IS(geteuid(), peer_of(s[0]).uid);
	if (check_fork() == 0) {
		/* The one who listened, as it was then. */
		c = unix_client(SOCK_STREAM, "@viv-peer");
		IS(getppid(), peer_of(c).pid);
		pause();
	}
	c = OK(accept(server, NULL, NULL));
	u = peer_of(c);
	IS(check_pid, u.pid); /* the one who connected */
	IS(geteuid(), u.uid);
	OK(kill(check_pid, SIGKILL));
	OK(waitpid(check_pid, NULL, 0));
	IS(check_pid, peer_of(c).pid); /* even when it is no more */
	IS(0, peer_of(OK(socket(AF_UNIX, SOCK_STREAM, 0))).pid);
}

int
main(void)
{
	passed();
	lies();
	peers();
	return 0;
}
