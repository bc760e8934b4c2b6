/* SPDX-License-Identifier: MIT */
/* sched_setscheduler(2), sched_getscheduler(2), sched_setparam(2),
 * sched_getparam(2), sched_get_priority_max(2), sched_rr_get_interval(2). */
#include "tests/guest/check.h"

#include <sched.h>
#include <sys/resource.h>

static struct sched_param zero, one = {1};

static void
ordinary(void)
{
	struct sched_param p = {7};
	struct timespec t;

	IS(SCHED_OTHER, sched_getscheduler(0));
	OK(sched_getparam(0, &p));
	IS(0, p.sched_priority);
	OK(sched_setscheduler(0, SCHED_BATCH, &zero));
	IS(SCHED_BATCH, sched_getscheduler(getpid()));
	EXITS(0, IS(SCHED_BATCH, sched_getscheduler(0)));
	OK(sched_setscheduler(0, SCHED_OTHER, &zero));
	EXITS(0, {
		struct rlimit none = {0, 0};

		OK(setrlimit(RLIMIT_NICE, &none));
		OK(sched_setscheduler(0, SCHED_IDLE, &zero));
		IS(SCHED_IDLE, sched_getscheduler(0));
		/* To leave it is to be favoured. */
		if (geteuid() == 0)
			OK(sched_setscheduler(0, SCHED_OTHER, &zero));
		else
			FAILS(EPERM, sched_setscheduler(0, SCHED_OTHER, &zero));
	});
	FAILS(EINVAL, sched_setscheduler(0, SCHED_OTHER, &one));
	FAILS(EINVAL, sched_setparam(0, &one));
	OK(sched_setparam(0, &zero));
	OK(sched_rr_get_interval(0, &t));
	CHECK(t.tv_sec == 0 && t.tv_nsec >= 0);
}

static void
limits(void)
{
	IS(99, sched_get_priority_max(SCHED_FIFO));
	IS(1, sched_get_priority_min(SCHED_FIFO));
	IS(99, sched_get_priority_max(SCHED_RR));
	IS(0, sched_get_priority_max(SCHED_OTHER));
	IS(0, sched_get_priority_min(SCHED_BATCH));
	FAILS(EINVAL, sched_get_priority_max(99));
	FAILS(EINVAL, sched_get_priority_min(-1));
}

static void
refuses(void)
{
	FAILS(EINVAL, sched_setscheduler(-1, SCHED_OTHER, &zero));
	FAILS(EINVAL, sched_setscheduler(0, 99, &zero));
	FAILS(EINVAL, sched_setscheduler(0, -1, &zero));
	FAILS(EINVAL, sched_setscheduler(0, SCHED_OTHER, NULL));
	FAILS(EFAULT, syscall(SYS_sched_setscheduler, 0, 0, unmapped_page()));
	FAILS(ESRCH, sched_setscheduler(0x3fffffff, SCHED_OTHER, &zero));
	FAILS(ESRCH, sched_getscheduler(0x3fffffff));
	FAILS(EINVAL, sched_getscheduler(-1));
	FAILS(EINVAL, sched_getparam(0, NULL));
	FAILS(EFAULT, syscall(SYS_sched_getparam, 0, unmapped_page()));
	FAILS(EINVAL, sched_rr_get_interval(-1, &(struct timespec){0, 0}));
	FAILS(EINVAL, sched_setscheduler(0, SCHED_FIFO, &zero));
}

static void
real_time(void)
{
	struct sched_param p;

	OK(sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &one));
	IS(SCHED_RR | SCHED_RESET_ON_FORK, sched_getscheduler(0));
	OK(sched_getparam(0, &p));
	IS(1, p.sched_priority);
	EXITS(0, IS(SCHED_OTHER, sched_getscheduler(0)));
	OK(sched_setscheduler(0, SCHED_OTHER, &zero));
}

static void
by_a_user(void)
{
	struct rlimit none = {0, 0};

	OK(setrlimit(RLIMIT_RTPRIO, &none));
	FAILS(EPERM, sched_setscheduler(0, SCHED_FIFO, &one));
	FAILS(EPERM, sched_setscheduler(0, SCHED_RR, &one));
	FAILS(EPERM, sched_setscheduler(1, SCHED_BATCH, &zero));
	OK(sched_getscheduler(1));
}

int
main(void)
{
	ordinary();
	limits();
	refuses();
	if (geteuid() == 0)
		EXITS(0, real_time());
	AS_NOBODY(by_a_user());
	return 0;
}
