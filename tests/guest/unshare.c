/* SPDX-License-Identifier: MIT */
/* unshare(2): what threads shared becomes the caller's own. */
#include "tests/guest/check.h"

#include <pthread.h>
#include <sched.h>

static void *
goes_its_own_way(void *fd)
{
	OK(unshare(CLONE_FILES | CLONE_FS));
	OK(close((int)(long)fd));
	OK(chdir("/"));
	umask(0);
	FAILS(EINVAL, unshare(CLONE_THREAD)); /* it can't leave */
	FAILS(EINVAL, unshare(CLONE_VM));
	FAILS(EINVAL, unshare(CLONE_SIGHAND));
	return NULL;
}

int
main(void)
{
	int fd = OK(dup(0));
	char before[4096], after[4096];
	pthread_t t;

	umask(022);
	CHECK(getcwd(before, sizeof before));
	IS(0, pthread_create(&t, NULL, goes_its_own_way, (void *)(long)fd));
	IS(0, pthread_join(t, NULL));
	OK(fcntl(fd, F_GETFD));
	CHECK(getcwd(after, sizeof after));
	IS(0, strcmp(before, after));
	IS(022, umask(022));

	OK(unshare(0));
	OK(unshare(CLONE_FILES | CLONE_FS | CLONE_SYSVSEM));
	OK(fcntl(fd, F_GETFD)); /* a copy, not an empty table */
	/* Alone, a process shares neither memory nor handlers. */
	EXITS(0, OK(unshare(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD)));
	FAILS(EINVAL, unshare(CLONE_PARENT));
	FAILS(EINVAL, unshare(CLONE_VFORK));
	FAILS(EINVAL, unshare(1));
	return 0;
}
