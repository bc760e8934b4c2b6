/* SPDX-License-Identifier: MIT */
/* sched_setaffinity(2), sched_getaffinity(2), getcpu(2). */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sched.h>

static unsigned long all[128]; /* room for 8192 processors */

static long
get(pid_t pid, void *set, unsigned len)
{
	return syscall(SYS_sched_getaffinity, pid, len, set);
}

static long
set(pid_t pid, const void *to, unsigned len)
{
	return syscall(SYS_sched_setaffinity, pid, len, to);
}

static int
first_of(const unsigned long *mask)
{
	for (int i = 0; i < 128; i++)
		if (mask[i])
			return i * 64 + __builtin_ctzl(mask[i]);
	return -1;
}

static void
refuses(void)
{
	unsigned long none[128] = {0};
	long len = OK(get(0, all, sizeof all));

	CHECK(len >= 8 && len % 8 == 0 && first_of(all) >= 0);
	FAILS(EINVAL, get(0, all, len + 1));
	FAILS(EINVAL, get(0, all, 0));
	FAILS(EFAULT, get(0, unmapped_page(), sizeof all));
	FAILS(ESRCH, get(0x3fffffff, all, sizeof all));
	FAILS(EINVAL, set(0, none, sizeof none));
	FAILS(EFAULT, set(0, unmapped_page(), sizeof none));
	FAILS(ESRCH, set(0x3fffffff, all, sizeof all));
	AS_NOBODY(FAILS(EPERM, set(1, all, sizeof all)));
	AS_NOBODY(OK(get(1, none, sizeof none)));
}

static void *
own_mask(void *arg)
{
	unsigned long now[128] = {0};

	OK(get(0, now, sizeof now));
	IS(first_of(arg), first_of(now)); /* inherited */
	OK(set(0, all, sizeof all));	  /* this thread's alone */
	return NULL;
}

static void
bound(void)
{
	unsigned long one[128] = {0}, now[128] = {0};
	int cpu = first_of(all);
	unsigned where, node;
	pthread_t t;

	one[cpu / 64] = 1ul << cpu % 64;
	OK(set(0, one, sizeof one));
	for (int i = 0; i < 50; i++) {
		OK(syscall(SYS_getcpu, &where, &node, NULL));
		IS(cpu, where);
		IS(cpu, sched_getcpu());
	}
	EXITS(0, {
		OK(get(0, now, sizeof now));
		IS(0, memcmp(now, one, sizeof now));
	});
	IS(0, pthread_create(&t, NULL, own_mask, one));
	IS(0, pthread_join(t, NULL));
	OK(get(0, now, sizeof now));
	IS(0, memcmp(now, one, sizeof now));
	OK(set(0, all, sizeof all));
}

int
main(void)
{
	unsigned node;

	refuses();
	bound();
	OK(syscall(SYS_getcpu, NULL, &node, NULL));
	OK(syscall(SYS_getcpu, NULL, NULL, NULL));
	FAILS(EFAULT, syscall(SYS_getcpu, unmapped_page(), NULL, NULL));
	IS(0, sysconf(_SC_NPROCESSORS_ONLN) < 1);
	return 0;
}
