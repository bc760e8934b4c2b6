/* SPDX-License-Identifier: MIT */
/* Signals and threads: masks are the thread's, handlers the process's; a
 * signal for the process goes to one that does not block it. */
#include "tests/guest/check.h"

#include <pthread.h>

static volatile pid_t handled_by, tid;
static volatile int count;
static sigset_t usr1;
static volatile bool is_done;

static void
note(int sig)
{
	handled_by = gettid();
	count++;
}

static void *
open_thread(void *arg)
{
	tid = gettid();
	OK(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL));
	while (!is_done)
		sleep_ms(1);
	return NULL;
}

static void
handled(int times)
{
	while (count < times)
		sleep_ms(1);
	IS(times, count);
}

static void
to_who_does_not_block(void)
{
	struct sigaction sa = {.sa_handler = note};
	pthread_t t;

	OK(sigaction(SIGUSR1, &sa, NULL));
	OK(pthread_sigmask(SIG_BLOCK, &usr1, NULL));
	OK(kill(getpid(), SIGUSR1)); /* waits for anybody */
	sleep_ms(5);
	IS(0, count);
	IS(0, pthread_create(&t, NULL, open_thread, NULL));
	handled(1);
	IS(tid, handled_by);
	for (int i = 0; i < 5; i++) {
		OK(kill(getpid(), SIGUSR1));
		handled(2 + i);
		IS(tid, handled_by);
	}
	/* For this thread alone: the other does not get it. */
	OK(syscall(SYS_tkill, gettid(), SIGUSR1));
	sleep_ms(10);
	IS(6, count);
	OK(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL));
	IS(7, count);
	IS(gettid(), handled_by);
	is_done = true;
	IS(0, pthread_join(t, NULL));
}

static void *
waiter(void *arg)
{
	int sig;

	IS(0, sigwait(&usr1, &sig));
	IS(SIGUSR1, sig);
	__atomic_add_fetch(&count, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

/* Three wait, each takes one. */
static void
by_sigwait(void)
{
	pthread_t t[3];

	OK(pthread_sigmask(SIG_BLOCK, &usr1, NULL));
	count = 0;
	for (int i = 0; i < 3; i++)
		IS(0, pthread_create(&t[i], NULL, waiter, NULL));
	for (int i = 1; i <= 3; i++) {
		OK(kill(getpid(), SIGUSR1));
		while (__atomic_load_n(&count, __ATOMIC_SEQ_CST) < i)
			sleep_ms(1);
	}
	for (int i = 0; i < 3; i++)
		IS(0, pthread_join(t[i], NULL));
	IS(3, count);
}

static void *
faulter(void *arg)
{
	IS(SIGSEGV, touch(unmapped_page(), 'w')); /* its own, at once */
	return NULL;
}

static void
faults_stay_with_the_thread(void)
{
	pthread_t t;

	IS(0, pthread_create(&t, NULL, faulter, NULL));
	IS(0, pthread_join(t, NULL));
}

static void *
blocks_then_ends(void *arg)
{
	OK(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL));
	return NULL;
}

/* A thread that ends passes what it could not take to another. */
static void
while_threads_come_and_go(void)
{
	struct sigaction sa = {.sa_handler = note, .sa_flags = SA_RESTART};

	OK(sigaction(SIGUSR1, &sa, NULL));
	count = 0;
	for (int i = 0; i < 30; i++) {
		pthread_t t;

		OK(kill(getpid(), SIGUSR1));
		IS(0, pthread_create(&t, NULL, blocks_then_ends, NULL));
		IS(0, pthread_join(t, NULL));
		IS(i + 1, count);
	}
}

int
main(void)
{
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	to_who_does_not_block();
	by_sigwait();
	faults_stay_with_the_thread();
	while_threads_come_and_go();
	return 0;
}
