/* SPDX-License-Identifier: MIT */
/* ioprio_set(2), ioprio_get(2). */
#include "tests/guest/check.h"

enum { PROCESS = 1, PGRP, USER };
enum { RT = 1 << 13, BE = 2 << 13, IDLE = 3 << 13 };

static long
set(int which, int who, int prio)
{
	return syscall(SYS_ioprio_set, which, who, prio);
}

static long
get(int which, int who)
{
	return syscall(SYS_ioprio_get, which, who);
}

int
main(void)
{
	CHECK(get(PROCESS, 0) >= 0);
	OK(set(PROCESS, 0, BE | 3));
	IS(BE | 3, get(PROCESS, 0));
	IS(BE | 3, get(PROCESS, getpid()));
	EXITS(0, IS(BE | 3, get(PROCESS, 0)));
	OK(set(PROCESS, 0, IDLE));
	IS(IDLE, get(PROCESS, 0));
	EXITS(0, {
		OK(setpgid(0, 0));
		OK(set(PGRP, 0, BE | 6));
		IS(BE | 6, get(PGRP, 0));
		IS(BE | 6, get(PGRP, getpid()));
	});
	FAILS(EINVAL, get(0, 0));
	FAILS(EINVAL, get(4, 0));
	FAILS(EINVAL, set(0, 0, BE));
	FAILS(EINVAL, set(PROCESS, 0, 4 << 13));
	FAILS(EINVAL, set(PROCESS, 0, 3)); /* no class, yet a level */
	FAILS(ESRCH, get(PROCESS, 0x3fffffff));
	FAILS(ESRCH, set(PROCESS, 0x3fffffff, BE));
	AS_NOBODY({
		FAILS(EPERM, set(PROCESS, 0, RT | 4));
		FAILS(EPERM, set(PROCESS, 1, BE | 4));
		OK(set(PROCESS, 0, BE | 0));
	});
	return 0;
}
