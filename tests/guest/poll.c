/* SPDX-License-Identifier: MIT */
/* poll(2). */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>

static long
poll_(struct pollfd *p, unsigned int n, int ms)
{
	return syscall(SYS_poll, p, n, ms);
}

static int
events_of(int fd, short asked)
{
	struct pollfd p = {fd, asked, 0x7777};
	long n = OK(poll_(&p, 1, 0));

	IS(n, p.revents != 0);
	return p.revents;
}

static void
pipes(void)
{
	static char page[4096];
	int p[2];

	OK(pipe2(p, O_NONBLOCK));
	IS(0, events_of(p[0], POLLIN));
	IS(POLLOUT, events_of(p[1], POLLOUT));
	IS(0, events_of(p[1], POLLIN));
	IS(1, write(p[1], "x", 1));
	IS(POLLIN, events_of(p[0], POLLIN | POLLOUT | POLLPRI));
	IS(POLLIN | POLLRDNORM, events_of(p[0], POLLIN | POLLRDNORM));
	while (write(p[1], page, sizeof page) > 0)
		;
	IS(0, events_of(p[1], POLLOUT));
	OK(close(p[1]));
	IS(POLLIN | POLLHUP, events_of(p[0], POLLIN));
	IS(POLLHUP, events_of(p[0], 0));
	OK(close(p[0]));
	OK(pipe(p));
	OK(close(p[0]));
	IS(POLLOUT | POLLERR, events_of(p[1], POLLOUT));
	IS(POLLERR, events_of(p[1], 0));
}

static void
others(void)
{
	int s[2], f = OK(open("f", O_CREAT | O_RDWR, 0600));

	IS(POLLIN | POLLOUT, events_of(f, POLLIN | POLLOUT | POLLPRI));
	IS(POLLIN, events_of(OK(open(".", O_RDONLY)), POLLIN));
	IS(POLLNVAL, events_of(999, POLLIN));
	IS(0, events_of(-1, POLLIN)); /* passed over */
	OK(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	IS(POLLOUT, events_of(s[0], POLLIN | POLLOUT | POLLRDHUP));
	OK(shutdown(s[1], SHUT_WR));
	IS(POLLIN | POLLRDHUP, events_of(s[0], POLLIN | POLLRDHUP));
	OK(close(s[1]));
	IS(POLLIN | POLLOUT | POLLRDHUP | POLLHUP,
	   events_of(s[0], POLLIN | POLLOUT | POLLRDHUP));
}

static void
several(void)
{
	int p[2];

	OK(pipe(p));
	struct pollfd all[] = {{p[0], POLLIN, 0},
			       {p[1], POLLOUT, 0},
			       {-5, POLLIN, 9},
			       {p[1], POLLOUT, 0}};

	IS(2, poll_(all, 4, -1));
	IS(0, all[0].revents);
	IS(POLLOUT, all[1].revents);
	IS(0, all[2].revents);
	IS(POLLOUT, all[3].revents);
}

static void
waits(void)
{
	struct pollfd pf = {.events = POLLIN};
	long start = now_ms();
	pid_t child;
	int p[2];

	IS(0, poll_(NULL, 0, 50));
	CHECK(now_ms() - start >= 49);
	OK(pipe(p));
	pf.fd = p[0];
	IS(0, poll_(&pf, 1, 20));
	child = check_fork();
	if (child == 0) {
		IS(1, poll_(&pf, 1, -1));
		IS(POLLIN, pf.revents);
		exit(0);
	}
	until_asleep(child);
	IS(1, write(p[1], "x", 1));
	REAPS(0, child);
	pf.fd = p[1];
	pf.events = POLLIN;
	ticks_start(SA_RESTART); /* never restarted after a handler */
	FAILS(EINTR, poll_(&pf, 1, -1));
	FAILS(EINTR, poll_(&pf, 1, 10000));
	ticks_stop();
}

static void
refuses(void)
{
	static struct pollfd many[200];
	struct rlimit limit = {150, 150};

	FAILS(EFAULT, poll_(unmapped_page(), 1, 0));
	OK(setrlimit(RLIMIT_NOFILE, &limit));
	OK(poll_(many, 150, 0));
	FAILS(EINVAL, poll_(many, 151, 0));
}

int
main(void)
{
	pipes();
	others();
	several();
	waits();
	EXITS(0, refuses());
	return 0;
}
