/* SPDX-License-Identifier: MIT */
/*
 * The controlling terminal: keys that send signals, window size, hang-up.
 * A child leads a session of its own on a pty; the parent is the typist.
 */
#include "tests/guest/check.h"

#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static void
lead_session(void)
{
	OK(setsid());
	FAILS(ENXIO, open("/dev/tty", O_RDWR));
	FAILS(ENOTTY, tcgetpgrp(slave));
	OK(ioctl(slave, TIOCSCTTY, 0));
	OK(close(OK(open("/dev/tty", O_RDWR))));
	IS(getpid(), tcgetpgrp(slave));
	IS(getpid(), tcgetsid(slave));
}

/* The session's leader gets @sig for @key, and says so. */
static void
key_sends(const char *key, int sig)
{
	char c;
	pid_t child = check_fork();

	if (child == 0) {
		lead_session();
		catch_signal(sig, 0);
		IS(1, write(slave, "r", 1));
		FAILS(EINTR, read(slave, &c, 1));
		IS(1, caught[sig]);
		IS(1, write(slave, "s", 1));
		exit(0);
	}
	do
		IS(1, read(master, &c, 1));
	while (c != 'r');
	until_asleep(child);
	IS(2, write(master, "x", 1) + write(master, key, 1));
	do
		IS(1, read(master, &c, 1));
	while (c != 's');
	REAPS(0, child);
}

static void
window_change(void)
{
	struct winsize w = {30, 90, 0, 0};
	char c;
	pid_t child = check_fork();

	if (child == 0) {
		lead_session();
		catch_signal(SIGWINCH, 0);
		IS(1, write(slave, "r", 1));
		FAILS(EINTR, read(slave, &c, 1));
		OK(ioctl(slave, TIOCGWINSZ, &w));
		IS(1, caught[SIGWINCH]);
		exit(w.ws_row);
	}
	IS(1, read(master, &c, 1));
	until_asleep(child);
	OK(ioctl(master, TIOCSWINSZ, &w));
	w.ws_row = 31;
	REAPS(30, child);
}

static void
without_isig(void)
{
	struct termios t, old;
	char c;

	OK(tcgetattr(slave, &old));
	t = old;
	t.c_lflag &= ~(ISIG | ICANON);
	OK(tcsetattr(slave, TCSANOW, &t));
	IS(1, write(master, "\3", 1));
	IS(1, read(slave, &c, 1));
	IS(3, c);
	OK(tcsetattr(slave, TCSAFLUSH, &old));
}

static void
hang_up(void)
{
	char c;
	int ready[2];
	pid_t child;

	OK(pipe(ready));
	child = check_fork();
	if (child == 0) {
		OK(close(master));
		lead_session();
		catch_signal(SIGHUP, 0);
		catch_signal(SIGCONT, 0);
		IS(1, write(ready[1], "r", 1));
		while (caught[SIGHUP] == 0)
			pause();
		IS(1, caught[SIGCONT]);
		IS(0, read(slave, &c, 1)); /* the end, from now on */
		FAILS(EIO, write(slave, "x", 1));
		FAILS(ENXIO, open("/dev/tty", O_RDWR));
		exit(0);
	}
	OK(close(slave));
	IS(1, read(ready[0], &c, 1));
	until_asleep(child);
	OK(close(master));
	REAPS(0, child);
}

static void
leader_leaves(void)
{
	char c;
	int p[2];
	pid_t child;

	OK(openpty(&master, &slave, NULL, NULL, NULL));
	OK(pipe(p));
	child = check_fork();
	if (child == 0) {
		lead_session();
		if (check_fork() == 0) { /* in the foreground: SIGHUP */
			prctl(PR_SET_PDEATHSIG, 0);
			catch_signal(SIGHUP, 0);
			IS(1, write(p[1], "r", 1));
			while (caught[SIGHUP] == 0)
				pause();
			IS(1, write(p[1], "h", 1));
			exit(0);
		}
		while (read(slave, &c, 1) == 1 && c != '\n')
			;
		exit(0);
	}
	IS(1, read(p[0], &c, 1));
	sleep_ms(20);
	IS(1, write(master, "\n", 1));
	REAPS(0, child);
	IS(1, read(p[0], &c, 1));
	IS('h', c);
}

int
main(void)
{
	OK(openpty(&master, &slave, NULL, NULL, NULL));
	key_sends("\3", SIGINT);
	key_sends("\34", SIGQUIT);
	key_sends("\32", SIGTSTP);
	window_change();
	without_isig();
	hang_up();
	leader_leaves();
	return 0;
}
