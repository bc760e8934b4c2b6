/* SPDX-License-Identifier: MIT */
/* A process that spins without a system call: it can be signalled, stopped,
 * killed, and keeps nobody else from running. */
#include "tests/guest/check.h"

static volatile long *word;

static void
spin(void)
{
	for (;;)
		++*word;
}

static void
on_usr1(int sig)
{
	word[1]++;
}

static pid_t
spinner(void)
{
	pid_t pid = OK(fork());

	if (!pid) {
		signal(SIGUSR1, on_usr1);
		word[2] = 1;
		spin();
	}
	while (!word[2])
		sleep_ms(1);
	word[2] = 0;
	return pid;
}

static void
dies(pid_t pid, int sig)
{
	OK(kill(pid, sig));
	check_pid = pid;
	check_child(__FILE__, __LINE__, "spinner", sig);
}

int
main(void)
{
	pid_t pids[4];
	long begin;

	word = (long *)MMAP(4096, RW, MAP_SHARED);
	dies(spinner(), SIGKILL);
	dies(spinner(), SIGTERM);
	pids[0] = spinner();
	for (int i = 1; i <= 5; i++) {
		OK(kill(pids[0], SIGUSR1));
		while (word[1] < i)
			sleep_ms(1);
	}
	OK(kill(pids[0], SIGSTOP));
	IS(pids[0], waitpid(pids[0], NULL, WUNTRACED));
	dies(pids[0], SIGKILL);

	/* More spinners than processors; we still get our turn. */
	for (int i = 0; i < 4; i++)
		pids[i] = spinner();
	begin = now_ms();
	for (int i = 0; i < 20; i++) {
		sleep_ms(1);
		EXITS(0, (void)0);
	}
	CHECK(now_ms() - begin < 15000);
	for (int i = 0; i < 4; i++)
		dies(pids[i], SIGKILL);
	/* One that spins at a signal handler's hands. */
	DIES(SIGALRM, {
		struct itimerval it = {{0, 0}, {0, 20000}};

		signal(SIGALRM, SIG_DFL);
		OK(setitimer(ITIMER_REAL, &it, NULL));
		spin();
	});
	return 0;
}
