/* SPDX-License-Identifier: MIT */
/* setpgid(2), getpgid(2), getpgrp(2). */
#include "tests/guest/check.h"

static int hold[2];

/* A child that lives until let_go(). */
static pid_t
child(bool is_exec, bool is_leader)
{
	int ready[2];
	pid_t pid;
	char c;

	OK(pipe(hold));
	OK(pipe(ready));
	pid = OK(fork());
	if (!pid) {
		OK(close(hold[1]));
		if (is_leader)
			OK(setsid());
		OK(dup2(hold[0], 0));
		OK(dup2(ready[1], 1));
		if (is_exec)
			EXEC_SELF("wait");
		IS(1, write(1, "", 1));
		_exit(read(0, &c, 1) ? 1 : 0);
	}
	OK(close(hold[0]));
	IS(1, read(ready[0], &c, 1));
	OK(close(ready[0]));
	OK(close(ready[1]));
	return pid;
}

static void
let_go(pid_t pid)
{
	OK(close(hold[1]));
	REAPS(0, pid);
}

static void
of_oneself(void)
{
	EXITS(0, {
		CHECK(getpgrp() != getpid());
		OK(setpgid(0, 0));
		IS(getpid(), getpgrp());
		IS(getpid(), getpgid(0));
		OK(setpgid(getpid(), getpid()));    /* again */
		OK(setpgid(0, getpgid(getppid()))); /* and back */
		IS(getpgid(getppid()), getpgrp());
	});
}

static void
of_a_child(void)
{
	pid_t pid = child(false, false);

	IS(getpgrp(), getpgid(pid));
	OK(setpgid(pid, 0));
	IS(pid, getpgid(pid));
	OK(setpgid(pid, getpgrp()));
	IS(getpgrp(), getpgid(pid));
	let_go(pid);
	FAILS(ESRCH, setpgid(pid, pid));
	FAILS(ESRCH, getpgid(pid));
}

static void
refuses(void)
{
	pid_t pid;

	FAILS(EINVAL, setpgid(0, -1));
	FAILS(EINVAL, setpgid(-1, 0)); /* the group would be -1 */
	FAILS(ESRCH, setpgid(-1, 1));
	FAILS(ESRCH, setpgid(getppid(), 0));
	FAILS(EPERM, setpgid(0, 0x3fffffff));
	FAILS(ESRCH, getpgid(-1));
	pid = child(true, false);
	FAILS(EACCES, setpgid(pid, pid)); /* it has done its exec */
	let_go(pid);
	pid = child(false, true);
	FAILS(EPERM, setpgid(pid, pid)); /* leads, in another session */
	FAILS(EPERM, setpgid(0, pid));
	let_go(pid);
	EXITS(0, {
		OK(setsid());
		FAILS(EPERM, setpgid(0, 0));
		FAILS(EPERM, setpgid(0, getppid()));
	});
}

/* A group lives as long as a member does. */
static void
outlives_its_leader(void)
{
	EXITS(0, {
		pid_t lead = child(false, false);
		pid_t other = OK(fork());

		if (!other) {
			OK(close(hold[1]));
			for (;;)
				pause();
		}
		OK(setpgid(lead, lead));
		OK(setpgid(other, lead));
		let_go(lead);
		IS(lead, getpgid(other));
		OK(setpgid(0, lead));
		OK(kill(other, SIGKILL));
		IS(other, waitpid(-lead, NULL, 0));
	});
}

int
main(int argc, char **argv)
{
	char c;

	if (argc > 1) {
		IS(1, write(1, "", 1));
		return read(0, &c, 1) ? 1 : 0;
	}
	of_oneself();
	of_a_child();
	refuses();
	outlives_its_leader();
	return 0;
}
