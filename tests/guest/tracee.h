/* SPDX-License-Identifier: MIT */
/* tests/guest/tracee.h - what tests of ptrace(2) share. */
#ifndef TESTS_GUEST_TRACEE_H
#define TESTS_GUEST_TRACEE_H

#include "tests/guest/check.h"

/* The next stop of @pid: its signal, and the event above it. */
static inline int
stopped(pid_t pid)
{
	int status;

	IS(pid, waitpid(pid, &status, __WALL));
	CHECK(WIFSTOPPED(status));
	return status >> 8;
}

#endif /* TESTS_GUEST_TRACEE_H */
