/* SPDX-License-Identifier: MIT */
/* FIFOs: pipes with a name; what open(2) waits for. */
#include "tests/guest/check.h"

#include <poll.h>

static void
without_waiting(void)
{
	char c;
	int r, w, rw;

	FAILS(ENXIO, open("p", O_WRONLY | O_NONBLOCK));
	r = OK(open("p", O_RDONLY | O_NONBLOCK));
	IS(0, read(r, &c, 1)); /* no writer yet: end of file */
	w = OK(open("p", O_WRONLY | O_NONBLOCK));
	FAILS(EAGAIN, read(r, &c, 1));
	IS(2, write(w, "ab", 2));
	IS(1, read(r, &c, 1));
	FAILS(ESPIPE, lseek(r, 0, SEEK_SET));
	OK(close(w));
	IS(1, read(r, &c, 1));
	IS(0, read(r, &c, 1));
	OK(close(r));

	/* Linux: O_RDWR never waits, and is both ends. */
	rw = OK(open("p", O_RDWR));
	IS(1, write(rw, "x", 1));
	IS(1, read(rw, &c, 1));
	/* When all are gone, so is what was in it. */
	IS(1, write(rw, "y", 1));
	OK(close(rw));
	rw = OK(open("p", O_RDWR | O_NONBLOCK));
	FAILS(EAGAIN, read(rw, &c, 1));
	OK(close(rw));
}

static void
each_end_waits_for_the_other(void)
{
	char c;
	int fd;
	pid_t child = check_fork();

	if (child == 0) {
		fd = OK(open("p", O_WRONLY));
		IS(1, write(fd, "w", 1));
		exit(0);
	}
	until_asleep(child);
	fd = OK(open("p", O_RDONLY));
	IS(1, read(fd, &c, 1));
	IS(0, read(fd, &c, 1));
	REAPS(0, child);
	OK(close(fd));

	child = check_fork();
	if (child == 0) {
		fd = OK(open("p", O_RDONLY));
		IS(1, read(fd, &c, 1));
		exit(c);
	}
	until_asleep(child);
	fd = OK(open("p", O_WRONLY));
	IS(1, write(fd, "r", 1));
	REAPS('r', child);
	OK(close(fd));
}

static void
interrupted(void)
{
	ticks_start(0);
	FAILS(EINTR, open("p", O_RDONLY));
	FAILS(EINTR, open("p", O_WRONLY));
	ticks_stop();
}

static void
hang_up(void)
{
	struct pollfd pf = {.events = POLLIN};
	int w;

	pf.fd = OK(open("p", O_RDONLY | O_NONBLOCK));
	IS(0, poll(&pf, 1, 0)); /* nobody was ever here: no hang-up */
	w = OK(open("p", O_WRONLY));
	IS(0, poll(&pf, 1, 0));
	OK(close(w));
	IS(1, poll(&pf, 1, 0));
	IS(POLLHUP, pf.revents);
	w = OK(open("p", O_WRONLY));
	IS(0, poll(&pf, 1, 0)); /* and back again */
}

int
main(void)
{
	OK(mkfifo("p", 0600));
	without_waiting();
	each_end_waits_for_the_other();
	interrupted();
	hang_up();
	OK(chmod("p", 0400));
	AS_NOBODY(FAILS(EACCES, open("p", O_WRONLY | O_NONBLOCK)));
	return 0;
}
