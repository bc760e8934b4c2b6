/* SPDX-License-Identifier: MIT */
/*
 * Job control: background processes that read or write the terminal stop;
 * TIOCSPGRP; TIOCSCTTY and TIOCNOTTY.
 */
#include "tests/guest/check.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

/* Starts a process in a group of its own, which runs @fn. */
static pid_t
start_job(void (*fn)(void))
{
	pid_t pid = check_fork();

	if (pid == 0) {
		OK(setpgid(0, 0));
		fn();
		exit(0);
	}
	setpgid(pid, pid);
	return pid;
}

static void
stops_with(int sig, pid_t pid)
{
	int status = 0;

	IS(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	IS(sig, WSTOPSIG(status));
}

static void
give_terminal(pid_t group)
{
	signal(SIGTTOU, SIG_IGN);
	OK(tcsetpgrp(slave, group));
	IS(group, tcgetpgrp(slave));
	signal(SIGTTOU, SIG_DFL);
}

static void
reads(void)
{
	char buf[8];

	IS(3, read(slave, buf, sizeof buf));
}

static void
background_read(void)
{
	pid_t job = start_job(reads);

	stops_with(SIGTTIN, job);
	give_terminal(job);
	OK(kill(job, SIGCONT));
	IS(3, write(master, "ab\n", 3));
	REAPS(0, job);
	give_terminal(getpgrp());
}

static void
writes(void)
{
	IS(1, write(slave, "w", 1));
}

static void
sets(void)
{
	struct termios t;

	OK(tcgetattr(slave, &t));
	OK(tcsetattr(slave, TCSANOW, &t));
}

static void
background_write(void)
{
	struct termios t;
	pid_t job = start_job(writes);

	REAPS(0, job); /* writing is allowed, unless TOSTOP */
	OK(tcgetattr(slave, &t));
	t.c_lflag |= TOSTOP;
	OK(tcsetattr(slave, TCSANOW, &t));
	job = start_job(writes);
	stops_with(SIGTTOU, job);
	t.c_lflag &= ~TOSTOP;
	OK(tcsetattr(slave, TCSANOW, &t));
	OK(kill(job, SIGCONT));
	REAPS(0, job);
	/* Changing the settings is never a background's business. */
	job = start_job(sets);
	stops_with(SIGTTOU, job);
	give_terminal(job);
	OK(kill(job, SIGCONT));
	REAPS(0, job);
	give_terminal(getpgrp());
}

static void
ignores(void)
{
	char c;

	signal(SIGTTIN, SIG_IGN);
	FAILS(EIO, read(slave, &c, 1));
	signal(SIGTTOU, SIG_IGN);
	sets();
}

/* In an orphaned group nobody could continue it: EIO. */
static void
orphan(void)
{
	char c;
	int p[2];
	pid_t job;

	OK(pipe(p));
	job = check_fork();
	if (job == 0) {
		job = getpid();
		if (OK(fork()) == 0) { /* outlives its parent */
			OK(setpgid(0, 0));
			while (getppid() == job)
				sleep_ms(5);
			sleep_ms(50);
			FAILS(EIO, read(slave, &c, 1));
			IS(1, write(p[1], "o", 1));
			exit(0);
		}
		exit(0);
	}
	OK(close(p[1]));
	REAPS(0, job);
	IS(1, read(p[0], &c, 1));
}

static void
control_z(void)
{
	pid_t job = start_job(reads);

	stops_with(SIGTTIN, job);
	give_terminal(job);
	OK(kill(job, SIGCONT));
	until_asleep(job);
	IS(1, write(master, "\32", 1));
	stops_with(SIGTSTP, job);
	OK(kill(job, SIGCONT));
	until_asleep(job);
	IS(1, write(master, "\3", 1));
	int status;

	IS(job, waitpid(job, &status, 0));
	IS(SIGINT, status);
	give_terminal(getpgrp());
}

static void
groups_and_sessions(void)
{
	FAILS(EPERM,
	      tcsetpgrp(slave, getpgid(getppid()))); /* another session's */
	FAILS(EINVAL, tcsetpgrp(slave, -1));
	FAILS(ESRCH, tcsetpgrp(slave, 0x3ffffff0));
	FAILS(EFAULT, ioctl(slave, TIOCSPGRP, unmapped_page()));
	OK(ioctl(slave, TIOCSCTTY, 0)); /* once more does no harm */
	EXITS(0, OK(setsid()); FAILS(EPERM, ioctl(slave, TIOCSCTTY, 0));
	      FAILS(ENOTTY, tcgetpgrp(slave)));
	EXITS(0, OK(ioctl(slave, TIOCNOTTY));
	      FAILS(ENXIO, open("/dev/tty", O_RDWR)));
	OK(close(OK(open("/dev/tty", O_RDWR)))); /* the child's alone */
	/* Who was there before the session had a terminal has none. */
	EXITS(0, {
		int go[2], own, peer;
		pid_t pid;
		char c;

		OK(setsid());
		OK(pipe(go));
		OK(openpty(&own, &peer, NULL, NULL, NULL));
		pid = OK(fork());
		if (!pid) {
			IS(1, read(go[0], &c, 1));
			FAILS(ENXIO, open("/dev/tty", O_RDWR));
			_exit(0);
		}
		OK(ioctl(peer, TIOCSCTTY, 0));
		OK(close(OK(open("/dev/tty", O_RDWR))));
		IS(1, write(go[1], "", 1));
		REAPS(0, pid);
	});
}

int
main(void)
{
	OK(openpty(&master, &slave, NULL, NULL, NULL));
	if (check_fork() == 0) {
		OK(setsid());
		OK(ioctl(slave, TIOCSCTTY, 0));
		background_read();
		background_write();
		REAPS(0, start_job(ignores));
		orphan();
		control_z();
		groups_and_sessions();
		exit(0);
	}
	REAPS(0, check_pid);
	return 0;
}
