/* SPDX-License-Identifier: MIT */
/*
 * Who wakes another and mostly sleeps then, but for once computes on, stops or
 * ends: the other one runs all the same.
 */
#include "tests/guest/check.h"

#define TALKS  8   /* each is two switches */
#define ROUNDS 100 /* of talks, then something else */

static int to[2], from[2];
static volatile int *seen;

static void
answer(void)
{
	char c;

	while (read(to[0], &c, 1) == 1) {
		*seen += c == '!';
		if (c != '!' && write(from[1], &c, 1) != 1)
			break;
	}
	exit(0);
}

static void
talk(void)
{
	char c = '.';

	for (int i = 0; i < TALKS; i++) {
		IS(1, write(to[1], &c, 1));
		IS(1, read(from[0], &c, 1));
	}
}

/* Only the other one ends this. */
static void
spins(void)
{
	for (int i = 1; i <= ROUNDS; i++) {
		talk();
		IS(1, write(to[1], "!", 1));
		while (*seen < i)
			;
	}
}

/* .. with calls that do not sleep meanwhile. */
static void
calls(void)
{
	for (int i = ROUNDS + 1; i <= 2 * ROUNDS; i++) {
		talk();
		IS(1, write(to[1], "!", 1));
		while (*seen < i)
			OK(syscall(SYS_getppid));
	}
}

static void
ends(void)
{
	for (int i = 2 * ROUNDS + 1; i <= 2 * ROUNDS + 10; i++) {
		EXITS(0, talk(); IS(1, write(to[1], "!", 1)));
		while (*seen < i)
			;
	}
}

static void
stops(void)
{
	int i = 2 * ROUNDS + 11, status;
	pid_t pid = check_fork();

	if (!pid) {
		talk();
		IS(1, write(to[1], "!", 1));
		raise(SIGSTOP);
		exit(0);
	}
	while (*seen < i)
		;
	IS(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	OK(kill(pid, SIGCONT));
	REAPS(0, pid);
}

int
main(void)
{
	pid_t pid;

	seen = (volatile int *)MMAP(4096, RW, MAP_SHARED);
	OK(pipe(to));
	OK(pipe(from));
	pid = check_fork();
	if (!pid) {
		OK(close(to[1]));
		answer();
	}
	spins();
	calls();
	ends();
	stops();
	OK(close(to[1]));
	REAPS(0, pid);
	return 0;
}
