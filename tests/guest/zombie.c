/* SPDX-License-Identifier: MIT */
/* A process that has ended and is not waited for. */
#include "tests/guest/check.h"

#include <sys/resource.h>

static pid_t
zombie(void)
{
	siginfo_t info;
	pid_t pid = OK(fork());

	if (!pid)
		_exit(5);
	OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
	return pid;
}

static void
is_still_there(void)
{
	pid_t pid = zombie();

	OK(kill(pid, 0));
	OK(kill(pid, SIGKILL)); /* taken, without effect */
	OK(kill(pid, SIGSTOP));
	IS(getpgrp(), getpgid(pid));
	IS(getsid(0), getsid(pid));
	OK(setpriority(PRIO_PROCESS, pid, 5));
	REAPS(5, pid);
	FAILS(ESRCH, kill(pid, 0));
	FAILS(ESRCH, getpgid(pid));
}

static void
in_proc(void)
{
	char path[64], text[512] = "", *state;
	pid_t pid = zombie();
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = OK(open(path, O_RDONLY));
	OK(read(fd, text, sizeof text - 1));
	OK(close(fd));
	state = strrchr(text, ')');
	CHECK(state && state[2] == 'Z');
	snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
	FAILS(ENOENT, readlink(path, text, sizeof text));
	snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
	fd = OK(open(path, O_RDONLY));
	IS(0, read(fd, text, sizeof text));
	OK(close(fd));
	REAPS(5, pid);
	FAILS(ENOENT, access(path, F_OK));
}

/* Its memory and files are gone long before. */
static void
holds_nothing(void)
{
	int p[2];
	char c;
	pid_t pid;

	OK(pipe(p));
	pid = zombie();
	OK(close(p[1]));
	IS(0, read(p[0], &c, 1));
	REAPS(5, pid);
}

int
main(void)
{
	is_still_there();
	in_proc();
	holds_nothing();
	return 0;
}
