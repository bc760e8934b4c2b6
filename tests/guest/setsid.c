/* SPDX-License-Identifier: MIT */
/* setsid(2), getsid(2). */
#include "tests/guest/check.h"

#include <pthread.h>

static void *
in_a_thread(void *sid)
{
	IS((long)sid, getsid(0));
	return NULL;
}

static void
of_a_child(void)
{
	pid_t before = getsid(0);

	EXITS(0, {
		pthread_t t;

		IS(before, getsid(0));
		IS(getpid(), setsid());
		IS(getpid(), getsid(0));
		IS(getpid(), getpgrp());
		FAILS(EPERM, setsid()); /* leads a group already */
		IS(0, pthread_create(&t, NULL, in_a_thread,
				     (void *)(long)getpid()));
		IS(0, pthread_join(t, NULL));
		FAILS(ENXIO, open("/dev/tty", O_RDWR)); /* no terminal */
		pid_t sid = getpid();
		EXITS(0, {
			IS(sid, getsid(0));
			IS(sid, getpgrp());
			setpgid(0, 0);
			FAILS(EPERM, setsid());
			IS(sid, getsid(0));
		});
	});
	IS(before, getsid(0));
}

int
main(void)
{
	IS(getsid(0), getsid(getpid()));
	FAILS(ESRCH, getsid(0x3fffffff));
	FAILS(ESRCH, getsid(-1));
	of_a_child();
	EXITS(0, {
		OK(setpgid(0, 0));
		FAILS(EPERM, setsid());
	});
	return 0;
}
