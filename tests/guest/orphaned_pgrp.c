/* SPDX-License-Identifier: MIT */
/* Orphaned process groups: no terminal stop for them; when one becomes
 * orphaned with a stopped member it gets SIGHUP and SIGCONT. */
#include "tests/guest/check.h"

static int p[2];

static void
tell(char c)
{
	IS(1, write(p[1], &c, 1));
}

static char
told(void)
{
	char c = 0;

	IS(1, read(p[0], &c, 1));
	return c;
}

/* A session of its own is an orphaned group: SIGTSTP does nothing there. */
static void
does_not_stop(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		OK(setsid());
		OK(raise(SIGTSTP));
		OK(raise(SIGTTIN));
		OK(raise(SIGTTOU));
		_exit(3);
	}
	REAPS(3, pid);
	/* SIGSTOP does. */
	pid = OK(fork());
	if (!pid) {
		OK(setsid());
		OK(raise(SIGSTOP));
		_exit(3);
	}
	IS(pid, waitpid(pid, NULL, WUNTRACED));
	OK(kill(pid, SIGCONT));
	REAPS(3, pid);
}

static void
on_hup(int sig)
{
	tell(sig == SIGHUP ? 'h' : 'c');
}

/* Its parent, in the same session but another group, dies. */
static void
made_orphaned(void)
{
	EXITS(0, {
		OK(setsid());
		pid_t parent = OK(fork());

		if (!parent) {
			pid_t pid = OK(fork());

			if (!pid) {
				OK(setpgid(0, 0));
				signal(SIGHUP, on_hup);
				signal(SIGCONT, on_hup);
				alarm(10);
				raise(SIGSTOP);
				tell('r');
				_exit(0);
			}
			IS(pid, waitpid(pid, NULL, WUNTRACED));
			_exit(0);
		}
		REAPS(0, parent);
		/* Continued by the two signals, in whatever order. */
		char a = told(), b = told();
		CHECK((a == 'h' && b == 'c') || (a == 'c' && b == 'h'));
		IS('r', told());
	});
}

/* A group that is orphaned already hears nothing when a member ends. */
static void
stays_orphaned(void)
{
	EXITS(0, {
		OK(setsid());
		pid_t pid = OK(fork());

		if (!pid) {
			pause();
			_exit(1);
		}
		OK(kill(pid, SIGSTOP));
		IS(pid, waitpid(pid, NULL, WUNTRACED));
		pid_t other = OK(fork());

		if (!other)
			_exit(3);
		REAPS(3, other);
		IS(0, waitpid(pid, NULL, WNOHANG | WCONTINUED));
		OK(kill(pid, SIGKILL));
		IS(pid, waitpid(pid, NULL, 0));
	});
}

int
main(void)
{
	OK(pipe(p));
	does_not_stop();
	made_orphaned();
	stays_orphaned();
	return 0;
}
