/* SPDX-License-Identifier: MIT */
/* exit(2), exit_group(2): statuses, and what the parent learns. */
#include "tests/guest/check.h"

static void
statuses(void)
{
	EXITS(0, _exit(0));
	EXITS(255, _exit(-1));
	EXITS(1, _exit(257));
	EXITS(0, _exit(1 << 8));
	EXITS(200, syscall(SYS_exit, 200));
	EXITS(201, syscall(SYS_exit_group, 201 | 0x7fffff00));
}

static void
files_close_and_locks_go(void)
{
	int p[2], fd = OK(open("f", O_CREAT | O_RDWR, 0600));
	struct flock lock = {.l_type = F_WRLCK};
	char c;

	OK(pipe(p));
	EXITS(0, OK(fcntl(fd, F_SETLK, &lock)));
	OK(close(p[1]));
	IS(0, read(p[0], &c, 1)); /* the child's end is closed too */
	OK(fcntl(fd, F_GETLK, &lock));
	IS(F_UNLCK, lock.l_type);
}

static siginfo_t info;

static void
on_child(int sig, siginfo_t *i, void *uc)
{
	info = *i;
}

static void
parent_is_told(void)
{
	struct sigaction sa = {.sa_sigaction = on_child,
			       .sa_flags = SA_SIGINFO};
	pid_t pid;

	OK(sigaction(SIGCHLD, &sa, NULL));
	EXITS(3, _exit(3));
	IS(SIGCHLD, info.si_signo);
	IS(CLD_EXITED, info.si_code);
	IS(check_pid, info.si_pid);
	IS(getuid(), info.si_uid);
	IS(3, info.si_status);
	DIES(SIGTERM, raise(SIGTERM));
	IS(CLD_KILLED, info.si_code);
	IS(SIGTERM, info.si_status);
	pid = OK(fork());
	if (!pid) {
		OK(setsid()); /* a session's end is no more than that */
		_exit(4);
	}
	REAPS(4, pid);
	IS(4, info.si_status);
}

int
main(void)
{
	statuses();
	files_close_and_locks_go();
	parent_is_told();
	return 0;
}
