/* SPDX-License-Identifier: MIT */
/* getpid(2), gettid(2), getppid(2): by process and by thread, after fork and
 * exec. */
#include "tests/guest/check.h"

#include <pthread.h>

static void *
in_a_thread(void *pid)
{
	IS(*(pid_t *)pid, syscall(SYS_getpid));
	CHECK(syscall(SYS_gettid) != *(pid_t *)pid);
	IS(gettid(), syscall(SYS_gettid));
	EXITS(0, {
		CHECK(getpid() == gettid());
		IS(*(pid_t *)pid, getppid()); /* the process, not the thread */
	});
	return NULL;
}

int
main(int argc, char **argv)
{
	pid_t me = getpid();
	pthread_t t;
	char arg[16];

	if (argc > 1)
		return me == atoi(argv[1]) && gettid() == me ? 0 : 1;
	IS(me, syscall(SYS_getpid));
	IS(me, syscall(SYS_gettid));
	CHECK(me > 0 && getppid() >= 0 && getppid() != me);
	IS(0, pthread_create(&t, NULL, in_a_thread, &me));
	IS(0, pthread_join(t, NULL));
	EXITS(0, {
		CHECK(getpid() != me);
		IS(me, getppid());
		snprintf(arg, sizeof arg, "%d", getpid());
		EXEC_SELF(arg);
	});
	/* Ids come in ascending order, none at once again. */
	EXITS(0, {
		pid_t last = 0;

		for (int i = 0; i < 5; i++) {
			EXITS(0, (void)0);
			CHECK(check_pid != last);
			last = check_pid;
		}
	});
	return 0;
}
