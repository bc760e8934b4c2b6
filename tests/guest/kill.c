/* SPDX-License-Identifier: MIT */
/* kill(2): whom it reaches, and who may. */
#include "tests/guest/check.h"

static pid_t
pausing(void)
{
	pid_t pid = OK(fork());

	if (!pid)
		for (;;)
			pause();
	return pid;
}

static void
dead(pid_t pid, int sig)
{
	check_pid = pid;
	check_child(__FILE__, __LINE__, "killed child", sig);
}

static void
one(void)
{
	pid_t pid = pausing();

	OK(kill(pid, 0));
	OK(kill(pid, SIGUSR1));
	dead(pid, SIGUSR1);
	FAILS(ESRCH, kill(pid, 0));
	FAILS(ESRCH, kill(pid, SIGTERM));
	FAILS(ESRCH, kill(0x3fffffff, 0));
	FAILS(EINVAL, kill(getpid(), 65));
	FAILS(EINVAL, kill(getpid(), -1));
	FAILS(ESRCH, kill(-0x3fffffff, 0));
	FAILS(ESRCH, kill(1 << 31, SIGTERM)); /* INT_MIN */
}

static void
to_itself_before_return(void)
{
	catch_signal(SIGUSR1, 0);
	OK(kill(getpid(), SIGUSR1));
	IS(1, caught[SIGUSR1]);
	OK(raise(SIGUSR1));
	IS(2, caught[SIGUSR1]);
	signal(SIGUSR1, SIG_DFL);
}

static void
groups(void)
{
	pid_t a = pausing(), b = pausing(), c = pausing();

	OK(setpgid(a, a));
	OK(setpgid(b, a));
	OK(kill(-a, SIGTERM));
	dead(a, SIGTERM);
	dead(b, SIGTERM);
	OK(kill(c, 0));
	FAILS(ESRCH, kill(-a, SIGTERM));
	OK(kill(c, SIGKILL));
	dead(c, SIGKILL);
	DIES(SIGUSR2, { /* 0: one's own group, oneself included */
			OK(setpgid(0, 0));
			a = pausing();
			signal(SIGUSR1, SIG_IGN);
			OK(kill(0, SIGUSR1));
			dead(a, SIGUSR1);
			OK(kill(0, SIGUSR2));
	});
}

static void
permission(void)
{
	pid_t parent = getpid(), pid;

	AS_NOBODY({
		FAILS(EPERM, kill(1, 0));
		FAILS(EPERM, kill(1, SIGTERM));
		FAILS(EINVAL, kill(1, 100)); /* the number comes first */
		if (getuid() == 65534) {
			FAILS(EPERM, kill(parent, 0));
		}
	});
	if (geteuid() != 0)
		return;
	/* Real or effective id of the sender, real or saved one of the
	 * target; SIGCONT within a session. */
	pid = pausing();
	EXITS(0, {
		OK(setresuid(0, 1001, 1001));
		OK(kill(pid, 0));
		OK(setresuid(1001, 1001, 1001));
		FAILS(EPERM, kill(pid, SIGTERM));
		OK(kill(pid, SIGCONT));
		OK(setsid());
		FAILS(EPERM, kill(pid, SIGCONT));
	});
	OK(kill(pid, SIGKILL));
	dead(pid, SIGKILL);
}

/* -1: everyone one may, but oneself.  Under an id nobody else has. */
static void
everyone(void)
{
	uid_t uid = 200000 + getpid();

	OK(setresuid(uid, uid, uid));
	pid_t a = pausing(), b = pausing();
	pid_t zombie = OK(fork());
	if (!zombie)
		_exit(0);

	OK(kill(-1, SIGTERM));
	dead(a, SIGTERM);
	dead(b, SIGTERM);
	OK(waitpid(zombie, NULL, 0));
	IS(0, kill(-1, 0)); /* Linux: no word of those one may not */
}

int
main(void)
{
	one();
	to_itself_before_return();
	groups();
	permission();
	if (geteuid() == 0)
		EXITS(0, everyone());
	return 0;
}
