/* SPDX-License-Identifier: MIT */
/* fork(2), vfork(2) and execve(2), many at the same time. */
#include "tests/guest/check.h"

static int
child(const char *arg)
{
	static int data = 5;

	data += atoi(arg);
	return data & 0xff;
}

__attribute__((noinline)) static pid_t
start(const char *arg, bool is_vfork)
{
	pid_t pid = is_vfork ? vfork() : fork();

	if (pid == 0) {
		execl("/proc/self/exe", "self", arg, NULL);
		_exit(255);
	}
	return (pid_t)OK(pid);
}

int
main(int argc, char **argv)
{
	pid_t pids[8];
	char arg[16];

	if (argc > 1)
		return child(argv[1]);
	for (int round = 0; round < 8; round++) {
		for (int i = 0; i < 8; i++) {
			snprintf(arg, sizeof arg, "%d", round * 8 + i);
			pids[i] = start(arg, i % 2);
		}
		for (int i = 0; i < 8; i++)
			REAPS(round * 8 + i + 5, pids[i]);
	}
	/* From program to program to program. */
	EXITS(105, EXEC_SELF("100"));
	return 0;
}
