/* SPDX-License-Identifier: MIT */
/* waitid(2). */
#include "tests/guest/check.h"

#include <sys/resource.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static siginfo_t info;

static pid_t
child(int code)
{
	pid_t pid = OK(fork());

	if (!pid)
		_exit(code);
	return pid;
}

static void
saw(pid_t pid, int code, int status)
{
	IS(SIGCHLD, info.si_signo);
	IS(0, info.si_errno);
	IS(pid, info.si_pid);
	IS(getuid(), info.si_uid);
	IS(code, info.si_code);
	IS(status, info.si_status);
}

static void
looks_without_reaping(void)
{
	pid_t pid = child(300);

	for (int i = 0; i < 3; i++) {
		memset(&info, 0xff, sizeof info);
		OK(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
		saw(pid, CLD_EXITED, 300 & 0xff);
	}
	OK(waitid(P_ALL, 12345, &info, WEXITED));
	saw(pid, CLD_EXITED, 300 & 0xff);
	FAILS(ECHILD, waitid(P_PID, pid, &info, WEXITED));
}

static void
nohang_says_zero(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	memset(&info, 0xff, sizeof info);
	OK(waitid(P_PID, pid, &info, WEXITED | WNOHANG));
	IS(0, info.si_pid);
	IS(0, info.si_signo);
	OK(waitid(P_PID, pid, NULL, WEXITED | WNOHANG));
	OK(kill(pid, SIGKILL));
	OK(waitid(P_PID, pid, &info, WEXITED));
	saw(pid, CLD_KILLED, SIGKILL);
}

static void
groups(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		OK(setpgid(0, 0));
		_exit(1);
	}
	setpgid(pid, pid);
	FAILS(ECHILD, waitid(P_PGID, getpgrp(), &info, WEXITED));
	FAILS(ECHILD, waitid(P_PGID, 0, &info, WEXITED)); /* one's own */
	OK(waitid(P_PGID, pid, &info, WEXITED));
	saw(pid, CLD_EXITED, 1);
}

static void
stops(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	OK(kill(pid, SIGSTOP));
	OK(waitid(P_PID, pid, &info, WSTOPPED | WNOWAIT));
	saw(pid, CLD_STOPPED, SIGSTOP);
	OK(waitid(P_PID, pid, &info, WSTOPPED | WEXITED | WCONTINUED));
	saw(pid, CLD_STOPPED, SIGSTOP);
	OK(waitid(P_PID, pid, &info, WSTOPPED | WNOHANG)); /* told once */
	IS(0, info.si_pid);
	OK(kill(pid, SIGCONT));
	OK(waitid(P_PID, pid, &info, WCONTINUED));
	saw(pid, CLD_CONTINUED, SIGCONT);
	OK(kill(pid, SIGTERM));
	OK(waitid(P_PID, pid, &info, WEXITED));
	saw(pid, CLD_KILLED, SIGTERM);
}

static void
by_pidfd(void)
{
	pid_t pid = OK(fork());
	int fd;

	if (!pid)
		for (;;)
			pause();
	fd = OK(syscall(SYS_pidfd_open, pid, 0));
	OK(waitid(P_PIDFD, fd, &info, WEXITED | WNOHANG));
	IS(0, info.si_pid);
	OK(fcntl(fd, F_SETFL, O_NONBLOCK));
	FAILS(EAGAIN, waitid(P_PIDFD, fd, &info, WEXITED));
	OK(kill(pid, SIGKILL));
	OK(fcntl(fd, F_SETFL, 0));
	OK(waitid(P_PIDFD, fd, &info, WEXITED));
	saw(pid, CLD_KILLED, SIGKILL);
	FAILS(ECHILD, waitid(P_PIDFD, fd, &info, WEXITED));
	FAILS(EBADF, waitid(P_PIDFD, 99, &info, WEXITED));
	FAILS(EBADF, waitid(P_PIDFD, 0, &info, WEXITED));
	FAILS(EINVAL, waitid(P_PIDFD, -1, &info, WEXITED));
	OK(close(fd));
}

static void
refuses(void)
{
	pid_t pid;

	FAILS(ECHILD, waitid(P_ALL, 0, &info, WEXITED));
	FAILS(EINVAL, waitid(P_ALL, 0, &info, 0));
	FAILS(EINVAL, waitid(P_ALL, 0, &info, WNOHANG));
	FAILS(EINVAL, waitid(P_ALL, 0, &info, WEXITED | 0x100));
	FAILS(EINVAL, waitid(17, 0, &info, WEXITED));
	FAILS(EINVAL, waitid(P_PID, 0, &info, WEXITED));
	FAILS(EINVAL, waitid(P_PID, -1, &info, WEXITED));
	FAILS(EINVAL, waitid(P_PGID, -1, &info, WEXITED));
	pid = child(0);
	FAILS(EFAULT, waitid(P_PID, pid, unmapped_page(), WEXITED));
	FAILS(ECHILD, waitid(P_PID, pid, NULL, WEXITED)); /* gone anyhow */
}

/* The raw call knows a fifth argument. */
static void
usage(void)
{
	struct rusage ru;
	pid_t pid = child(0);

	memset(&ru, 0xff, sizeof ru);
	OK(syscall(SYS_waitid, P_PID, pid, &info, WEXITED, &ru));
	CHECK(ru.ru_utime.tv_sec == 0 && ru.ru_stime.tv_sec == 0);
}

int
main(void)
{
	refuses();
	looks_without_reaping();
	nohang_says_zero();
	groups();
	stops();
	by_pidfd();
	usage();
	return 0;
}
