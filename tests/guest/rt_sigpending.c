/* SPDX-License-Identifier: MIT */
/* rt_sigpending(2): of the thread and of the process together. */
#include "tests/guest/check.h"

#include <pthread.h>

static void *
another(void *arg)
{
	sigset_t set;

	OK(sigpending(&set));
	IS(0, sigismember(&set, SIGUSR1)); /* the other thread's alone */
	IS(1, sigismember(&set, SIGUSR2)); /* the process's */
	return NULL;
}

int
main(void)
{
	unsigned long raw = -1ul;
	pthread_t t;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	OK(sigprocmask(SIG_BLOCK, &set, NULL));
	OK(syscall(SYS_rt_sigpending, &raw, 8));
	IS(0, raw);
	OK(syscall(SYS_tkill, gettid(), SIGUSR1));
	OK(kill(getpid(), SIGUSR2));
	OK(syscall(SYS_rt_sigpending, &raw, 8));
	IS(1ul << (SIGUSR1 - 1) | 1ul << (SIGUSR2 - 1), raw);
	IS(0, pthread_create(&t, NULL, another, NULL));
	IS(0, pthread_join(t, NULL));

	/* Linux: a shorter set is filled as far as it goes. */
	raw = 0;
	OK(syscall(SYS_rt_sigpending, &raw, 1));
	IS((1ul << (SIGUSR1 - 1) | 1ul << (SIGUSR2 - 1)) & 0xff, raw);
	FAILS(EINVAL, syscall(SYS_rt_sigpending, &raw, 16));
	FAILS(EFAULT, syscall(SYS_rt_sigpending, unmapped_page(), 8));
	return 0;
}
