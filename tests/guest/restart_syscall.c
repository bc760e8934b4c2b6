/* SPDX-License-Identifier: MIT */
/*
 * restart_syscall(2): a sleep that a stop interrupts goes on for what is
 * left of it, without the program's doing.
 */
#include "tests/guest/check.h"

#include <poll.h>
#include <sys/syscall.h>

static void
sleeps(void)
{
	struct timespec ts = {0, 200000000};
	long begin = now_ms(), took;

	OK(nanosleep(&ts, NULL));
	took = now_ms() - begin;
	CHECK(took >= 199 && took < 5000);
}

static void
polls(void)
{
	long begin = now_ms(), took;

	IS(0, poll(NULL, 0, 200));
	took = now_ms() - begin;
	CHECK(took >= 199 && took < 5000);
}

/* @what in a child that is stopped and continued in the middle. */
static void
interrupted(void (*what)(void))
{
	int status;
	pid_t pid = OK(fork());

	if (!pid) {
		what();
		_exit(0);
	}
	sleep_ms(50);
	OK(kill(pid, SIGSTOP));
	IS(pid, waitpid(pid, &status, WUNTRACED));
	CHECK(WIFSTOPPED(status));
	sleep_ms(20);
	OK(kill(pid, SIGCONT));
	REAPS(0, pid);
}

int
main(void)
{
	interrupted(sleeps);
	interrupted(polls);
	/* With nothing to go on with. */
	FAILS(EINTR, syscall(SYS_restart_syscall));
	return 0;
}
